import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Steps } from './engine.ts'
import { postgresDialect } from './postgres-dialect.ts'

/** Longer names are cut by Postgres without a word, and then two of them may be one. */
const maxNameBytes = 63

/** `name`, or its beginning and a hash: `~` is in no entity's or field's name, so it meets no other. */
export function fitName(name: string): string {
  if (Buffer.byteLength(name) <= maxNameBytes) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 20)
  return `${name.replaceAll(/[^\w.]/g, '').slice(0, maxNameBytes - 21)}~${hash}`
}

export function tableOf(entity: string): string {
  return fitName(`e_${entity}`)
}

/** Looked for first: `create index if not exists` would wait for those who write to the table, and hold up others, to find that nothing is to be done. */
export function* createTable(table: string): Steps<void> {
  if ((yield sql`select 1 from pg_class where relname = ${table} and relnamespace = current_schema()::regnamespace`).length > 0) return
  yield sql`create table ${sql.id(table)} (id text collate "C" not null primary key, created_date text collate "C" not null,
    updated_date text collate "C" not null, created_by text collate "C" not null, created_by_id text collate "C" not null, data jsonb not null)`
  yield sql`create index ${sql.id(fitName(`${table}:created_date`))} on ${sql.id(table)} (created_date, id)`
}

/** An index's name may be too short for its path, so the path is kept as its comment. */
export function* indexedPaths(table: string): Steps<Set<string>> {
  const rows = yield sql`select obj_description(indexrelid, 'pg_class') as path from pg_index join pg_class on pg_class.oid = indrelid
    where relname = ${table} and relnamespace = current_schema()::regnamespace`
  return new Set(rows.flatMap(({ path }) => (typeof path === 'string' ? [path] : [])))
}

export function* createIndex(table: string, path: readonly string[]): Steps<void> {
  const known = yield* indexedPaths(table)
  const name = path.join('.')
  if (known.has(name)) return
  const index = sql.id(fitName(`${table}.${name}`))
  const keys = postgresDialect.field(path).sort.map(key => sql`(${key})`)
  yield sql`create index ${index} on ${sql.id(table)} (${sql.join(keys)}, created_date, id)`
  yield sql`comment on index ${index} is ${sql.lit(name)}`
  // Until it has looked at what the keys are, Postgres guesses how many rows a condition finds, and may not take the index.
  yield sql`analyze ${sql.id(table)}`
}
