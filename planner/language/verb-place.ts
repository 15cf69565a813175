import { determiners, pronouns } from '../vocabulary/grammar.ts'
import { verbOf, verbOfNoun, type Verb } from '../vocabulary/verbs.ts'
import type { Clause } from './clauses.ts'
import type { Unit } from './units.ts'

/** The lower-case word at a place; empty where there is a tool or a mark. */
export const lowAt = (units: readonly Unit[], at: number): string => {
  const unit = units[at]
  return unit?.kind === 'word' ? unit.low : ''
}

/** A verb behind “to”. Eager: also one that is a noun too. */
export function plainVerb(units: readonly Unit[], at: number, eager: boolean): boolean {
  const low = lowAt(units, at)
  const verb = verbOf(low)
  if (verb?.form !== 'base') return false
  if (!verb.noun || eager) return true
  const next = units[at + 1]
  return next?.kind === 'word' && (determiners.has(next.low) || pronouns.has(next.low))
}

/** What stands behind a verb that asks for something: “add an event”, “update Hubspot”, “notify me”. */
export function startsRequest(units: readonly Unit[], at: number): boolean {
  const next = units[at + 1]
  if (next?.kind === 'service') return true
  if (next?.kind === 'word' && ['to', 'into', 'via'].includes(next.low))
    return units.slice(at + 2, at + 4).some(unit => unit.kind === 'service')
  return next?.kind === 'word' && (determiners.has(next.low) || pronouns.has(next.low) || next.low === 'new')
}

/** The verb at a place, when a verb can stand there. Many verbs are nouns too: their place decides. */
export function verbAt(
  units: readonly Unit[],
  at: number,
  place: 'start' | 'and' | 'inside',
  current: Verb | null = null,
  role: Clause['role'] = 'action',
): Verb | null {
  const unit = units[at]
  const implied = unit?.kind === 'service' && unit.implied === 'mail'
  const low = implied ? unit.noun : lowAt(units, at)
  const verb = verbOf(low)
  if (!verb) return null
  const previous = lowAt(units, at - 1)
  if (determiners.has(previous) && !(previous === 'that' || previous === 'which')) return null
  const next = units[at + 1]
  if (place === 'inside') {
    if (verb.form === 'past' && role !== 'trigger') return null
    if (verb.form === 'past' || verb.form === 'gerund')
      return current || !isPassive(previous) ? (verb.form === 'past' && !current ? verb : null) : verb
    if (verb.form === 'base' && verb.noun) return startsRequest(units, at) && !isPassive(previous) ? verb : null
    return verb
  }
  if (verb.form === 'past') return null
  if (implied && place === 'start') return isMailing(units, at) ? verb : null
  if (!verb.noun) return verb
  if (verb.form === 'third') return startsRequest(units, at) || current?.form === 'third' ? verb : null
  if (next?.kind === 'word' && ['is', 'are', 'was', 'has', 'of'].includes(next.low)) return null
  if (place === 'start') return verb
  if (next?.kind === 'mark' || !next) return current?.form === 'base' && !verbOfNoun(low) ? verb : null
  return startsRequest(units, at) || next.kind === 'word' ? verb : null
}

/** “Email invoices to clients” is a request; “email attachments to Drive” names data. */
function isMailing(units: readonly Unit[], at: number): boolean {
  const end = units.findIndex((unit, n) => n > at && (unit.kind === 'mark' || (unit.kind === 'word' && unit.low === 'when')))
  const rest = units.slice(at + 1, end < 0 ? undefined : end)
  const into = rest.some(
    (unit, n) =>
      unit.kind === 'service' &&
      rest.slice(Math.max(0, n - 3), n).some(before => before.kind === 'word' && ['to', 'into', 'in'].includes(before.low)),
  )
  return (
    !into &&
    !(rest[0]?.kind === 'word' && /^(?:attachment|address|summar|digest)/.test(rest[0].low) && rest.some(unit => unit.kind === 'service'))
  )
}

function isPassive(previous: string): boolean {
  return ['is', 'are', 'was', 'were', 'be', 'been', 'gets', 'get', 'has', 'have', 'being', 'got'].includes(previous)
}
