import type { Json } from '../../core/json.ts'
import type { Scalar } from './values.ts'

/** Values are ordered by rank first; only values of one rank compare. Null and missing share the lowest. */
export const rank = { null: 0, number: 1, text: 2, object: 3, array: 4, boolean: 5 } as const

/** Only the first characters of a text are part of an index and of an order: Postgres refuses index rows over 2,704 bytes. */
export const keyLength = 256

export function rankOf(value: Scalar): number {
  if (value === null) return rank.null
  if (typeof value === 'boolean') return rank.boolean
  return typeof value === 'number' ? rank.number : rank.text
}

export function keyOf(text: string): string {
  return text.length <= keyLength ? text : Array.from(text).slice(0, keyLength).join('')
}

/** The place of a value in the order of all values. */
export function sortKey(value: Json | undefined): [rank: number, num: number, key: string] {
  if (Array.isArray(value)) return [rank.array, 0, '']
  if (typeof value === 'object' && value !== null) return [rank.object, 0, '']
  const scalar = value ?? null
  return typeof scalar === 'string' ? [rank.text, 0, keyOf(scalar)] : [rankOf(scalar), Number(scalar), '']
}

export function compareValues(a: Json | undefined, b: Json | undefined): number {
  const x = sortKey(a)
  const y = sortKey(b)
  return x[0] - y[0] || x[1] - y[1] || compareText(x[2], y[2])
}

/** By code point, as UTF-8 bytes compare. JavaScript's own `<` compares UTF-16 units, and puts 😀 before ｡. */
export function compareText(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return weight(x) - weight(y)
  }
  return a.length - b.length
}

function weight(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}
