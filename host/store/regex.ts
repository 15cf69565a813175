import type { AppError } from '../../core/errors.ts'
import { invalid } from './errors.ts'

/**
 * The common subset of regular expressions, read once and written out again for each engine, so that both answer alike.
 * `source` is valid as RE2 and as a Postgres ARE: only literals, explicit classes, groups, `|`, `* + ? {m,n}`, `^` and `$`.
 * `prefix` and `literal` say that the pattern is just `^text` or `text`, which needs no regex engine.
 */
export type Regex = { source: string; literal?: string; prefix?: string }

const maxLength = 200,
  maxRepeat = 100
const digits = '0-9',
  word = '0-9A-Z_a-z',
  space = ' \\t\\n\\r\\f\\v'

/** Throws `validation` for look-around, back-references, `\b`, named groups and flags: they differ, or make matching exponential. */
export function parseRegex(pattern: string, ignoreCase: boolean): Regex {
  const chars = Array.from(pattern)
  if (chars.length > maxLength) throw invalid(`A pattern may have ${maxLength} characters.`)
  let at = 0,
    literal = '',
    plain = !ignoreCase,
    repeats = 1
  const anchored = chars[0] === '^'
  const source = alternatives(0)
  if (at < chars.length) throw unsupported(')')
  if (plain) return anchored ? { source, prefix: literal } : { source, literal }
  return { source }

  function alternatives(depth: number): string {
    if (depth > 16) throw invalid('A pattern may nest 16 groups.')
    let out = sequence(depth)
    while (chars[at] === '|') {
      at++
      plain = false
      out += '|' + sequence(depth)
    }
    return out
  }

  function sequence(depth: number): string {
    let out = ''
    while (at < chars.length && chars[at] !== '|' && chars[at] !== ')') out += quantified(depth)
    return out === '' ? '()' : out
  }

  function quantified(depth: number): string {
    const start = at
    const [atom, repeatable] = one(depth)
    const next = chars[at]
    if (next === undefined || !'*+?{'.includes(next)) {
      if (start > 0 && atom === '^') plain = false
      return atom
    }
    if (!repeatable) throw unsupported(`${atom}${next}`)
    plain = false
    let repeat = next
    at++
    if (next === '{') {
      const end = chars.indexOf('}', at)
      const bounds = /^(\d{1,3})(?:(,)(\d{1,3})?)?$/.exec(chars.slice(at, end).join(''))
      if (end < 0 || !bounds) throw unsupported('{')
      const low = Number(bounds[1]),
        high = bounds[3] === undefined ? low : Number(bounds[3])
      if (low > maxRepeat || high > maxRepeat || (bounds[3] !== undefined && high < low)) throw unsupported(`{${bounds[0]}}`)
      repeats *= Math.max(low, high, 1)
      if (repeats > 1000) throw invalid('The pattern repeats too much.')
      repeat = `{${bounds[0]}}`
      at = end + 1
    }
    if (chars[at] === '?') at++ // lazy or greedy: the same yes or no
    if (chars[at] !== undefined && '*+?{'.includes(chars[at] ?? '')) throw unsupported('a repeat of a repeat')
    return atom + repeat
  }

  function one(depth: number): [source: string, repeatable: boolean] {
    const char = chars[at++]
    switch (char) {
      case '^':
        return ['^', false]
      case '$':
        plain = false
        return ['$', false]
      case '.':
        plain = false
        return ['[^\\n]', true]
      case '(': {
        plain = false
        if (chars[at] === '?') {
          if (chars[at + 1] !== ':') throw unsupported('(?')
          at += 2
        }
        const inner = alternatives(depth + 1)
        if (chars[at++] !== ')') throw unsupported('(')
        return [`(${inner})`, true]
      }
      case '[':
        plain = false
        return [characterClass(), true]
      case '\\': {
        const escaped = escape()
        if (escaped.length > 1) {
          plain = false
          return [escaped.startsWith('^') ? `[${escaped}]` : `[${escaped}]`, true]
        }
        return [char1(escaped), true]
      }
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
        throw unsupported(char)
      default:
        return [char1(char ?? ''), true]
    }
  }

  function char1(char: string): string {
    literal += char
    return ignoreCase && variants(char).length > 1 ? `[${variants(char).map(inClass).join('')}]` : outside(char)
  }

  function escape(): string {
    const char = chars[at++] ?? ''
    switch (char) {
      case 'd':
        return digits
      case 'D':
        return `^${digits}`
      case 'w':
        return word
      case 'W':
        return `^${word}`
      case 's':
        return space
      case 'S':
        return `^${space}`
      case 'n':
        return '\n'
      case 't':
        return '\t'
      case 'r':
        return '\r'
      default:
        if (/[A-Za-z0-9]/.test(char) || char === '') throw unsupported(`\\${char}`)
        return char
    }
  }

  function characterClass(): string {
    let out = ''
    const negated = chars[at] === '^'
    if (negated) at++
    if (chars[at] === ']') throw unsupported('[]')
    while (chars[at] !== ']') {
      if (at >= chars.length) throw unsupported('[')
      const first = member()
      if (first.length > 1 && Array.from(first).length > 1) {
        if (first.startsWith('^')) throw unsupported('a negated class inside [ ]')
        out += first
        continue
      }
      if (chars[at] === '-' && chars[at + 1] !== ']' && chars[at + 1] !== undefined) {
        at++
        const last = member()
        if (Array.from(last).length > 1 || code(last) < code(first)) throw unsupported('range')
        out += range(first, last)
      } else out += (ignoreCase ? variants(first) : [first]).map(inClass).join('')
    }
    at++
    return `[${negated ? '^' : ''}${out}]`
  }

  function member(): string {
    const char = chars[at++] ?? ''
    if (char === '[') throw unsupported('[ inside [ ]')
    return char === '\\' ? escape() : char
  }

  function range(first: string, last: string): string {
    if (!ignoreCase) return `${inClass(first)}-${inClass(last)}`
    if (code(last) - code(first) > 512) throw unsupported('a wide range without case')
    let out = `${inClass(first)}-${inClass(last)}`
    for (let point = code(first); point <= code(last); point++) out += variants(String.fromCodePoint(point)).slice(1).map(inClass).join('')
    return out
  }
}

/** The other cases of a letter, where they are one character. Written out, so that no engine's own idea of case is used. */
function variants(char: string): string[] {
  return [...new Set([char, char.toLowerCase(), char.toUpperCase()])].filter(other => Array.from(other).length === 1)
}
function code(char: string): number {
  return char.codePointAt(0) ?? 0
}
function outside(char: string): string {
  return char === '\n' ? '\\n' : /[\\^$.|?*+()[\]{}]/.test(char) ? `\\${char}` : char
}
function inClass(char: string): string {
  return char === '\n' ? '\\n' : /[\\\]^[-]/.test(char) ? `\\${char}` : char
}
function unsupported(what: string): AppError {
  return invalid(`The pattern uses “${what}”, which is not supported.`)
}
