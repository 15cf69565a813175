import type { Json } from '../../core/json.ts'

type Part = string | number

const segment = /\.([A-Za-z_]\w*)|\.?"([^"\\]*)"|\[\s*"([^"\\]*)"\s*\]|\[\s*(-?\d{1,9})\s*\]/y

/**
 * Reads an expression that is only a path, such as `.trigger.data.items[0]."first name"`. Null when it is anything else: most
 * expressions in flows are paths, and a path needs no jq.
 */
export function parsePlainPath(expression: string): Part[] | null {
  const text = expression.trim()
  if (text === '.') return []
  if (!text.startsWith('.')) return null
  const parts: Part[] = []
  // `.[0]` and `.["a"]` have a dot before the bracket, which only the first part may need.
  let at = text.startsWith('.[') ? 1 : 0
  while (at < text.length) {
    segment.lastIndex = at
    const match = segment.exec(text)
    if (!match) return null
    const [whole, name, quoted, bracketed, index] = match
    if (quoted !== undefined && !whole.startsWith('.')) return null
    parts.push(index === undefined ? (name ?? quoted ?? bracketed ?? '') : Number(index))
    at = segment.lastIndex
  }
  return parts
}

/** Follows a path as jq does: null gives null all the way down, an absent key or item is null, anything else throws jq's own sentence. */
export function followPath(value: Json, path: readonly Part[]): Json {
  let current = value
  for (const part of path) {
    if (current === null) return null
    if (typeof part === 'string') {
      if (typeof current !== 'object' || Array.isArray(current))
        throw new Error(`Cannot index ${typeName(current)} with string ("${part}")`)
      current = Object.hasOwn(current, part) ? (current[part] ?? null) : null
    } else {
      if (!Array.isArray(current)) throw new Error(`Cannot index ${typeName(current)} with number (${part})`)
      current = current.at(part) ?? null
    }
  }
  return current
}

function typeName(value: Json): string {
  return Array.isArray(value) ? 'array' : typeof value
}
