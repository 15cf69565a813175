import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Jq } from './jq.ts'
import { followPath, parsePlainPath } from './plain-path.ts'

/** A string with runtime expressions, cut into plain text and jq programs. */
export type Template = ({ text: string } | { expression: string })[]

/**
 * Cuts `Hello ${ .trigger.data.name }!` into its parts. Knows where an expression ends by jq's own strings, comments and brackets, so
 * `${ {a: "}"} }` is one expression. Throws `validation` when one is never closed. Serverless Workflow 1.0 §Runtime expressions.
 */
export function parseTemplate(source: string): Template {
  const parts: Template = []
  let at = 0
  while (at < source.length) {
    const start = source.indexOf('${', at)
    if (start < 0) break
    const end = endOfExpression(source, start + 2)
    if (end < 0) throw new AppError('validation', `An expression is not closed: “${shorten(source.slice(start))}”. Add “}” at its end.`)
    if (start > at) parts.push({ text: source.slice(at, start) })
    parts.push({ expression: source.slice(start + 2, end).trim() })
    at = end + 1
  }
  if (at < source.length) parts.push({ text: source.slice(at) })
  return parts
}

/** Position of the bracket that closes an expression which begins at `from`, or -1. Inside `\( … )` of a string it is code again. */
function endOfExpression(source: string, from: number): number {
  const open: string[] = []
  let inString = false
  for (let at = from; at < source.length; at++) {
    const char = source[at]
    if (inString) {
      if (char === '\\' && source[at + 1] === '(') {
        open.push('\\(')
        inString = false
        at++
      } else if (char === '\\') at++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '#') at = endOfLine(source, at)
    else if (char === '{' || char === '(' || char === '[') open.push(char)
    else if (char === '}' && open.length === 0) return at
    else if (char === '}' || char === ')' || char === ']') inString = open.pop() === '\\('
  }
  return -1
}

/** A comment ends with its line; a text of one line has its closing bracket in the comment, and the bracket wins. */
function endOfLine(source: string, at: number): number {
  const newline = source.indexOf('\n', at)
  if (newline >= 0) return newline
  const bracket = source.lastIndexOf('}')
  return bracket > at ? bracket - 1 : source.length
}

/** True when some expression in `value` needs jq itself, which takes a moment; a plain path is followed at once. */
export function needsJq(value: Json): boolean {
  return expressionsIn(value).some(expression => parsePlainPath(expression) === null)
}

/** Every expression in a value, in order. An expression that is not closed is left for its evaluation to complain about. */
export function expressionsIn(value: Json): string[] {
  if (typeof value === 'string') {
    if (!value.includes('${')) return []
    try {
      return parseTemplate(value).flatMap(part => ('expression' in part ? [part.expression] : []))
    } catch {
      return []
    }
  }
  if (value === null || typeof value !== 'object') return []
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(expressionsIn)
}

/**
 * Replaces every expression in `value` by what it gives. A text that is one expression becomes its value, whatever its type; inside
 * other text a value is written out, and null as nothing. Keys are left as they are. Throws `validation` naming the expression.
 */
export async function resolve(value: Json, context: Json, jq: Jq): Promise<Json> {
  if (typeof value === 'string') return value.includes('${') ? resolveText(value, context, jq) : value
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) {
    const items: Json[] = []
    for (const item of value) items.push(await resolve(item, context, jq))
    return items
  }
  const entries: [string, Json][] = []
  for (const [key, item] of Object.entries(value)) entries.push([key, await resolve(item, context, jq)])
  return Object.fromEntries(entries)
}

async function resolveText(source: string, context: Json, jq: Jq): Promise<Json> {
  const parts = parseTemplate(source)
  const meaningful = parts.filter(part => 'expression' in part || part.text.trim() !== '')
  const [only] = meaningful
  if (only && meaningful.length === 1 && 'expression' in only) return evaluate(only.expression, context, jq)
  let text = ''
  for (const part of parts) text += 'text' in part ? part.text : writtenOut(await evaluate(part.expression, context, jq))
  return text
}

function writtenOut(value: Json): string {
  if (value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The one value of a jq expression; null when it gives none. Throws `validation` or `timeout` with a sentence that names it. */
export async function evaluate(expression: string, context: Json, jq: Jq): Promise<Json> {
  const path = parsePlainPath(expression)
  try {
    if (path) return followPath(context, path)
    const values = await jq.run(expression, context)
    if (values.length > 1)
      throw new AppError('validation', `It gives ${values.length} values, and one is needed. Put it in [ ] for a list.`)
    return values[0] ?? null
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const code = error instanceof AppError ? error.code : 'validation'
    throw new AppError(code, `The expression “${shorten(expression)}” cannot be used: ${endWithStop(reason)}`, { cause: error })
  }
}

/** A condition holds for everything but null and false, as in jq. It may be written with or without `${ }`. */
export async function holds(condition: string, context: Json, jq: Jq): Promise<boolean> {
  const value = condition.includes('${') ? await resolve(condition, context, jq) : await evaluate(condition, context, jq)
  return value !== null && value !== false
}

function endWithStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
