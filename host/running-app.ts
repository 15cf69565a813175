import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppModel } from '../core/app/model.ts'
import type { AppError } from '../core/errors.ts'
import type { Run } from '../core/run.ts'
import { Changes } from '../core/rpc/stream.ts'
import { watchApp } from './app/watch.ts'
import { createFlows } from './flows/flows.ts'
import { createFunctions } from './functions/functions.ts'
import { createGateway, type CredentialsClient } from './gateway/gateway.ts'
import { openDatabase } from './store/database.ts'
import { openStore, type Change } from './store/store.ts'

/** One app that runs: its records, functions, flows and outside calls, all from one folder and one database file. */
export type RunningApp = Awaited<ReturnType<typeof startApp>>

type Options = { appId: string; path: string; credentials: CredentialsClient; report: (error: AppError) => void }

export async function startApp({ appId, path, credentials, report }: Options) {
  const local = join(path, '.plugboard')
  await mkdir(local, { recursive: true, mode: 0o700 })
  const database = openDatabase(join(local, 'app.db'))
  const store = openStore(database)
  const models = new Changes<AppModel>()
  const commits = new Changes<Change>()
  const runs = new Changes<Run>()

  const watcher = await watchApp(appId, path, model => void useModel(model).catch(error => report(error)))
  const model = () => watcher.model()
  await store.define(entitiesOf(model()))

  const gateway = createGateway({ appId, credentials, database })
  const functions = createFunctions({ root: path, model, bridge: { callAction: gateway.call, records: store.records } })
  const flows = createFlows({
    appId,
    database,
    model,
    runFunction: functions.run,
    callAction: gateway.call,
    available: () => credentials.available({ appId }),
    report,
  })
  store.onCommit(change => {
    flows.wake()
    commits.publish(change)
  })
  flows.onRun(run => runs.publish(run))
  await flows.start()

  async function useModel(next: AppModel): Promise<AppModel> {
    await store.define(entitiesOf(next))
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
      await flows.modelChanged()
    },
    close: async () => {
      await watcher.close()
      await flows.close()
      await functions.close()
      await store.close()
      database.close()
    },
  }
}

function entitiesOf(model: AppModel) {
  return model.entities.map(({ entity }) => entity)
}
