import { invalid } from './errors.ts'
import { parseRegex, type Regex } from './regex.ts'
import { scalar, type Scalar } from './values.ts'

export type ValueTest =
  | { op: 'eq' | 'lt' | 'lte' | 'gt' | 'gte'; value: Scalar }
  | { op: 'in'; values: Scalar[] }
  | { op: 'regex'; regex: Regex }
export type Test = ValueTest | { op: 'exists' } | { op: 'size'; size: number } | { op: 'element'; where: Filter | null; tests: Filter }

/** A parsed filter. Two-valued: every condition is true or false, never unknown, so `not` is a plain negation. */
export type Filter = { kind: 'and' | 'or'; of: Filter[] } | { kind: 'not'; of: Filter } | { kind: 'field'; path: string[]; test: Test }

const maxLevels = 16
const maxConditions = 500
const maxValues = 2000
const segment = /^[\p{L}_][\p{L}\p{N}_-]{0,62}$/u

const always: Filter = { kind: 'and', of: [] }
const never: Filter = { kind: 'or', of: [] }

/** Reads a Mongo-style filter (Base44's `q`). Throws `validation` for what has no one meaning in every database. */
export function parseFilter(query: unknown): Filter {
  let conditions = 0
  return group(query, 0)

  function group(query: unknown, level: number): Filter {
    if (level > maxLevels) throw invalid(`A filter may nest ${maxLevels} levels.`)
    const parts = Object.entries(object(query, 'A filter')).map(([key, value]): Filter => {
      switch (key) {
        case '$and':
          return { kind: 'and', of: list(value, key).map(part => group(part, level + 1)) }
        case '$or':
          return { kind: 'or', of: list(value, key).map(part => group(part, level + 1)) }
        case '$nor':
          return not({ kind: 'or', of: list(value, key).map(part => group(part, level + 1)) })
        default:
          return condition(parsePath(key), value, level)
      }
    })
    return all(parts)
  }

  function condition(path: string[], value: unknown, level: number): Filter {
    if (Array.isArray(value)) return field(path, { op: 'in', values: scalars(value) })
    if (typeof value !== 'object' || value === null) return field(path, { op: 'eq', value: scalar(value) })
    return operators(path, object(value, 'A condition'), level)
  }

  function operators(path: string[], tests: Record<string, unknown>, level: number): Filter {
    if (level > maxLevels) throw invalid(`A filter may nest ${maxLevels} levels.`)
    const { $options, ...rest } = tests
    const parts = Object.entries(rest).map(([operator, value]) => operation(path, operator, value, $options, level))
    if (!parts.length) throw invalid(`The condition on "${path.join('.')}" is empty.`)
    return all(parts)
  }

  function operation(path: string[], operator: string, value: unknown, options: unknown, level: number): Filter {
    switch (operator) {
      case '$eq':
        return field(path, { op: 'eq', value: scalar(value) })
      case '$ne':
        return not(field(path, { op: 'eq', value: scalar(value) }))
      case '$gt':
        return field(path, { op: 'gt', value: scalar(value) })
      case '$gte':
        return field(path, { op: 'gte', value: scalar(value) })
      case '$lt':
        return field(path, { op: 'lt', value: scalar(value) })
      case '$lte':
        return field(path, { op: 'lte', value: scalar(value) })
      case '$in':
        return field(path, { op: 'in', values: scalars(value) })
      case '$nin':
        return not(field(path, { op: 'in', values: scalars(value) }))
      case '$exists':
        return value ? field(path, { op: 'exists' }) : not(field(path, { op: 'exists' }))
      case '$regex':
        return field(path, { op: 'regex', regex: regex(value, options) })
      case '$size':
        return field(path, { op: 'size', size: wholeNumber(value) })
      case '$not':
        return not(operators(path, object(value, '$not'), level + 1))
      case '$all': {
        const wanted = scalars(value).map(value => field(path, { op: 'eq', value }))
        return wanted.length ? { kind: 'and', of: wanted } : never
      }
      case '$elemMatch':
        return field(path, element(object(value, '$elemMatch'), level + 1))
      default:
        if (operator.startsWith('$')) throw invalid(`Unknown operator ${operator}.`)
        throw invalid(`To look inside an object write "${path.join('.')}.${operator}".`)
    }
  }

  function element(inner: Record<string, unknown>, level: number): Test {
    const isOnValue = Object.keys(inner).some(key => key.startsWith('$') && !['$and', '$or', '$nor'].includes(key))
    return isOnValue
      ? { op: 'element', where: null, tests: operators([], inner, level) }
      : { op: 'element', where: group(inner, level), tests: always }
  }

  function field(path: string[], test: Test): Filter {
    if (++conditions > maxConditions) throw invalid(`A filter may have ${maxConditions} conditions.`)
    return { kind: 'field', path, test }
  }
}

/** `address.city` → `['address', 'city']`. Names are letters, digits, `_` and `-`, so that a path means the same in every database. */
export function parsePath(text: string): string[] {
  const path = text.split('.')
  if (path.length > 8 || !path.every(name => segment.test(name))) throw invalid(`"${text}" is not a field name.`)
  return path
}

function scalars(value: unknown): Scalar[] {
  const values = list(value, 'A list')
  if (values.length > maxValues) throw invalid(`A list may have ${maxValues} values.`)
  return values.map(scalar)
}

function regex(pattern: unknown, options: unknown): Regex {
  if (typeof pattern !== 'string') throw invalid('$regex must be text.')
  if (options !== undefined && options !== '' && options !== 'i') throw invalid('$options may only be "i".')
  scalar(pattern)
  return pattern.startsWith('(?i)') ? parseRegex(pattern.slice(4), true) : parseRegex(pattern, options === 'i')
}

function all(parts: Filter[]): Filter {
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', of: parts }
}

function not(of: Filter): Filter {
  return { kind: 'not', of }
}

function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw invalid(`${what} must be a list.`)
  return value
}

function object(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${what} must be an object.`)
  return value as Record<string, unknown>
}

function wholeNumber(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw invalid('$size must be a whole number.')
  return value
}
