import { RE2JS } from 're2js'
import type { Json } from '../../core/json.ts'
import { isBuiltIn, mayBeArray, type Fields } from './fields.ts'
import type { Filter, Test, ValueTest } from './filter.ts'
import { compareText, rankOf, sortKey } from './order.ts'
import { isDoc, type Doc, type Scalar } from './values.ts'

/** The same answer as the compiled filter, in memory: for checks on one record, and as the oracle of the store's tests. */
export function matches(filter: Filter, record: Doc, fields: Fields): boolean {
  return group(filter, { at: path => valueAt(record, path), mayBeArray: path => mayBeArray(path, fields) })
}

/** The value at a path; undefined when there is none. A built-in field that is null counts as missing. */
export function valueAt(record: Doc, path: readonly string[]): Json | undefined {
  let value: Json | undefined = record
  for (const name of path) value = isDoc(value) && Object.hasOwn(value, name) ? value[name] : undefined
  return isBuiltIn(path) && value === null ? undefined : value
}

type Scope = { at(path: readonly string[]): Json | undefined; mayBeArray(path: readonly string[]): boolean }

function group(filter: Filter, scope: Scope): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.of.every(part => group(part, scope))
    case 'or':
      return filter.of.some(part => group(part, scope))
    case 'not':
      return !group(filter.of, scope)
    case 'field':
      return field(filter.test, scope.at(filter.path), scope.mayBeArray(filter.path))
  }
}

function field(test: Test, value: Json | undefined, mayBeArray: boolean): boolean {
  const items = Array.isArray(value) ? value : []
  switch (test.op) {
    case 'exists':
      return value !== undefined
    case 'size':
      return Array.isArray(value) && value.length === test.size
    case 'element':
      return items.some(item => element(test, item))
    default:
      return one(test, value) || (mayBeArray && items.some(item => one(test, item)))
  }
}

function element({ where, tests }: Test & { op: 'element' }, item: Json): boolean {
  if (!where) return group(tests, { at: () => item, mayBeArray: () => false })
  return isDoc(item) && group(where, { at: path => valueAt(item, path), mayBeArray: () => true })
}

function one(test: ValueTest, value: Json | undefined): boolean {
  switch (test.op) {
    case 'eq':
      return equal(value, test.value)
    case 'in':
      return test.values.some(other => equal(value, other))
    case 'regex':
      return typeof value === 'string' && pattern(test.regex.source).matcher(value).find()
    case 'gt':
      return test.value !== null && isComparable(value, test.value) && compare(value, test.value) > 0
    case 'lt':
      return test.value !== null && isComparable(value, test.value) && compare(value, test.value) < 0
    case 'gte':
      return isComparable(value, test.value) && compare(value, test.value) >= 0
    case 'lte':
      return isComparable(value, test.value) && compare(value, test.value) <= 0
  }
}

function equal(value: Json | undefined, other: Scalar): boolean {
  return isComparable(value, other) && compare(value, other) === 0
}

function isComparable(value: Json | undefined, other: Scalar): value is Scalar | undefined {
  return sortKey(value)[0] === rankOf(other)
}

function compare(a: Scalar | undefined, b: Scalar): number {
  return typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : Number(a ?? null) - Number(b)
}

const patterns = new Map<string, RE2JS>()

/** Compiled patterns, kept: RE2 matches in linear time whatever the pattern. */
export function pattern(source: string): RE2JS {
  const known = patterns.get(source)
  if (known) return known
  if (patterns.size >= 200) patterns.clear()
  const compiled = RE2JS.compile(source)
  patterns.set(source, compiled)
  return compiled
}
