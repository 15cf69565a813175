import { sql, type RawBuilder } from 'kysely'
import { z } from 'zod'
import { compile, placeOf } from './compile.ts'
import { positionOf, readCursor, tieBreakers, writeCursor } from './cursor.ts'
import type { Dialect } from './dialect.ts'
import type { Row } from './engine.ts'
import { invalid } from './errors.ts'
import { isBuiltIn, mayBeArray, type Fields } from './fields.ts'
import { parseFilter, parsePath, type Filter } from './filter.ts'
import type { Doc } from './values.ts'

/** What is read from an entity's table and how. */
export type Source = { table: string; fields: Fields; dialect: Dialect }
export type Query = { q?: unknown; sort?: string; limit?: number; skip?: number }
export type PageQuery = Query & { cursor?: string | null }

const maxRecords = 5000
const count = z.number().int().min(0)

/** A query, read and checked once. */
export type Plan = {
  q: unknown
  sort: string
  filter: Filter
  path: string[]
  descending: boolean
  limit: number
  skip: number
  after: (string | number)[] | null
}

/** `sort` is a field, with `-` in front for the other direction; newest first by default. Throws `validation`. */
export function planQuery({ q, sort, limit, skip, cursor }: PageQuery, defaultLimit: number): Plan {
  const from = cursor ? readCursor(cursor) : { q: q ?? {}, sort: sort || '-created_date', after: null }
  const path = parsePath(from.sort.replace(/^[+-]/, ''))
  if (from.after && from.after.length !== (isBuiltIn(path) ? 1 : 3) + tieBreakers(path).length)
    throw invalid('This page does not exist any more. Start from the first one.')
  return {
    ...from,
    filter: parseFilter(from.q),
    path,
    descending: from.sort.startsWith('-'),
    limit: Math.min(wholeNumber(limit ?? defaultLimit, 'limit'), maxRecords),
    skip: wholeNumber(skip ?? 0, 'skip'),
  }
}

export function selectRecords(
  { table, fields, dialect }: Source,
  { filter, path, descending, after, skip }: Plan,
  limit: number,
): RawBuilder<unknown> {
  const keys = [...placeOf(path, dialect).sort, ...tieBreakers(path).map(name => sql.ref(name))]
  const direction = descending ? sql`desc` : sql`asc`
  const later = after ? sql`(${sql.join(keys)}) ${descending ? sql`<` : sql`>`} (${sql.join(after)})` : sql`1 = 1`
  const order = sql.join(keys.map(key => sql`${key} ${direction}`))
  return sql`select ${recordColumns} from ${sql.id(table)} where ${compile(filter, dialect, fields)} and ${later}
    order by ${order} limit ${limit} offset ${skip}`
}

export function countRecords({ table, fields, dialect }: Source, filter: Filter): RawBuilder<unknown> {
  return sql`select count(*) as count from ${sql.id(table)} where ${compile(filter, dialect, fields)}`
}

/** The token for what comes after `last`. */
export function nextCursor({ q, sort, path }: Plan, last: Doc): string {
  return writeCursor({ q, sort, after: positionOf(last, path) })
}

/** The fields whose index could spare this query a scan: its sort, and what it compares outside `not` in fields that hold no arrays. */
export function indexablePaths({ filter, path }: Pick<Plan, 'filter' | 'path'>, fields: Fields): string[] {
  const wanted = new Set<string>()
  if (!isBuiltIn(path)) wanted.add(path.join('.'))
  visit(filter)
  return [...wanted]

  function visit(part: Filter): void {
    if (part.kind === 'and' || part.kind === 'or') part.of.forEach(visit)
    else if (part.kind === 'field' && !isBuiltIn(part.path) && !mayBeArray(part.path, fields) && usesIndex(part))
      wanted.add(part.path.join('.'))
  }
}

function usesIndex({ test }: Filter & { kind: 'field' }): boolean {
  return test.op === 'regex'
    ? test.regex.prefix !== undefined && test.regex.prefix !== ''
    : !['exists', 'size', 'element'].includes(test.op)
}

const columns = ['id', 'created_date', 'updated_date', 'created_by', 'created_by_id'] as const
export const recordColumns = sql.join([...columns, 'data'].map(name => sql.ref(name)))

export function toRecord(row: Row, { document }: Pick<Dialect, 'document'>): Doc {
  const { id, created_date, updated_date, created_by, created_by_id, data } = row
  return {
    id: String(id),
    created_date: String(created_date),
    updated_date: String(updated_date),
    created_by: created_by ? String(created_by) : null,
    created_by_id: created_by_id ? String(created_by_id) : null,
    ...document(data),
  }
}

function wholeNumber(value: number, name: string): number {
  const checked = count.safeParse(value)
  if (!checked.success) throw invalid(`“${name}” must be a whole number, 0 or more.`)
  return checked.data
}
