import { sql } from 'kysely'
import type { AppDatabase } from '../host/store/database.ts'
import { migrateNow, sqliteEngine } from '../host/store/sqlite-engine.ts'
import type { TokenDatabase } from './database.ts'
import { createTokenTables } from './tables.ts'

/** Tokens in a SQLite file of this machine, which several processes may have open. `now` (epoch ms) takes the place of the machine's clock. */
export function sqliteTokens(database: AppDatabase, now?: () => number): TokenDatabase {
  migrateNow(database, 'tokens-1', createTokenTables)
  const { query, transaction, forUpdate, clock } = sqliteEngine(database)
  return { query, transaction, forUpdate, now: () => (now ? sql`${Math.round(now())}` : clock) }
}
