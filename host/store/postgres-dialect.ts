import { sql, type RawBuilder } from 'kysely'
import { builtInColumn } from './built-in-column.ts'
import type { Dialect, Place } from './dialect.ts'
import { keyLength } from './order.ts'
import { canonical, type Doc } from './values.ts'

type Expression = RawBuilder<unknown>

const data = sql.ref('data')

/**
 * Records as jsonb. Fields are read by `->` with a name, never by `#>`, which also reads positions of arrays. Text compares by bytes
 * ("C"), whatever the database's own collation. No parameter is cast: an expression that is compared with a cast one has no index.
 */
export const postgresDialect: Dialect = {
  field: path => jsonPlace(within(data, path), 0),
  column: name => builtInColumn(sql<string>`(${sql.ref(name)} collate "C")`, sql`0::float8`, textTests),
  // jsonb has an order of keys of its own: shorter ones first.
  document: text => canonical(JSON.parse(String(text)) as Doc) as Doc,
}

/** Only for field names that `parsePath` has let through: nothing in them needs escaping. */
function within(document: Expression, path: readonly string[]): Expression {
  return path.reduce((inner, name) => sql`${inner} -> ${sql.raw(`'${name}'`)}`, document)
}

function jsonPlace(value: Expression, depth: number): Place {
  const type = sql`jsonb_typeof(${value})`
  const text = sql<string>`(case ${type} when 'string' then (${value}) #>> '{}' else '' end collate "C")`
  const array = sql`case ${type} when 'array' then ${value} else '[]'::jsonb end`
  const rank = sql<number>`case ${type} when 'string' then 2 when 'number' then 1 when 'boolean' then 5 when 'object' then 3 when 'array' then 4
    else 0 end`
  const num = sql<number>`case ${type} when 'number' then (${value})::float8
    when 'boolean' then (case when ${value} = 'true'::jsonb then 1 else 0 end)::float8 else 0::float8 end`
  const key = sql<string>`(left(${text}, ${sql.raw(String(keyLength))}) collate "C")`
  const item = `item${depth + 1}`
  return {
    rank,
    num,
    key,
    text,
    sort: [rank, num, key],
    exists: sql`(${value}) is not null`,
    size: sql`jsonb_array_length(${array})`,
    some: condition =>
      sql`exists (select 1 from jsonb_array_elements(${array}) as ${sql.ref(item)}(value)
        where ${condition(jsonPlace(sql.ref(`${item}.value`), depth + 1))})`,
    child: path => jsonPlace(within(value, path), depth),
    ...textTests(text),
  }
}

function textTests(text: RawBuilder<string>): Pick<Place, 'matches' | 'contains'> {
  return {
    matches: source => sql`${text} ~ ${source}`,
    contains: part => sql`strpos(${text}, ${part}) > 0`,
  }
}
