import { sql, type RawBuilder } from 'kysely'
import type { Dialect, Place } from './dialect.ts'
import { isBuiltIn, mayBeArray, type Fields } from './fields.ts'
import type { Filter, Test, ValueTest } from './filter.ts'
import { keyLength, keyOf, rank, rankOf } from './order.ts'
import type { Regex } from './regex.ts'
import type { Scalar } from './values.ts'

const yes = sql<boolean>`(1 = 1)`
const no = sql<boolean>`(1 = 0)`

/** Says a filter in SQL. Every condition is true or false, never NULL, so `not` is a plain negation. */
export function compile(filter: Filter, dialect: Dialect, fields: Fields): RawBuilder<boolean> {
  return group(filter, { at: path => placeOf(path, dialect), mayBeArray: path => mayBeArray(path, fields) })
}

export function placeOf(path: readonly string[], dialect: Dialect): Place {
  return isBuiltIn(path) ? dialect.column(path[0] ?? '') : dialect.field(path)
}

type Scope = { at(path: readonly string[]): Place; mayBeArray(path: readonly string[]): boolean }

function group(filter: Filter, scope: Scope): RawBuilder<boolean> {
  switch (filter.kind) {
    case 'and':
      return join(
        filter.of.map(part => group(part, scope)),
        'and',
        yes,
      )
    case 'or':
      return join(
        filter.of.map(part => group(part, scope)),
        'or',
        no,
      )
    case 'not':
      return sql`not ${group(filter.of, scope)}`
    case 'field':
      return field(filter.test, scope.at(filter.path), scope.mayBeArray(filter.path))
  }
}

function field(test: Test, place: Place, mayBeArray: boolean): RawBuilder<boolean> {
  switch (test.op) {
    case 'exists':
      return place.exists
    case 'size':
      return sql`(${place.rank} = ${literal(rank.array)} and ${place.size} = ${test.size})`
    case 'element':
      return place.some(item => element(test, item))
    default: {
      const itself = value(test, place)
      return mayBeArray ? sql`(${itself} or ${place.some(item => value(test, item))})` : itself
    }
  }
}

function element({ where, tests }: Test & { op: 'element' }, item: Place): RawBuilder<boolean> {
  if (!where) return group(tests, { at: () => item, mayBeArray: () => false })
  return sql`(${item.rank} = ${literal(rank.object)} and ${group(where, { at: item.child, mayBeArray: () => true })})`
}

function value(test: ValueTest, place: Place): RawBuilder<boolean> {
  switch (test.op) {
    case 'eq':
      return equal(place, test.value)
    case 'in':
      return oneOf(place, test.values)
    case 'regex':
      return sql`(${place.rank} = ${literal(rank.text)} and ${regex(place, test.regex)})`
    default:
      return compare(place, test.op, test.value)
  }
}

function equal(place: Place, value: Scalar): RawBuilder<boolean> {
  if (value === null) return sql`${place.rank} = ${literal(rank.null)}`
  if (typeof value !== 'string') return sql`(${place.rank} = ${literal(rankOf(value))} and ${place.num} = ${Number(value)})`
  const whole = isShort(value) ? sql`` : sql` and ${place.text} = ${value}`
  return sql`(${place.rank} = ${literal(rank.text)} and ${place.num} = 0 and ${place.key} = ${keyOf(value)}${whole})`
}

function oneOf(place: Place, values: readonly Scalar[]): RawBuilder<boolean> {
  const texts = new Set(values.filter(value => typeof value === 'string' && isShort(value)))
  const numbers = new Set(values.filter(value => typeof value === 'number'))
  const others = new Set(values.filter(value => !texts.has(value) && !numbers.has(value as number)))
  const parts = [...others].map(value => equal(place, value))
  if (texts.size)
    parts.push(sql`(${place.rank} = ${literal(rank.text)} and ${place.num} = 0 and ${place.key} in (${sql.join([...texts])}))`)
  if (numbers.size) parts.push(sql`(${place.rank} = ${literal(rank.number)} and ${place.num} in (${sql.join([...numbers])}))`)
  return join(parts, 'or', no)
}

const signs = { gt: sql`>`, gte: sql`>=`, lt: sql`<`, lte: sql`<=` } as const

function compare(place: Place, op: keyof typeof signs, value: Scalar): RawBuilder<boolean> {
  const sign = signs[op]
  if (value === null) return op === 'gte' || op === 'lte' ? sql`${place.rank} = ${literal(rank.null)}` : no
  if (typeof value !== 'string') return sql`(${place.rank} = ${literal(rankOf(value))} and ${place.num} ${sign} ${Number(value)})`
  // For a short value the first characters decide; for a long one they narrow the range and the whole text decides.
  const towards = op === 'gt' || op === 'gte' ? signs.gte : signs.lte
  const inRange = isShort(value)
    ? sql`${place.key} ${sign} ${value}`
    : sql`${place.key} ${towards} ${keyOf(value)} and ${place.text} ${sign} ${value}`
  return sql`(${place.rank} = ${literal(rank.text)} and ${place.num} = 0 and ${inRange})`
}

function regex(place: Place, { source, literal, prefix }: Regex): RawBuilder<boolean> {
  if (prefix === '') return yes
  if (prefix !== undefined && isShort(prefix))
    return sql`(${place.num} = 0 and ${place.key} >= ${prefix} and ${place.key} < ${after(prefix)})`
  if (literal !== undefined) return place.contains(literal)
  return place.matches(source)
}

/** The smallest text after all that start with `prefix`, in code-point order. */
function after(prefix: string): string {
  const points = Array.from(prefix, char => char.codePointAt(0) ?? 0)
  while (points.at(-1) === 0x10ffff) points.pop()
  const last = points.pop()
  if (last === undefined) return '\u{10ffff}'.repeat(keyLength)
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
}

function isShort(text: string): boolean {
  return text.length < keyLength
}

function literal(number: number): RawBuilder<number> {
  return sql.raw(String(number))
}

function join(parts: RawBuilder<boolean>[], word: 'and' | 'or', empty: RawBuilder<boolean>): RawBuilder<boolean> {
  if (!parts.length) return empty
  return sql`(${sql.join(parts, sql.raw(` ${word} `))})`
}
