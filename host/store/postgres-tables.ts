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

/** For a table that is not there: to find that nothing is to be done, this would wait for those who write to it, and hold up others. */
export function* createTable(table: string): Steps<void> {
  yield sql`create table ${sql.id(table)} (id text collate "C" not null primary key, created_date text collate "C" not null,
    updated_date text collate "C" not null, created_by text collate "C" not null, created_by_id text collate "C" not null, data jsonb not null)`
  yield sql`create index ${sql.id(fitName(`${table}:created_date`))} on ${sql.id(table)} (created_date, id)`
}

export function* onlyGrows(table: string): Steps<void> {
  yield sql`create or replace function refuse_change() returns trigger language plpgsql as $$ begin raise exception 'This table only grows.'; end $$`
  yield sql`create trigger ${sql.id(fitName(`${table}_only_grows`))} before update or delete or truncate on ${sql.id(table)}
    for each statement execute function refuse_change()`
}

/** One question for all of them. An index's name may be too short for its path, so the path is kept as its comment. */
export function* tablesThere(tables: readonly string[]): Steps<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>()
  if (tables.length === 0) return found
  const rows = yield sql`select c.relname as name, obj_description(i.indexrelid, 'pg_class') as path from pg_class c
    left join pg_index i on i.indrelid = c.oid where c.relname in (${sql.join([...tables])}) and c.relnamespace = current_schema()::regnamespace`
  for (const { name, path } of rows) {
    const paths = found.get(String(name)) ?? new Set()
    if (typeof path === 'string') paths.add(path)
    found.set(String(name), paths)
  }
  return found
}

export function* createIndex(table: string, path: readonly string[]): Steps<void> {
  const known = (yield* tablesThere([table])).get(table)
  const name = path.join('.')
  if (known?.has(name)) return
  const index = sql.id(fitName(`${table}.${name}`))
  const keys = postgresDialect.field(path).sort.map(key => sql`(${key})`)
  yield sql`create index ${index} on ${sql.id(table)} (${sql.join(keys)}, created_date, id)`
  yield sql`comment on index ${index} is ${sql.lit(name)}`
  // Until it has looked at what the keys are, Postgres guesses how many rows a condition finds, and may not take the index.
  yield sql`analyze ${sql.id(table)}`
}
