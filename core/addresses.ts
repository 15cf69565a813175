import { AppError } from './errors.ts'
import type { Provider, ProviderField } from './provider.ts'

/** What a connection's addresses are made with, by name: what the user answered, and what was learned when connecting. Never a secret. */
export type Facts = Readonly<Record<string, string>>

const placeholder = /\{(\w+)\}/g

/** Puts facts into an address. What is not known stays in braces. */
export const fillIn = (template: string, facts: Facts): string =>
  template.replace(placeholder, (braced, name: string) => (Object.hasOwn(facts, name) ? String(facts[name]) : braced))

/** Where the token of a connection may go: without those origins whose facts are not known. */
export const apiOriginsOf = ({ apiOrigins }: Pick<Provider, 'apiOrigins'>, facts: Facts): string[] =>
  apiOrigins.map(origin => fillIn(origin, facts)).filter(origin => !origin.includes('{'))

/** A provider's fields as a form shows them. */
export const fieldsOf = ({ fields = [] }: Provider) =>
  fields.map(({ id, label, hint, placeholder, suffix, default: usual }) => ({
    id,
    label,
    hint,
    placeholder,
    suffix: suffix ?? null,
    default: usual ?? null,
  }))

/**
 * The answers to a provider's fields, in the form that its addresses need: an address that was pasted whole is cut down to the name in it.
 * Throws `validation` with what is wrong, because an answer decides where the browser and the code are sent.
 */
export function checkAnswers(provider: Provider, answers: Facts): Record<string, string> {
  return Object.fromEntries((provider.fields ?? []).map(field => [field.id, checkAnswer(provider, field, answers[field.id] ?? '')]))
}

function checkAnswer({ name }: Provider, field: ProviderField, given: string): string {
  const host = given
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/s, '')
  const answer = (field.suffix && host.endsWith(field.suffix) ? host.slice(0, -field.suffix.length) : host) || field.default
  if (!answer) throw new AppError('validation', `${name} needs to know: ${field.label}. ${field.hint}`)
  if (new RegExp(`^(?:${field.pattern})$`).test(answer)) return answer
  throw new AppError('validation', `“${given.trim().slice(0, 60)}” cannot be the ${field.label.toLowerCase()} of ${name}. ${field.hint}`)
}
