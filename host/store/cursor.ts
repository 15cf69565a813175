import { z } from 'zod'
import { isBuiltIn } from './fields.ts'
import { invalid } from './errors.ts'
import { valueAt } from './matches.ts'
import { sortKey } from './order.ts'
import type { Doc } from './values.ts'

type Position = (string | number)[]

const cursorToken = z.object({ q: z.unknown(), sort: z.string(), after: z.array(z.union([z.string(), z.number()])) })

/** Where a walk through records stands: the query, its order, and the place of the last record, so changes elsewhere never shift it. */
export type Cursor = z.infer<typeof cursorToken>

export function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url')
}

/** Nothing in a cursor is trusted: it is read like any other input, and rules apply again. Throws `validation`. */
export function readCursor(token: string): Cursor {
  try {
    return cursorToken.parse(JSON.parse(Buffer.from(token, 'base64url').toString()))
  } catch (cause) {
    throw Object.assign(invalid('This page does not exist any more. Start from the first one.'), { cause })
  }
}

/** The place of a record in the order by `path`, then created_date, then id: a total order. */
export function positionOf(record: Doc, path: readonly string[]): Position {
  const value = valueAt(record, path)
  const own = isBuiltIn(path) ? [typeof value === 'string' ? value : ''] : sortKey(value)
  return [...own, ...tieBreakers(path).map(name => String(record[name]))]
}

export function tieBreakers(path: readonly string[]): readonly string[] {
  const name = path.length === 1 ? path[0] : ''
  if (name === 'id') return []
  return name === 'created_date' ? ['id'] : ['created_date', 'id']
}
