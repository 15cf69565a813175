import type { Json } from '../../core/json.ts'
import { invalid } from './errors.ts'

export type Scalar = null | boolean | number | string
export type Doc = { [key: string]: Json }

const maxLevels = 64

/** Refuses what a database cannot keep: NUL, lone surrogates, NaN, Infinity, over 64 levels. Returns the value as JSON keeps it. */
export function storable(value: unknown, depth = 0): Json {
  if (depth > maxLevels) throw invalid(`A record may nest ${maxLevels} levels.`)
  if (Array.isArray(value)) return value.map(item => storable(item === undefined ? null : item, depth + 1))
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    return Object.fromEntries(entries.map(([key, item]) => [text(key), storable(item, depth + 1)]))
  }
  return scalar(value)
}

/** A value that a condition may compare with. −0 becomes 0, as JSON writes it. */
export function scalar(value: unknown): Scalar {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return text(value)
  if (typeof value !== 'number') throw invalid('A value here must be text, a number, true, false or null.')
  if (!Number.isFinite(value)) throw invalid('Numbers must be finite.')
  return value === 0 ? 0 : value
}

function text(value: string): string {
  if (value.includes('\0') || !value.isWellFormed()) throw invalid('Text must be valid Unicode without NUL.')
  return value
}

/** Keys in one order at every level, so that equal values are equal text. */
export function canonical(value: Json): Json {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map(key => [key, canonical(value[key] ?? null)]))
}

export function isDoc(value: Json | undefined): value is Doc {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
