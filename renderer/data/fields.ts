import type { Entity, Field } from '../../core/app/entity.ts'
import type { Json, JsonObject } from '../../core/json.ts'

export type Column = {
  name: string
  title: string
  kind: 'text' | 'long' | 'number' | 'boolean' | 'choice' | 'date' | 'datetime' | 'json'
  choices: string[]
  required: boolean
  /** As JSON Schema has it. */
  format: string | undefined
  hint: string | undefined
  /** What a new record starts with. */
  initial: Json | undefined
}

/** The columns of an entity's table, in the order of its file. */
export function columnsOf(entity: Entity): Column[] {
  return Object.entries(entity.properties).map(([name, field]) => ({
    name,
    title: field.title ?? titleOf(name),
    kind: kindOf(name, field),
    choices: field.enum ?? [],
    required: entity.required.includes(name),
    format: field.format,
    hint: field.description,
    initial: field.default,
  }))
}

/** “due_date” and “dueDate” → “Due date”. */
export function titleOf(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/_+/g, ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** “Ticket” → “tickets”, “Category” → “categories”: good enough for a heading. */
export function pluralOf(name: string): string {
  const words = titleOf(name).toLowerCase()
  if (/[^aeiou]y$/.test(words)) return `${words.slice(0, -1)}ies`
  return /(s|x|ch|sh)$/.test(words) ? `${words}es` : `${words}s`
}

function kindOf(name: string, { type, format, enum: choices }: Field): Column['kind'] {
  if (choices) return 'choice'
  if (type === 'number' || type === 'integer') return 'number'
  if (type === 'boolean') return 'boolean'
  if (type === 'array' || type === 'object') return 'json'
  if (format === 'date') return 'date'
  if (format === 'date-time') return 'datetime'
  return format === 'multiline' || /description|body|notes?|message|details|text|comment/i.test(name) ? 'long' : 'text'
}

export type Parsed = { ok: true; value: Json | undefined } | { ok: false; message: string }

/** What was typed, as a value of the column. Nothing typed is no value. */
export function parseInput(column: Column, text: string): Parsed {
  if (text === '') return column.required ? { ok: false, message: `${column.title} is needed.` } : { ok: true, value: undefined }
  switch (column.kind) {
    case 'number': {
      const value = Number(text.replace(',', '.'))
      return Number.isFinite(value) ? { ok: true, value } : { ok: false, message: 'Write a number.' }
    }
    case 'boolean':
      return { ok: true, value: text === 'true' }
    case 'datetime': {
      const at = new Date(text)
      return Number.isNaN(at.getTime()) ? { ok: false, message: 'Write a date and a time.' } : { ok: true, value: at.toISOString() }
    }
    case 'json':
      try {
        return { ok: true, value: JSON.parse(text) as Json }
      } catch {
        return { ok: false, message: 'Write it as JSON, for example ["a", "b"].' }
      }
    default:
      if (column.format === 'email' && !/^[^\s@]+@[^\s@]+$/.test(text.trim())) return { ok: false, message: 'Write an e-mail address.' }
      return { ok: true, value: text }
  }
}

/** A value as text to edit. */
export function inputOf(column: Column, value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  if (column.kind === 'datetime' && typeof value === 'string') return localDateTime(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** An ISO time as `datetime-local` inputs want it: the user's own clock, to the minute. */
function localDateTime(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return ''
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** A filter that finds records with this text in any of their texts. Letters are matched in either case. */
export function searchFilter(columns: readonly Column[], search: string): JsonObject | undefined {
  const words = search.trim()
  const texts = columns.filter(({ kind }) => kind === 'text' || kind === 'long' || kind === 'choice')
  if (words === '' || texts.length === 0) return undefined
  const pattern = words.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
  return { $or: texts.map(({ name }) => ({ [name]: { $regex: pattern, $options: 'i' } })) }
}
