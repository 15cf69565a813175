import type { Json, JsonObject } from '../../core/json.ts'
import { titleOf } from '../data/fields.ts'

/** A field of a form, as a JSON Schema (2020-12) describes it. */
export type FormField = { name: string; title: string; description: string | null; required: boolean; schema: JsonObject; kind: FieldKind }
/** `pairs`: an object of any names. `json`: what no control fits is written as JSON. */
export type FieldKind = 'text' | 'long' | 'remote' | 'number' | 'choice' | 'switch' | 'list' | 'group' | 'pairs' | 'json'

/** What is wrong, by the path of the field: `guests.0`. */
export type Problems = Readonly<Record<string, string>>

export function fieldsOf(schema: Json | undefined): FormField[] {
  const { properties, required } = asObject(schema)
  const names = new Set(Array.isArray(required) ? required : [])
  return Object.entries(asObject(properties)).map(([name, value]) => fieldOf(name, value, names.has(name)))
}

function fieldOf(name: string, value: Json | undefined, required: boolean): FormField {
  const { title, description } = asObject(value)
  const schema = controlled(value)
  return {
    name,
    title: typeof title === 'string' ? title : titleOf(name),
    description: typeof description === 'string' ? description : null,
    required: required && asObject(value)['default'] === undefined,
    schema,
    kind: kindOf(schema),
  }
}

/** One entry of a list. */
export const itemOf = ({ name, schema }: FormField): FormField => fieldOf(name, schema['items'], true)

/** Of several ways to write a value, the simplest that a control fits: one text rather than a list of texts, names rather than places. */
function controlled(value: Json | undefined): JsonObject {
  const schema = asObject(value)
  const ways = schema['anyOf'] ?? schema['oneOf']
  if (!Array.isArray(ways)) return schema
  const { anyOf: _, oneOf: __, ...common } = schema
  const way = ways.map(asObject).find(each => each['type'] !== 'null' && kindOf(each) !== 'json')
  return way ? { ...way, ...common } : schema
}

function kindOf(schema: JsonObject): FieldKind {
  if (Array.isArray(schema['enum'])) return 'choice'
  switch (schema['type']) {
    case 'string':
      return typeof schema['options'] === 'string' ? 'remote' : schema['multiline'] === true ? 'long' : 'text'
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
      return 'switch'
    case 'array':
      return kindOf(controlled(schema['items'])) === 'json' ? 'json' : 'list'
    case 'object':
      return Object.keys(asObject(schema['properties'])).length > 0 ? 'group' : 'pairs'
    default:
      return 'json'
  }
}

/** What a form begins with: the defaults. */
export const startOf = (schema: Json | undefined): JsonObject =>
  Object.fromEntries(
    fieldsOf(schema).flatMap(field => {
      const start = field.schema['default'] ?? (field.kind === 'group' && field.required ? startOf(field.schema) : undefined)
      return start === undefined ? [] : [[field.name, start]]
    }),
  )

/** What keeps a form from being sent. What only the service can know is left to it. */
export function problemsIn(schema: Json | undefined, value: JsonObject, within = ''): Problems {
  return Object.assign({}, ...fieldsOf(schema).map(field => problemsOf(field, value[field.name], within + field.name)))
}

function problemsOf(field: FormField, value: Json | undefined, path: string): Problems {
  if (isEmpty(value)) return field.required ? { [path]: `${field.title} is missing.` } : {}
  const { schema, kind, title } = field
  switch (kind) {
    case 'group':
      return problemsIn(schema, asObject(value), `${path}.`)
    case 'list':
      return Object.assign(
        {},
        ...(Array.isArray(value) ? value : []).map((item, at) =>
          problemsOf({ ...itemOf(field), title: `Entry ${at + 1}` }, item, `${path}.${at}`),
        ),
      )
    case 'number':
      return problem(path, numberProblem(title, value, schema))
    case 'text':
    case 'long':
    case 'remote':
      return problem(path, textProblem(title, String(value), schema))
    case 'json':
      return problem(path, value === unreadable ? 'This is not JSON. Check its quotes, commas and brackets.' : null)
    default:
      return {}
  }
}

const problem = (path: string, sentence: string | null): Problems => (sentence === null ? {} : { [path]: sentence })

function numberProblem(title: string, value: Json | undefined, { type, minimum, maximum }: JsonObject): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return `${title} is a number.`
  if (type === 'integer' && !Number.isInteger(value)) return `${title} is a whole number.`
  if (typeof minimum === 'number' && value < minimum) return `${title} is at least ${minimum}.`
  return typeof maximum === 'number' && value > maximum ? `${title} is at most ${maximum}.` : null
}

function textProblem(title: string, value: string, { maxLength, minLength, pattern, format }: JsonObject): string | null {
  if (typeof maxLength === 'number' && value.length > maxLength) return `${title} is longer than ${maxLength} characters.`
  if (typeof minLength === 'number' && value.trim().length < minLength) return `${title} is shorter than ${minLength} characters.`
  if (format === 'email') return /^\S+@\S+\.\S+$/.test(value) ? null : `${title} is an address such as mia@example.com.`
  if (format === 'date-time') return Number.isNaN(Date.parse(value)) ? `${title} is a time such as 2026-11-21T09:30:00Z.` : null
  return typeof pattern === 'string' && !new RegExp(pattern).test(value) ? `${title} does not have the form that is asked for.` : null
}

/** Stands for JSON that cannot be read while it is being typed. No JSON text reads as it. */
export const unreadable = '\0unreadable'

/** What is sent: without the fields that were left empty. */
export function filledIn(schema: Json | undefined, value: JsonObject): JsonObject {
  return Object.fromEntries(
    fieldsOf(schema).flatMap(({ name, kind, schema: inner }): [string, Json][] => {
      const given = value[name]
      if (given === undefined || isEmpty(given)) return []
      if (kind === 'group') return [[name, filledIn(inner, asObject(given))]]
      return [[name, Array.isArray(given) ? given.filter(item => !isEmpty(item)) : given]]
    }),
  )
}

const isEmpty = (value: Json | undefined): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')

export const asObject = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
