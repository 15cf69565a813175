import type { Json, JsonObject } from '../json.ts'
import type { Entity } from './entity.ts'
import type { AppModel } from './model.ts'
import { commentText, indent, memberName, membersText, schemaText } from './schema-text.ts'

/** What is needed of a connector. Without schemas, as long as nobody has asked for them, what goes in and comes out is `any`. */
export type ConnectorTypes = {
  id: string
  name: string
  actions: readonly { id: string; title: string; does: string; inputSchema?: Json; outputSchema?: Json }[]
}

/**
 * The declarations of the module `plugboard` for one app, as the text of a `.d.ts` file: a type and the records of each entity, and each
 * connector's actions. What every app has is in a module of its own, where no entity called Promise or Error is in its way.
 */
export function typesFor(model: Pick<AppModel, 'entities'>, connectors: readonly ConnectorTypes[]): string {
  const entities = model.entities.map(({ entity }) => entity)
  return `${everyApp}
declare module 'plugboard:app' {
${indent(`import type { Json } from 'plugboard:records'
export interface Data {
${indent(entities.map(entity => `${entityComment(entity)}${memberName(entity.name)}: ${fieldsText(entity, 'given')}`).join('\n'))}
}
export interface Records {
${indent(entities.map(entity => `${entityComment(entity)}${memberName(entity.name)}: import('plugboard:records').BuiltIn & ${fieldsText(entity, 'returned')}`).join('\n'))}
}
export interface Connectors {
${indent(connectors.map(connectorText).join('\n'))}
}`)}
}

declare module 'plugboard' {
${indent(`export { PlugboardError } from 'plugboard:records'
export const connectors: import('plugboard:app').Connectors
export const entities: import('plugboard:records').Entities
${entities
  .filter(({ name }) => !reserved.has(name))
  .map(entity => `${entityComment(entity)}export type ${entity.name} = import('plugboard:app').Records[${JSON.stringify(entity.name)}]`)
  .join('\n')}`)}
}
`
}

const everyApp = `declare module 'plugboard:records' {
  export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
  /** The fields of every record. They are set by Plugboard. */
  export interface BuiltIn {
    readonly id: string
    /** ISO time. */
    readonly created_date: string
    /** ISO time. */
    readonly updated_date: string
    readonly created_by: string | null
    readonly created_by_id: string | null
  }
  type Condition<Value> =
    | Value
    | null
    | { $eq?: Value | null; $ne?: Value | null; $gt?: Value; $gte?: Value; $lt?: Value; $lte?: Value; $in?: (Value | null)[]; $nin?: (Value | null)[]; [operator: \`$\${string}\`]: unknown }
  /** A value for a field, or conditions such as { $gt: 3 }. Paths such as "address.city" reach into a field. */
  export type Filter<Row> = { [Field in keyof Row]?: Condition<Row[Field]> } & { [path: \`\${string}.\${string}\`]: unknown } & {
    $and?: Filter<Row>[]
    $or?: Filter<Row>[]
    $nor?: Filter<Row>[]
  }
  /** A field, with "-" in front for the other direction. */
  export type Sort<Row> = \`\${'' | '-'}\${keyof Row & string}\` | \`\${string}.\${string}\`
  export interface Entity<Row, Fields> {
    /** Throws when there is no such record. */
    get(id: string): Promise<Row>
    /** Newest first unless "sort" says otherwise; at most 5,000. */
    list(query?: { q?: Filter<Row>; sort?: Sort<Row>; limit?: number; skip?: number }): Promise<Row[]>
    count(q?: Filter<Row>): Promise<number>
    create(data: Fields): Promise<Row>
    /** Sets the given fields and keeps the others. */
    update(id: string, data: Partial<Fields>): Promise<Row>
    delete(id: string): Promise<null>
  }
  export type Entities = {
    readonly [Name in keyof import('plugboard:app').Records]: Entity<import('plugboard:app').Records[Name], import('plugboard:app').Data[Name]>
  }
  /** What a connector or a record refused. "message" is for people, "code" for programs. */
  export class PlugboardError extends Error {
    readonly name: 'PlugboardError'
    readonly code: 'validation' | 'not_found' | 'unauthorized' | 'forbidden' | 'conflict' | 'needs_connection' | 'needs_scopes' | 'rate_limited' | 'unavailable' | 'timeout' | 'cancelled' | 'internal'
  }
}
`

function fieldsText({ properties, required }: Entity, side: 'given' | 'returned'): string {
  const members = membersText(properties as JsonObject, required, side)
  return members === '' ? '{}' : `{\n${indent(members)}\n}`
}

const entityComment = ({ title, description }: Entity) => commentText({ title, description: description as Json })

function connectorText({ id, name, actions }: ConnectorTypes): string {
  const methods = actions.map(({ id, title, does, inputSchema, outputSchema }) => {
    const input = inputSchema === undefined ? 'any' : schemaText(inputSchema, 'given')
    const answer = outputSchema === undefined ? 'any' : schemaText(outputSchema, 'returned')
    const optional = needsInput(inputSchema) ? '' : '?'
    return `${commentText({ title, description: does })}${memberName(id)}(input${optional}: ${input}): Promise<${answer}>`
  })
  return `${commentText({ title: name })}readonly ${memberName(id)}: {\n${indent(methods.join('\n'))}\n}`
}

function needsInput(schema: Json | undefined): boolean {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return false
  const { required, properties } = schema
  if (!Array.isArray(required)) return false
  const fields = (typeof properties === 'object' && properties !== null && !Array.isArray(properties) ? properties : {}) as Record<
    string,
    { default?: Json }
  >
  return required.some(name => typeof name === 'string' && fields[name]?.default === undefined)
}

/** Names that a type may not have. Their records are reached by `entities` all the same. */
const reserved = new Set(
  (
    'any unknown never void null undefined string number boolean bigint symbol object break case catch class const continue debugger default ' +
    'delete do else enum export extends false finally for function if import in instanceof new return super switch this throw true try typeof ' +
    'var while with as implements interface let package private protected public static yield await connectors entities PlugboardError'
  ).split(' '),
)
