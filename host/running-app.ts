import type { AppModel } from '../core/app/model.ts'
import { modeOf } from '../core/app/uses.ts'
import { AppError } from '../core/errors.ts'
import type { Run } from '../core/run.ts'
import { Changes } from '../core/rpc/stream.ts'
import type { AppWatcher } from './app/watch.ts'
import { openFlows } from './flows/flows.ts'
import type { Bridge } from './functions/bridge.ts'
import type { BundleCache } from './functions/bundle-cache.ts'
import { createFunctions } from './functions/functions.ts'
import { openActivity } from './gateway/activity.ts'
import type { Budgets } from './gateway/budgets.ts'
import { createGateway, type CredentialsClient } from './gateway/gateway.ts'
import type { Database, Engine } from './store/engine.ts'
import { openStore, type Change } from './store/store.ts'

const pruneEveryMs = 10 * 60 * 1000

/** One app that runs: its records, functions, flows and outside calls, all from one folder and one database. */
export type RunningApp = Awaited<ReturnType<typeof startApp>>

export type StartOptions = {
  appId: string
  /** The folder of its files. */
  path: string
  /** Reads them, and tells of later changes. */
  openFiles: (onChange: (model: AppModel) => void) => Promise<AppWatcher>
  /** Its functions, compiled. */
  bundles: BundleCache
  /** The app's own, open until `onClosed`. */
  database: Engine
  /** What flows write through, where others may come to work on them as well. */
  flowDatabase?: Database
  /** Whether flows begin at once. Else `flows.start` begins them: only one process at a time may. */
  runsFlows: boolean
  credentials: CredentialsClient
  /** Whose act everything is that names no user of the app, where it has but one. */
  soleUser?: string
  /** What connections may ask of their services, shared by all apps of this process. */
  budgets: Budgets
  report: (error: AppError) => void
  onClosed?: () => Promise<void>
}

/** Starts an app over a database that is open, on the desktop as on a relay. Errors: `unavailable` when its folder or database cannot be used. */
export async function startApp({ appId, path, bundles, database, credentials, soleUser, report, ...more }: StartOptions) {
  const closers: (() => unknown)[] = [() => more.onClosed?.()]
  async function close(): Promise<void> {
    for (const one of closers.splice(0).reverse()) await one()
  }
  try {
    return await start()
  } catch (error) {
    await close()
    throw error
  }

  async function start() {
    const store = openStore(database, { report })
    closers.push(store.close)
    const models = new Changes<AppModel>()
    const commits = new Changes<Change>()
    const runs = new Changes<Run>()

    // A file may change before all rooms are there to hear of it.
    const started = Promise.withResolvers<void>()
    const files = await more.openFiles(
      model => void started.promise.then(() => useModel(model)).catch(error => report(AppError.from(error))),
    )
    const { model } = files
    closers.push(files.close)
    await store.define(entitiesOf(model()))

    const gateway = createGateway({
      appId,
      credentials,
      modeOf: connector => modeOf(model(), connector),
      soleUser,
      activity: await openActivity(database),
      budgets: more.budgets,
      report,
    })
    // What functions call outside goes through the flows' journal: a step that runs again does not do it twice.
    const bridge: Bridge = { callAction: request => flows.callAction(request), records: store.records }
    const functions = createFunctions({ root: path, model, bundles, bridge })
    closers.push(functions.close)
    const flows = await openFlows({
      appId,
      database: more.flowDatabase ?? database,
      model,
      runFunction: functions.run,
      callAction: gateway.call,
      accounts: user => credentials.accounts({ appId, ...(user !== null && { user }) }),
      agreedUsers: flow => credentials.agreedUsers({ appId, flow }),
      soleUser,
      newestRecord: async entity => (await store.records(entity).list({ limit: 1 }))[0] ?? null,
      report,
    })
    closers.push(flows.close)
    store.onCommit(change => {
      flows.wake()
      commits.publish(change)
    })
    // Runs that another process adds are no changes of records.
    closers.push(database.peers?.onWake(flows.wake) ?? (() => {}))
    flows.onRun(run => runs.publish(run))
    if (more.runsFlows) await flows.start()
    const pruning = setInterval(() => void store.prune(flows.readUpTo()).catch(error => report(AppError.from(error))), pruneEveryMs)
    closers.push(() => clearInterval(pruning))
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
      database,
      model,
      models,
      commits,
      runs,
      store,
      gateway,
      functions,
      flows,
      reload: async () => useModel(await files.reload()),
      /** Accounts were connected, switched or lost, perhaps those of one user alone: forget tokens, and let what waits for them go on. */
      connectionsChanged: async (user?: string) => {
        gateway.forget()
        await flows.accountsChanged(user)
      },
      close,
    }
  }
}

function entitiesOf(model: AppModel) {
  return model.entities.map(({ entity }) => entity)
}
