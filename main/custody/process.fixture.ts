import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { z } from 'zod'
import { custodian } from '../../core/custody/desktop.ts'
import { openDatabase, type AppDatabase } from '../../host/store/database.ts'
import type { Database, Steps } from '../../host/store/engine.ts'
import { keyIdOf } from '../../relay/keys/seal.ts'
import { partyAt } from '../../tokens/provider.fixture.ts'
import { createWorld } from './custody.fixture.ts'
import { Mortal } from './mortal.fixture.ts'

const order = z.object({
  folder: z.string(),
  origin: z.string(),
  want: custodian,
  /** Whose commits are counted, and at which one the process kills itself: when all is written, and nothing durable. */
  side: z.enum(['desktop', 'relay']),
  commit: z.number(),
})
export type KillOrder = z.infer<typeof order>

const bytes = Buffer.alloc(32, 7)
/** The same in every process of a test. */
export const master = { id: keyIdOf(bytes), bytes }

/** A process with a relay and a desktop on this folder, which moves the account where it is wanted. Whether it was killed. */
export async function runProcess(wish: KillOrder): Promise<boolean> {
  const child = fork(join(import.meta.dirname, 'process.fixture.ts'), [JSON.stringify(wish)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [, signal] = await once(child, 'exit')
  return signal === 'SIGKILL'
}

/** Ends this process as a power cut would, at one of the commits that change where the account is. */
class Doomed extends Mortal {
  private readonly wish: KillOrder
  private readonly db: AppDatabase['db']
  constructor(wish: KillOrder) {
    super()
    this.wish = wish
    this.db = openDatabase(join(wish.folder, 'connections.db')).db
  }
  override through<T extends Pick<Database, 'transaction'>>(database: T): T {
    return { ...database, transaction: work => database.transaction(() => this.watched(work())) }
  }
  private *watched<T>(steps: Steps<T>): Steps<T> {
    let step = steps.next()
    while (!step.done) {
      const { sql } = step.value.compile(this.db)
      const rows = yield step.value
      if (/^insert (or replace )?into custody \(/.test(sql)) this.commits += 1
      if (this.commits === this.wish.commit) kill()
      step = steps.next(rows)
    }
    return step.value
  }
}

const kill = (): void => void process.kill(process.pid, 'SIGKILL')

const [text] = process.argv.slice(2)
if (text !== undefined && import.meta.main) {
  const wish = order.parse(JSON.parse(text))
  const doomed = new Doomed(wish)
  const world = await createWorld({ after: () => {} }, { folder: wish.folder, party: partyAt(wish.origin), master })
  await world.openRelay(wish.side === 'relay' ? { mortal: doomed } : {})
  const desktop = await world.openDesktop(wish.side === 'desktop' ? { mortal: doomed } : {})
  await desktop.custody.want('c1', wish.want)
  process.exit(0)
}
