import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openDatabase } from '../host/store/database.ts'
import { sha256Of } from '../host/files/release-folder.ts'
import type { Database } from '../host/store/engine.ts'
import { openPostgres } from '../host/store/postgres.ts'
import { sqliteEngine } from '../host/store/sqlite-engine.ts'
import type { AppDatabase } from './apps/apps.ts'
import type { RelayConfig } from './config.ts'

export type RelayDatabase = {
  /** The relay's own tables. */
  database: Database
  /** What an app keeps is its own: nothing of it is in the tables of another app or of the relay. */
  openApp(appId: string): Promise<AppDatabase>
  close(): Promise<void>
}

/** Files in the data folder, or schemas of a Postgres database: one for the relay, and one for each app. */
export async function openRelayDatabase({
  databaseUrl,
  dataFolder,
}: Pick<RelayConfig, 'databaseUrl' | 'dataFolder'>): Promise<RelayDatabase> {
  if (databaseUrl !== null) {
    const postgres = openPostgres(databaseUrl)
    return {
      database: postgres.engineFor('relay'),
      openApp: async appId => ({ engine: postgres.engineFor(schemaOf(appId)), close: async () => {} }),
      close: postgres.close,
    }
  }
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const file = openDatabase(join(dataFolder, 'relay.db'))
  return {
    database: sqliteEngine(file),
    async openApp(appId) {
      const folder = join(dataFolder, 'apps', appId)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const app = openDatabase(join(folder, 'app.db'))
      return { engine: sqliteEngine(app), close: async () => app.close() }
    },
    close: async () => file.close(),
  }
}

/** Postgres cuts names at 63 bytes. An id has no underline, so that a shortened one is nobody else's name. */
function schemaOf(appId: string): string {
  const name = `app_${appId}`
  return name.length <= 63 ? name : `app_${appId.slice(0, 40)}_${sha256Of(appId).slice(0, 16)}`
}

/** True when the database answers within the limit. */
export async function isReachable(database: Database, limitMs = 2000): Promise<boolean> {
  const limit = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => limit.resolve(false), limitMs)
  const answer = database.query(sql`select 1 as one`).then(
    () => true,
    () => false,
  )
  return Promise.race([answer, limit.promise]).finally(() => clearTimeout(timer))
}
