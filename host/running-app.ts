import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppModel } from '../core/app/model.ts'
import { AppError } from '../core/errors.ts'
import type { Run } from '../core/run.ts'
import { Changes } from '../core/rpc/stream.ts'
import { watchApp } from './app/watch.ts'
import { createFlows } from './flows/flows.ts'
import type { Bridge } from './functions/bridge.ts'
import { createFunctions } from './functions/functions.ts'
import type { Budgets } from './gateway/budgets.ts'
import { createGateway, type CredentialsClient } from './gateway/gateway.ts'
import { explainWriteError } from './files/atomic.ts'
import { takeLock, type Lock } from './files/lock.ts'
import { openDatabase, type AppDatabase } from './store/database.ts'
import { sqliteEngine } from './store/sqlite-engine.ts'
import { openStore, type Change } from './store/store.ts'

const pruneEveryMs = 10 * 60 * 1000

/** One app that runs: its records, functions, flows and outside calls, all from one folder and one database file. */
export type RunningApp = Awaited<ReturnType<typeof run>>

type Options = { appId: string; path: string; credentials: CredentialsClient; budgets: Budgets; report: (error: AppError) => void }

/** Starts an app. Errors: `conflict` when another process runs it, `unavailable` when its folder or its database cannot be used. */
export async function startApp(options: Options): Promise<RunningApp> {
  const local = join(options.path, '.plugboard')
  await mkdir(local, { recursive: true, mode: 0o700 }).catch(error => {
    throw explainWriteError(error, local)
  })
  const lock = takeLock(join(local, 'lock.db'))
  if (!lock) throw new AppError('conflict', `Another Plugboard is running the app in ${options.path}. Close it there first.`)
  try {
    return await run(options, openDatabase(join(local, 'app.db')), lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function run({ appId, path, credentials, budgets, report }: Options, database: AppDatabase, lock: Lock) {
  const store = openStore(sqliteEngine(database), { report })
  const models = new Changes<AppModel>()
  const commits = new Changes<Change>()
  const runs = new Changes<Run>()

  // A file may change before all rooms are there to hear of it.
  const started = Promise.withResolvers<void>()
  const watcher = await watchApp(
    appId,
    path,
    model => void started.promise.then(() => useModel(model)).catch(error => report(AppError.from(error))),
  )
  const model = () => watcher.model()
  await store.define(entitiesOf(model()))

  const gateway = createGateway({ appId, credentials, database, budgets, report })
  // What functions call outside goes through the flows' journal: a step that runs again does not do it twice.
  const bridge: Bridge = { callAction: request => flows.callAction(request), records: store.records }
  const functions = createFunctions({ root: path, model, bridge })
  const flows = createFlows({
    appId,
    database,
    model,
    runFunction: functions.run,
    callAction: gateway.call,
    accounts: () => credentials.accounts({ appId }),
    newestRecord: async entity => (await store.records(entity).list({ limit: 1 }))[0] ?? null,
    report,
  })
  store.onCommit(change => {
    flows.wake()
    commits.publish(change)
  })
  flows.onRun(run => runs.publish(run))
  await flows.start()
  const pruning = setInterval(() => void store.prune(flows.readUpTo()).catch(error => report(AppError.from(error))), pruneEveryMs)
  if (model().functions.length > 0) functions.warm()
  started.resolve()

  async function useModel(next: AppModel): Promise<AppModel> {
    await store.define(entitiesOf(next))
    functions.changed()
    await flows.modelChanged()
    models.publish(next)
    return next
  }

  return {
    appId,
    path,
    model,
    models,
    commits,
    runs,
    store,
    gateway,
    functions,
    flows,
    reload: async () => useModel(await watcher.reload()),
    /** Accounts were connected, switched or lost: forget tokens, and let what waits for them go on. */
    connectionsChanged: async () => {
      gateway.forget()
      await flows.accountsChanged()
    },
    close: async () => {
      clearInterval(pruning)
      await watcher.close()
      await flows.close()
      await functions.close()
      await store.close()
      database.close()
      lock.release()
    },
  }
}

function entitiesOf(model: AppModel) {
  return model.entities.map(({ entity }) => entity)
}
