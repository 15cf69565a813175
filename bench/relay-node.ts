/** A node of `relay-apps.ts`: runs the flows of apps in a folder of SQLite files or in a Postgres database, and prints a dot for each run that ended. */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { openFlows } from '../host/flows/flows.ts'
import { nextWorkAt } from '../host/flows/next-work.ts'
import { openDatabase } from '../host/store/database.ts'
import { ask, type Engine } from '../host/store/engine.ts'
import { openPostgres } from '../host/store/postgres.ts'
import { sqliteEngine } from '../host/store/sqlite-engine.ts'
import { openFence } from '../relay/apps/fence.ts'
import { openWork, type Turn } from '../relay/apps/work.ts'
import { model } from './three-steps.ts'

const [place = ''] = process.argv.slice(2)
const engineFor = place.startsWith('postgres') ? openPostgres(place).engineFor : inFolder
const report = (error: Error) => process.stderr.write(`${error.message} ${String(error.cause)}\n`)

function inFolder(name: string): Engine {
  return sqliteEngine(openDatabase(join(place, `${name}.db`)))
}

async function run({ appId, epoch, signal }: Turn): Promise<void> {
  const engine = engineFor(appId)
  const fence = await openFence(engine)
  await fence.raise(epoch)
  const flows = await openFlows({
    appId,
    database: fence.database,
    model: () => model,
    runFunction: async (_name, input) => input,
    callAction: async () => null,
    accounts: async () => [],
    newestRecord: async () => null,
    report,
  })
  const idle = Promise.withResolvers<void>()
  flows.onRun(({ finishedAt }) => {
    if (finishedAt === null) return
    writeSync(1, '.')
    setTimeout(() => flows.isIdle() && idle.resolve(), 50)
  })
  await flows.start()
  signal.addEventListener('abort', () => idle.resolve(), { once: true })
  await idle.promise
  await flows.close()
}

const work = await openWork({ database: engineFor('relay'), report, beatMs: 50 })
process.once('SIGTERM', () => void work.stop().finally(() => process.exit(0)))
await work.start({ run, nextAt: async appId => ask(engineFor(appId), nextWorkAt()) })
writeSync(1, 'ready\n')
