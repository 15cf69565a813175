import type { Entity, Field } from '../../core/app/entity.ts'
import type { AppModel } from '../../core/app/model.ts'
import { singular } from '../language/words.ts'
import { entityTemplates } from './entity-templates.ts'

/** “SupportTicket” as “support ticket”. */
export const wordsOfName = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/_/g, ' ')
    .toLowerCase()

/** The app's entity that a name means: the same name, its plural, or a name that ends with the same word. */
export function existingEntity(model: AppModel, name: string): Entity | null {
  const entities = model.entities.map(({ entity }) => entity)
  const asked = singularName(name)
  const last = asked.split(' ').at(-1)
  return (
    entities.find(entity => entity.name === name) ??
    entities.find(entity => singularName(entity.name) === asked) ??
    entities.find(
      entity => singularName(entity.name).split(' ').at(-1) === last || synonyms(last ?? '').includes(singularName(entity.name)),
    ) ??
    null
  )
}

function singularName(name: string): string {
  const words = wordsOfName(name).split(' ')
  words.push(singular(words.pop() ?? ''))
  return words.join(' ')
}

const alike: readonly string[][] = [
  ['task', 'todo', 'to do'],
  ['customer', 'client'],
  ['signup', 'user'],
  ['sale', 'order'],
  ['bug', 'issue', 'bug report'],
]
const synonyms = (noun: string): string[] => alike.find(group => group.includes(noun)) ?? []

/** An entity with the fields people expect of such data. */
export function newEntity(name: string, condition?: { field: string; value: string }): Entity {
  const words = singularName(name).split(' ')
  const template = entityTemplates.find(({ nouns }) => nouns.length === 0 || nouns.includes(words.at(-1) ?? '')) ?? entityTemplates.at(-1)
  const properties: Record<string, Field> = { ...template?.fields }
  if (condition)
    properties[condition.field] = withValue(
      properties[condition.field] ?? { type: 'string', title: titleOf(condition.field) },
      condition.value,
    )
  return { name, title: titleOf(wordsOfName(name)), type: 'object', properties, required: [...(template?.required ?? [])] }
}

export const titleOf = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1).replace(/_/g, ' ')

function withValue(field: Field, value: string): Field {
  return field.enum && !field.enum.includes(value) ? { ...field, enum: [...field.enum, value] } : field
}

/** The value of a field's list that is written like `value`, whatever its case. */
export const listedValue = (entity: Entity, field: string, value: string): string =>
  entity.properties[field]?.enum?.find(known => known.toLowerCase() === value.toLowerCase()) ?? value

/** The field that names a record: what a person would read out. */
export function headlineField(entity: Entity): string | null {
  const names = Object.keys(entity.properties)
  const preferred = ['title', 'name', 'subject', 'number', 'customer_name', 'summary', 'label', 'email', 'text', 'description']
  return preferred.find(name => names.includes(name)) ?? names.find(name => entity.properties[name]?.type === 'string') ?? null
}

export const emailField = (entity: Entity): string | null =>
  Object.entries(entity.properties).find(([name, field]) => field.format === 'email' || /(^|_)email$/.test(name))?.[0] ?? null
export const dateField = (entity: Entity): string | null =>
  Object.entries(entity.properties).find(([, field]) => field.format === 'date-time')?.[0] ??
  Object.entries(entity.properties).find(([, field]) => field.format === 'date')?.[0] ??
  null
