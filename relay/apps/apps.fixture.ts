import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import { loadApp } from '../../host/app/load.ts'
import { createBundleCache } from '../../host/functions/bundle-cache.ts'
import type { CredentialsClient } from '../../host/gateway/gateway.ts'
import { openDatabase } from '../../host/store/database.ts'
import { newSchema, postgresOfThisFile } from '../../host/store/each-database.fixture.ts'
import type { Engine } from '../../host/store/engine.ts'
import { sqliteEngine } from '../../host/store/sqlite-engine.ts'
import { createApps, type AppPlace, type Apps, type AppsOptions } from './apps.ts'
import { openWork } from './work.ts'

const nobody = { accounts: async () => [] } as unknown as CredentialsClient

/** The folder of a release: tickets, each of which starts a flow that waits a moment and ends. */
export async function writeRelease(folder: string, wait = 'PT0.05S'): Promise<void> {
  await mkdir(join(folder, 'entities'), { recursive: true })
  await mkdir(join(folder, 'workflows'), { recursive: true })
  await writeFile(join(folder, 'config.jsonc'), '{ "name": "Desk" }')
  await writeFile(
    join(folder, 'entities', 'Ticket.jsonc'),
    JSON.stringify({ name: 'Ticket', type: 'object', properties: { title: { type: 'string' } }, required: ['title'] }),
  )
  const flow = {
    name: 'nap',
    is_active: true,
    trigger: { config: { trigger_type: 'entity', entity_name: 'Ticket', events: ['create'] } },
    definition: { document: { dsl: '1.0.0', namespace: 'desk', name: 'nap', version: '1.0' }, do: [{ nap: { wait } }] },
  }
  await writeFile(join(folder, 'workflows', 'nap.jsonc'), JSON.stringify(flow))
}

/** `wrap` stands between an app and its database. */
type Options = Partial<AppsOptions> & { wait?: string; wrap?: (engine: Engine) => Engine }

/** A relay's apps, all of one release, on either database. Opening an app that is called `missing` fails. */
export async function openApps(kind: 'SQLite' | 'Postgres', { wait, wrap = engine => engine, ...options }: Options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-apps-'))
  const release = join(folder, 'release')
  await writeRelease(release, wait)
  const reports: AppError[] = []
  const report = (error: AppError) => void reports.push(error)
  const database = kind === 'Postgres' ? await postgresOfThisFile() : null
  const prefix = newSchema()
  const open = (name: string, postgres = database?.postgres) => {
    if (postgres) return { engine: postgres.engineFor(`${prefix}-${name}`), close: async () => {} }
    const file = openDatabase(join(folder, `${name}.db`))
    return { engine: sqliteEngine(file), close: async () => file.close() }
  }
  const relay = open('relay')
  const place = async (appId: string): Promise<AppPlace> => {
    if (appId === 'missing') throw new AppError('not_found', 'This app is not published.')
    return { folder: release, model: await loadApp(appId, release), bundles: createBundleCache(release), credentials: nobody }
  }
  const opened: Apps[] = []
  async function openNode({ engine }: Pick<typeof relay, 'engine'>, openApp: typeof open) {
    const work = await openWork({ database: engine, report, beatMs: 20 })
    const apps = await createApps({
      database: engine,
      work,
      place,
      openDatabase: async appId => {
        const { engine, close } = openApp(appId)
        return { engine: wrap(engine), close }
      },
      report,
      idleMs: 50,
      ...options,
    })
    opened.push(apps)
    return { apps, work }
  }
  const { apps, work } = await openNode(relay, open)
  await apps.start()
  return {
    apps,
    work,
    reports,
    /** Another process of the same relay, which answers requests and runs no flows. */
    async anotherNode() {
      const postgres = database?.again()
      return (await openNode(open('relay', postgres), name => open(name, postgres))).apps
    },
    async [Symbol.asyncDispose]() {
      for (const each of opened) await each.close()
      await relay.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
