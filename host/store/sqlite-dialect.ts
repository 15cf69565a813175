import { sql, type RawBuilder } from 'kysely'
import { builtInColumn } from './built-in-column.ts'
import type { Dialect, Place } from './dialect.ts'
import { keyLength } from './order.ts'
import type { Doc } from './values.ts'

type Expression = RawBuilder<unknown>
type GeneratedColumn = { name: string; type: 'integer' | 'real' | 'text'; is: Expression }

const data = sql.ref('data')

/**
 * Records as JSON text. A number is always read as a double, because 2^60 is written 1152921504606847000. `indexed` are the paths that
 * have an index: their keys are generated columns, as SQLite seeks by row value (cursors) only on columns, not on expressions.
 */
export function sqliteDialect(indexed: ReadonlySet<string>): Dialect {
  return {
    field: path => (indexed.has(path.join('.')) ? withColumns(inDocument(data, path, 0), path) : inDocument(data, path, 0)),
    column: name => builtInColumn(sql.ref(name), sql`0`, textTests),
    document: text => JSON.parse(String(text)) as Doc,
  }
}

/** The three virtual columns that an index on a field is made of. */
export function generatedColumns(path: readonly string[]): GeneratedColumn[] {
  const { rank, num, key } = inDocument(data, path, 0)
  const name = caseProof(path.join('.'))
  return [
    { name: `${name} rank`, type: 'integer', is: rank },
    { name: `${name} num`, type: 'real', is: num },
    { name: `${name} key`, type: 'text', is: key },
  ]
}

/** SQLite's own names ignore the case of letters, names of fields do not: `Name` becomes `^Name`. */
export function caseProof(name: string): string {
  return name.replaceAll(/[A-Z]/g, '^$&')
}

function withColumns(place: Place, path: readonly string[]): Place {
  const name = caseProof(path.join('.'))
  const rank = sql.id<number>(`${name} rank`)
  const num = sql.id<number>(`${name} num`)
  const key = sql.id<string>(`${name} key`)
  return { ...place, rank, num, key, sort: [rank, num, key] }
}

/** Only for field names that `parsePath` has let through: nothing in them needs escaping. */
function jsonPath(path: readonly string[]): Expression {
  return sql.raw(`'$${path.map(name => `."${name}"`).join('')}'`)
}

function inDocument(document: Expression, path: readonly string[], depth: number): Place {
  const at = jsonPath(path)
  return jsonPlace({
    type: sql`json_type(${document}, ${at})`,
    value: sql`${document} ->> ${at}`,
    json: sql`${document} -> ${at}`,
    depth,
    child: inner => inDocument(document, [...path, ...inner], depth),
  })
}

/** An item of json_each is an SQL value: text that looks like JSON must not be read as JSON again, hence the guard by type. */
function inArray(depth: number): Place {
  const type = sql.ref(`item${depth}.type`)
  const value = sql.ref(`item${depth}.value`)
  return jsonPlace({
    type,
    value,
    json: value,
    depth,
    child: path => inDocument(sql`case ${type} when 'object' then ${value} else '{}' end`, path, depth),
  })
}

type JsonValue = { type: Expression; value: Expression; json: Expression; depth: number; child: Place['child'] }

function jsonPlace({ type, value, json, depth, child }: JsonValue): Place {
  const text = sql<string>`case ${type} when 'text' then ${value} else '' end`
  const array = sql`case ${type} when 'array' then ${json} else '[]' end`
  const rank = sql<number>`case ${type} when 'text' then 2 when 'integer' then 1 when 'real' then 1 when 'true' then 5 when 'false' then 5
    when 'object' then 3 when 'array' then 4 else 0 end`
  const num = sql<number>`case ${type} when 'integer' then cast(${value} as real) when 'real' then cast(${value} as real)
    when 'true' then 1.0 else 0.0 end`
  const key = sql<string>`substr(${text}, 1, ${sql.raw(String(keyLength))})`
  const item = sql.ref(`item${depth + 1}`)
  return {
    rank,
    num,
    key,
    text,
    sort: [rank, num, key],
    exists: sql`${type} is not null`,
    size: sql`json_array_length(${array})`,
    some: condition => sql`exists (select 1 from json_each(${array}) as ${item} where ${condition(inArray(depth + 1))})`,
    child,
    ...textTests(text),
  }
}

function textTests(text: RawBuilder<string>): Pick<Place, 'matches' | 'contains'> {
  return {
    matches: source => sql`re_test(${source}, ${text}) = 1`,
    contains: part => sql`instr(${text}, ${part}) > 0`,
  }
}
