import type { Json } from '../../core/json.ts'

export type TemplatePart = { text: string } | { expression: string }

/** Cuts `Hello ${ .trigger.data.name }!` into text and expressions. One that is never closed is text. */
export function splitTemplate(source: string): TemplatePart[] {
  const parts: TemplatePart[] = []
  let at = 0
  for (let start = source.indexOf('${'); start >= 0; start = source.indexOf('${', at)) {
    const end = endOf(source, start + 2)
    if (end < 0) break
    if (start > at) parts.push({ text: source.slice(at, start) })
    parts.push({ expression: source.slice(start + 2, end).trim() })
    at = end + 1
  }
  if (at < source.length) parts.push({ text: source.slice(at) })
  return parts
}

/** Where the bracket is that closes an expression: brackets inside of it and in its strings do not count. */
function endOf(source: string, from: number): number {
  let depth = 0
  for (let at = from; at < source.length; at++) {
    const char = source[at]
    if (char === '"') {
      at = endOfString(source, at)
      if (at < 0) return -1
    } else if (char === '{') depth++
    else if (char === '}' && depth-- === 0) return at
  }
  return -1
}

function endOfString(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '"') return at
  }
  return -1
}

const segment = /\.([A-Za-z_]\w*)|\.?\["([^"\\]*)"\]|\.?\[(\d+)\]|\."([^"\\]*)"/y

/** The keys of an expression that is only a path, such as `.trigger.data.items[0].title`; null for anything else. */
export function pathOf(expression: string): string[] | null {
  const text = expression.trim()
  const keys: string[] = []
  segment.lastIndex = 0
  while (segment.lastIndex < text.length) {
    const match = segment.exec(text)
    if (!match) return null
    keys.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '')
  }
  return keys.length > 0 ? keys : null
}

/** Puts what paths lead to in the place of the expressions. What only jq can work out becomes null. */
export function fillIn(value: Json, context: Json): Json {
  if (typeof value === 'string') return fillText(value, context)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(item => fillIn(item, context))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn(item, context)]))
}

function fillText(text: string, context: Json): Json {
  const parts = splitTemplate(text)
  const [only] = parts
  if (only && parts.length === 1 && 'expression' in only) return valueAt(only.expression, context)
  return parts.map(part => ('text' in part ? part.text : written(valueAt(part.expression, context)))).join('')
}

const written = (value: Json): string => (value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value))

function valueAt(expression: string, context: Json): Json {
  const path = pathOf(expression)
  if (!path) return null
  let value: Json | undefined = context
  for (const key of path) value = value !== null && typeof value === 'object' ? (value as Record<string, Json>)[key] : null
  return value ?? null
}
