import type { Json, JsonObject } from '../json.ts'

/**
 * A JSON Schema (2020-12) as the text of a TypeScript type. `side`: what a caller may leave out because it has a default is there in what
 * comes back. What TypeScript cannot say (formats, ranges, patterns) is left out; what is not understood, and what contains itself, is
 * `unknown`. Any JSON is `Json`: whoever uses the text declares it.
 */
export function schemaText(
  schema: Json | undefined,
  side: 'given' | 'returned',
  root: Json = schema ?? true,
  within: string[] = [],
): string {
  if (!isObject(schema)) return 'unknown'
  const inner = (part: Json | undefined) => schemaText(part, side, root, within)
  if (typeof schema.$ref === 'string') {
    const target = resolve(root, schema.$ref)
    if (isAnyJson(target)) return 'Json'
    return within.includes(schema.$ref) ? 'unknown' : schemaText(target, side, root, [...within, schema.$ref])
  }
  if ('const' in schema) return JSON.stringify(schema.const)
  if (Array.isArray(schema.enum)) return union(schema.enum.map(value => JSON.stringify(value)))
  const choices = schema.anyOf ?? schema.oneOf
  if (Array.isArray(choices)) return union(choices.map(inner))
  if (Array.isArray(schema.allOf)) return schema.allOf.map(part => `(${inner(part)})`).join(' & ')
  if (Array.isArray(schema.type)) return union(schema.type.map(type => inner({ ...schema, type })))
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type
    case 'number':
    case 'integer':
      return 'number'
    case 'array':
      return arrayText(inner(schema.items))
    case 'object':
      return objectText(schema, side, inner)
    default:
      return 'unknown'
  }
}

/** The members of a type, one per line: what an object of fields looks like from one side. */
export function membersText(
  properties: JsonObject,
  required: readonly string[],
  side: 'given' | 'returned',
  textOf: (schema: Json | undefined) => string = schema => schemaText(schema, side),
): string {
  return Object.entries(properties)
    .map(([name, schema]) => {
      const hasDefault = isObject(schema) && schema.default !== undefined
      const isThere = side === 'given' ? required.includes(name) && !hasDefault : required.includes(name) || hasDefault
      return `${commentText(isObject(schema) ? schema : {})}${memberName(name)}${isThere ? '' : '?'}: ${textOf(schema)}`
    })
    .join('\n')
}

/** A name as the key of a member: quoted where it is no identifier. */
export const memberName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name))

/** `/** … *\/` and a line break, or nothing. */
export function commentText({ title, description }: { title?: Json; description?: Json }): string {
  const words = [title, description].filter(word => typeof word === 'string' && word.trim() !== '').join(': ')
  return words ? `/** ${words.replaceAll('*/', '*\u200b/').replaceAll(/\s+/g, ' ')} */\n` : ''
}

function objectText(schema: JsonObject, side: 'given' | 'returned', inner: (schema: Json | undefined) => string): string {
  const properties = isObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required.filter(name => typeof name === 'string') : []
  const members = membersText(properties, required, side, inner)
  if (members !== '') return `{\n${indent(members)}\n}`
  return `{ [name: string]: ${isObject(schema.additionalProperties) ? inner(schema.additionalProperties) : 'unknown'} }`
}

export const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ')

/** One word, or one object, needs no brackets. */
const arrayText = (item: string) => (/^(\w+|\{[^{}]*\})$/.test(item) ? `${item}[]` : `(${item})[]`)

const union = (types: readonly string[]) => (types.length === 0 ? 'never' : [...new Set(types)].join(' | '))

/** A choice between every type there is, as zod writes `z.json()`. */
const isAnyJson = (schema: Json | undefined): boolean =>
  isObject(schema) &&
  Array.isArray(schema.anyOf) &&
  ['string', 'number', 'boolean', 'null', 'array', 'object'].every(type =>
    (schema.anyOf as Json[]).some(choice => isObject(choice) && choice.type === type),
  )

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A pointer within the schema, such as `#/$defs/Address`. RFC 6901 */
function resolve(root: Json, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined
  return reference
    .slice(1)
    .split('/')
    .slice(1)
    .map(part => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), root)
}
