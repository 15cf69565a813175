import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { z } from 'zod'
import { openDatabase } from '../host/store/database.ts'
import type { Steps } from '../host/store/engine.ts'
import { refresh } from '../oauth/refresh.ts'
import type { TokenDatabase } from './database.ts'
import { partyAt } from './provider.fixture.ts'
import { joinTokens } from './tokens.fixture.ts'

/** Where a process of its own kills itself with SIGKILL, or stops itself with SIGSTOP: the rows of the protocol's table of crashes. */
export const places = ['opening', 'opened', 'answered', 'storing', 'stored', 'closing'] as const
export type Place = (typeof places)[number]

const order = z.object({
  folder: z.string(),
  origin: z.string(),
  rotation: z.enum(['stable', 'strict', 'grace']).default('strict'),
  dieAt: z.enum(places).optional(),
  stopBeforeSending: z.boolean().optional(),
  /** How far its clock is off. With `jumpsBack` it is so only until its request is sent. */
  skewMs: z.number().default(0),
  jumpsBack: z.boolean().optional(),
})

/** Starts it. It asks when told to, and says what it got. */
export async function startProcess(t: { after(end: () => void): void }, wish: z.input<typeof order>) {
  const child: ChildProcess = fork(join(import.meta.dirname, 'process.fixture.ts'), [JSON.stringify(wish)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  t.after(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const heard: unknown[] = []
  child.on('message', message => heard.push(message))
  const says = async (kind: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const found = heard.find((each): each is Record<string, unknown> => typeof each === 'object' && each !== null && kind in each)
      if (found) return found
      await Promise.race([once(child, 'message'), exited.then(() => Promise.reject(new Error(`It ended without saying “${kind}”.`)))])
    }
  }
  await says('ready')
  return {
    child,
    exited,
    says,
    ask: (callers: number) => void child.send({ callers }),
    got: async () =>
      z.array(z.object({ kind: z.string(), token: z.object({ accessToken: z.string() }).optional() })).parse((await says('got'))['got']),
  }
}

const [text] = process.argv.slice(2)
if (text !== undefined && import.meta.main) await live(order.parse(JSON.parse(text)))

async function live({ folder, origin, rotation, dieAt, stopBeforeSending, skewMs, jumpsBack }: z.output<typeof order>): Promise<void> {
  const right = Date.now
  Date.now = () => right() + skewMs
  const kill = (place: Place) => {
    if (place === dieAt) process.kill(process.pid, 'SIGKILL')
  }
  const say = (message: object) => new Promise(resolve => process.send?.(message, resolve))
  const party = partyAt(origin)
  const { tokens } = await joinTokens(
    { after: () => {} },
    {
      folder,
      party,
      name: `pid ${process.pid}`,
      rotation: { class: rotation },
      through: database => dyingIn(database, join(folder, 'connections.db'), kill),
      options: {
        changed: () => kill('stored'),
        reach: async (_, client) => ({
          rotation: { class: rotation },
          idleDays: null,
          async refresh(request) {
            kill('opened')
            if (stopBeforeSending) {
              await say({ stopping: true })
              process.kill(process.pid, 'SIGSTOP')
            }
            if (jumpsBack) Date.now = right
            const answer = await refresh({ ...party, client, ...request })
            kill('answered')
            return answer
          },
        }),
      },
    },
  )
  process.on('message', async message => {
    const { callers } = z.object({ callers: z.number() }).parse(message)
    const asked = Array.from({ length: callers }, () => tokens.accessToken('c1'))
    await say({ asked: true })
    await say({ got: await Promise.all(asked) })
  })
  await say({ ready: true })
}

/** A database in whose transactions the process may die: after a statement, before the commit. */
function dyingIn(database: TokenDatabase, file: string, kill: (place: Place) => void): TokenDatabase {
  const { db } = openDatabase(file)
  function* watched<T>(steps: Steps<T>): Steps<T> {
    let step = steps.next()
    while (!step.done) {
      const { sql } = step.value.compile(db)
      const rows = yield step.value
      if (sql.startsWith('insert into refresh_attempts')) kill('opening')
      if (sql.startsWith('update connection_tokens set generation')) kill('storing')
      if (sql.startsWith("update refresh_attempts set state = 'closed'")) kill('closing')
      step = steps.next(rows)
    }
    return step.value
  }
  return { ...database, transaction: work => database.transaction(() => watched(work())) }
}
