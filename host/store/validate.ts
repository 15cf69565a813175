import { z } from 'zod'
import { builtInFields, field as fieldSchema, type Entity, type Field } from '../../core/app/entity.ts'
import type { Json } from '../../core/json.ts'
import { invalid } from './errors.ts'
import { isDoc, storable, type Doc } from './values.ts'

/**
 * The data of a new record: defaults filled in, required fields there, each value of its declared type. Fields the schema does not name
 * are kept, built-in ones are left out. Throws `validation` naming the field.
 */
export function newRecordData(entity: Entity, input: Doc): Doc {
  const data = ownFields(input)
  for (const [name, { default: value }] of Object.entries(entity.properties)) {
    if (value !== undefined && data[name] === undefined) data[name] = storable(value)
  }
  for (const name of entity.required) {
    if (entity.properties[name] && isEmpty(data[name])) throw invalid(`${entity.name} needs “${labelOf(entity, name)}”.`)
  }
  checkFields(entity, data)
  return data
}

/** The part of a record that an update sets. Only what it names is checked, so a record from before a change of schema stays editable. */
export function changedRecordData(entity: Entity, input: Doc): Doc {
  const data = ownFields(input)
  for (const name of entity.required) {
    if (entity.properties[name] && name in data && isEmpty(data[name])) throw invalid(`${entity.name} needs “${labelOf(entity, name)}”.`)
  }
  checkFields(entity, data)
  return data
}

function ownFields(input: Doc): Doc {
  if (!isDoc(input)) throw invalid('A record must be an object.')
  const data = storable(input)
  const entries = isDoc(data) ? Object.entries(data) : []
  return Object.fromEntries(entries.filter(([name]) => !builtInFields.some(builtIn => builtIn === name)))
}

function checkFields(entity: Entity, data: Doc): void {
  for (const [name, field] of Object.entries(entity.properties)) checkValue(data[name], field, labelOf(entity, name))
}

function labelOf(entity: Entity, name: string): string {
  return entity.properties[name]?.title ?? name
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null
}

const kinds = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
} as const

/** Null means “empty” and fits every field. `label` is how the field is called in the message, with its place inside lists and objects. */
function checkValue(value: Json | undefined, field: Field, label: string): void {
  if (value === undefined || value === null) return
  if (!hasType(value, field.type)) throw invalid(`“${label}” must be ${kinds[field.type]}.`)
  if (field.enum && !field.enum.some(choice => choice === value)) throw invalid(`“${label}” must be one of ${field.enum.join(', ')}.`)
  if (typeof value === 'string') checkFormat(value, field.format, label)
  if (Array.isArray(value)) {
    const items = fieldSchema.safeParse(field.items)
    if (items.success) value.forEach((item, index) => checkValue(item, items.data, `${label} ${index + 1}`))
  } else if (isDoc(value)) {
    const properties = z.record(z.string(), fieldSchema).safeParse(field.properties)
    if (properties.success) for (const [name, inner] of Object.entries(properties.data)) checkValue(value[name], inner, `${label}.${name}`)
  }
}

function hasType(value: Json, type: Field['type']): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isDoc(value)
    default:
      return typeof value === type
  }
}

/** Formats are read loosely, as people and other tools write them; empty text counts as no value. */
function checkFormat(value: string, format: string | undefined, label: string): void {
  if (value === '') return
  if (format === 'date' && !isDate(value)) throw invalid(`“${label}” must be a date such as 2026-01-31.`)
  if (format === 'date-time' && !isDateTime(value)) throw invalid(`“${label}” must be a date and time such as 2026-01-31T09:00:00Z.`)
  if (format === 'email' && !/^[^\s@]+@[^\s@]+$/.test(value)) throw invalid(`“${label}” must be an email address.`)
}

function isDate(value: string): boolean {
  const day = /^(\d{4}-\d{2}-\d{2})/.exec(value)?.[1]
  if (!day || (value !== day && !isDateTime(value))) return false
  // 2026-02-30 would be read as 2 March.
  return new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) ?? false
}

function isDateTime(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value))
}
