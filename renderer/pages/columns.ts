import type { Entity } from '../../core/app/entity.ts'
import type { JsonObject } from '../../core/json.ts'
import { columnsOf, titleOf, type Column } from '../data/fields.ts'

/** `reference`: the entity whose record this field names by its id. */
export type PageColumn = Column & { reference: string | null; multiple: boolean }

const builtIn = (name: string, title: string): PageColumn => ({
  name,
  title,
  kind: 'datetime',
  choices: [],
  required: false,
  hint: undefined,
  initial: undefined,
  reference: null,
  format: 'date-time',
  multiple: false,
})
const times = [builtIn('created_date', 'Created'), builtIn('updated_date', 'Changed')]

/** The columns of a block: those it names, in its order, else all of the entity's. What the entity does not have is passed over. */
export function columnsFor(entity: Entity, names: readonly string[] | undefined, entities: readonly Entity[]): PageColumn[] {
  const own = columnsOf(entity).map(column => ({
    ...column,
    reference: referenceOf(column.name, entity, entities),
    multiple: entity.properties[column.name]?.type === 'array',
  }))
  if (!names) return own
  const all = [...own, ...times]
  return names.flatMap(name => all.find(column => column.name === name) ?? [])
}

/** `customer_id` and `customerId` name a Customer where the app has such an entity. Its data is a text that nothing else is asked of. */
function referenceOf(name: string, entity: Entity, entities: readonly Entity[]): string | null {
  const field = entity.properties[name]
  if (field?.type !== 'string' || field.enum || field.format) return null
  const [, stem] = /^(.+?)(?:_id|Id)$/.exec(name) ?? []
  const asked = stem?.replaceAll('_', '').toLowerCase()
  return entities.find(other => other.name.replaceAll('_', '').toLowerCase() === asked)?.name ?? null
}

const headlines = ['title', 'name', 'subject', 'number', 'label', 'summary', 'email']

/** The column that a record is called by. Ids are no names. */
export const headlineOf = (columns: readonly PageColumn[]): PageColumn | undefined => {
  const texts = columns.filter(({ name, kind, reference }) => kind === 'text' && reference === null && !/(_id|Id)$/.test(name))
  const named = headlines.flatMap(name => texts.find(column => column.name === name) ?? [])
  return named[0] ?? texts[0] ?? columns.find(({ kind }) => kind === 'number' || kind === 'long')
}

/** What a record is called in words: its headline, else what it is. */
export function recordTitle(entity: Entity, record: JsonObject): string {
  const headline = headlineOf(columnsFor(entity, undefined, []))
  const value = headline && record[headline.name]
  const text = value === undefined || value === null ? '' : String(value).trim()
  return text === '' ? `Untitled ${nounOf(entity)}` : text.slice(0, 120)
}

/** Whether records can stand in the order of a column: not by an id, nor by what has many values. */
export const canSortBy = ({ kind, reference }: PageColumn): boolean => reference === null && kind !== 'json'

/** “a support ticket”, “an invoice”. */
export function aNounOf(entity: Entity): string {
  const noun = nounOf(entity)
  return `${/^(?:[aeio]|u(?!n[iy]|s[ae]|r[il]))/.test(noun) ? 'an' : 'a'} ${noun}`
}

/** “support ticket”. */
export const nounOf = (entity: Entity): string => titleOf(entity.title ?? entity.name).toLowerCase()
