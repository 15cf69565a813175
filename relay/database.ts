import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openDatabase } from '../host/store/database.ts'
import type { Database } from '../host/store/engine.ts'
import { openPostgres } from '../host/store/postgres.ts'
import { sqliteEngine } from '../host/store/sqlite-engine.ts'
import type { RelayConfig } from './config.ts'

export type RelayDatabase = { database: Database; close(): Promise<void> }

/** The relay's own tables: a SQLite file in the data folder, or the schema `relay` of a Postgres database. */
export async function openRelayDatabase({
  databaseUrl,
  dataFolder,
}: Pick<RelayConfig, 'databaseUrl' | 'dataFolder'>): Promise<RelayDatabase> {
  if (databaseUrl !== null) {
    const postgres = openPostgres(databaseUrl)
    return { database: postgres.engineFor('relay'), close: postgres.close }
  }
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const file = openDatabase(join(dataFolder, 'relay.db'))
  return { database: sqliteEngine(file), close: async () => file.close() }
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
