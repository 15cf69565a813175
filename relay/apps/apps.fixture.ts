import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { CredentialsClient } from '../../host/gateway/gateway.ts'
import { openDatabase } from '../../host/store/database.ts'
import { newSchema, postgresOfThisFile } from '../../host/store/each-database.fixture.ts'
import { sqliteEngine } from '../../host/store/sqlite-engine.ts'
import { createApps, type AppPlace, type AppsOptions } from './apps.ts'
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

/** A relay's apps, all of one release, on either database. Opening an app that is called `missing` fails. */
export async function openApps(kind: 'SQLite' | 'Postgres', options: Partial<AppsOptions> & { wait?: string } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-apps-'))
  const release = join(folder, 'release')
  await writeRelease(release, options.wait)
  const reports: AppError[] = []
  const report = (error: AppError) => void reports.push(error)
  const postgres = kind === 'Postgres' ? (await postgresOfThisFile()).postgres : null
  const prefix = newSchema()
  const open = (name: string) => {
    if (postgres) return { engine: postgres.engineFor(`${prefix}-${name}`), close: async () => {} }
    const file = openDatabase(join(folder, `${name}.db`))
    return { engine: sqliteEngine(file), close: async () => file.close() }
  }
  const relay = open('relay')
  const work = await openWork({ database: relay.engine, report, beatMs: 20 })
  const openPlace = async (appId: string): Promise<AppPlace> => {
    if (appId === 'missing') throw new AppError('not_found', 'This app is not published.')
    const { engine, close } = open(appId)
    return { path: release, database: engine, credentials: nobody, close }
  }
  const apps = createApps({ work, open: openPlace, report, idleMs: 50, ...options })
  await apps.start()
  return {
    apps,
    work,
    reports,
    async [Symbol.asyncDispose]() {
      await apps.close()
      await relay.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
