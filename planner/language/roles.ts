import { outOf, prepositions, through, towards } from '../vocabulary/grammar.ts'
import { serviceById } from '../vocabulary/services.ts'
import { verbOf, verbOfNoun, type Verb } from '../vocabulary/verbs.ts'
import type { Clause } from './clauses.ts'
import type { ServiceUnit, Unit } from './units.ts'

/** What a tool is in a clause: data comes from it, goes into it, or its account is linked. */
export type Role = 'source' | 'target' | 'linked'
/** `isNew`: “new” stands before it or before its noun. `handled`: something is done to what is new in it: “reply to new emails”. */
export type Mention = { unit: ServiceUnit; role: Role; isNew: boolean; handled: boolean }

const saying = new Set(
  'notification notifications alert alerts message messages update updates summary summaries reminder reminders digest dm dms ping post posts report reports'.split(
    ' ',
  ),
)
/** Made of what is in a tool, where “message” or “alert” is made for one. */
const reporting = new Set('summary summaries digest report reports updates'.split(' '))
const taking = new Set(['transfer', 'upsert', 'upload', 'move', 'log'])

/** Gives each tool of a clause its role, by the verb and the preposition before its name. */
export function mentionsOf(clause: Clause): { verb: Verb | null; mentions: Mention[] } {
  const units = [...clause.before, ...clause.after]
  const verb = receives(clause)
    ? verbOf('notify')
    : starts(clause)
      ? (actionNoun(clause.after) ?? verbOf('push'))
      : (clause.verb ?? actionNoun(units))
  const found: Array<Mention & { preposition: string }> = []
  units.forEach((unit, at) => {
    if (unit.kind !== 'service') return
    const listed = isListed(units, at)
    const last = found.at(-1)
    const preposition = listed && last ? last.preposition : prepositionOf(units, at)
    const role = listed && last ? last.role : roleOf({ clause, verb, units, at, unit, preposition })
    const isNew = isNewAt(units, at)
    const handled =
      isNew &&
      role === 'target' &&
      verb !== null &&
      (preposition === 'to' || ['update', 'move', 'delete'].includes(verb.class) || verb.base === 'reply') &&
      directlyNew(units, at)
    found.push({ unit, role, preposition, isNew, handled })
  })
  const taken = new Set(found.flatMap(({ unit, role, preposition }) => (role === 'source' && outOf.has(preposition) ? [unit.id] : [])))
  const mentions = found.map(mention =>
    taken.has(mention.unit.id) && mention.unit.implied && mention.preposition === '' ? { ...mention, role: 'source' as const } : mention,
  )
  return { verb, mentions }
}

/** “Get an email when …”, “receive Slack alerts”: what is got is what is to be sent. */
function receives(clause: Clause): boolean {
  if (!clause.verb || !['get', 'receive', 'want', 'need', 'give'].includes(clause.verb.base)) return false
  const from = clause.after.some(unit => unit.kind === 'word' && outOf.has(unit.low) && unit.low === 'from')
  return (
    !from &&
    clause.after.some(unit =>
      unit.kind === 'word' ? saying.has(unit.low) && unit.low !== 'updates' : unit.kind === 'service' && unit.implied === 'mail',
    ) &&
    clause.after.some(unit => unit.kind === 'service')
  )
}

/** “New records trigger messages”: what is triggered is what is to be done. */
const starts = (clause: Clause): boolean => clause.verb?.base === 'trigger' && clause.after.some(unit => unit.kind === 'service')

/** “Slack notifications for new orders”: the noun that says what is to be done when no verb does. */
function actionNoun(units: readonly Unit[]): Verb | null {
  for (const unit of units.toReversed()) {
    const verb = unit.kind === 'word' ? verbOfNoun(unit.low) : null
    if (verb) return verb
  }
  return null
}

function roleOf({
  clause,
  verb,
  units,
  at,
  unit,
  preposition,
}: {
  clause: Clause
  verb: Verb | null
  units: readonly Unit[]
  at: number
  unit: ServiceUnit
  preposition: string
}): Role {
  const behindVerb = clause.verb === null || clause.after.includes(unit)
  const laterTarget = units
    .slice(at + 1)
    .some((other, n) => other.kind === 'service' && other.id !== unit.id && towards.has(prepositionOf(units, at + 1 + n)))
  if (preposition === 'during') return 'source'
  if (verb === null && clause.chained) return 'target'
  if (verb === null) {
    if (outOf.has(preposition) || preposition === 'for') return 'source'
    return preposition === '' ? 'source' : 'target'
  }
  if (!behindVerb) return 'source'
  switch (verb.class) {
    case 'connect':
      return 'linked'
    case 'read':
    case 'show':
    case 'summarize':
    case 'process':
    case 'press':
      if (verb.base === 'sign' && preposition === 'with') return 'linked'
      return ['to', 'into', 'onto'].includes(preposition) && unit.implied !== 'calendar' ? 'target' : 'source'
    case 'send':
      if (outOf.has(preposition)) {
        const mail = serviceById.get(unit.id)?.kinds.includes('mail') === true
        const other = units.some(
          candidate =>
            candidate.kind === 'service' &&
            candidate !== unit &&
            candidate.id !== unit.id &&
            !outOf.has(prepositionOf(units, units.indexOf(candidate))),
        )
        return mail && preposition === 'from' && !other ? 'target' : 'source'
      }
      if (preposition === 'about' || (preposition === 'for' && unit.implied !== 'chat')) return 'source'
      if ((preposition === 'in' || preposition === 'on') && laterTarget) return 'source'
      if (preposition === '')
        return laterTarget &&
          (!saying.has(nextWord(units, at)) || !speaks(unit) || (unit.implied === null && reporting.has(nextWord(units, at))))
          ? 'source'
          : 'target'
      return 'target'
    default:
      if (
        verb.class === 'upsert' &&
        preposition === '' &&
        units.slice(at + 1).some((other, n) => other.kind === 'service' && prepositionOf(units, at + 1 + n) === 'with')
      )
        return 'source'
      if (outOf.has(preposition) || preposition === 'for' || preposition === 'about') return 'source'
      if (preposition === '')
        return laterTarget ||
          (taking.has(verb.class) && unit.implied === 'mail') ||
          (verb.class === 'upload' && nextWord(units, at) === 'attachments')
          ? 'source'
          : 'target'
      if ((preposition === 'in' || preposition === 'on') && laterTarget) return 'source'
      return towards.has(preposition) || through.has(preposition) ? 'target' : 'source'
  }
}

/** Tools that can carry words to people. */
const speaks = (unit: ServiceUnit): boolean =>
  serviceById.get(unit.id)?.kinds.some(kind => ['chat', 'mail', 'social'].includes(kind)) === true

const nextWord = (units: readonly Unit[], at: number): string => {
  const next = units[at + 1]
  return next?.kind === 'word' ? next.low : ''
}

/** The preposition that governs a place: the nearest before it, with nothing of another tool between. */
function prepositionOf(units: readonly Unit[], at: number): string {
  for (let i = at - 1; i >= Math.max(0, at - 7); i--) {
    const unit = units[i]
    if (unit?.kind === 'mark') return ''
    if (unit?.kind === 'service') {
      const target = units[at]
      if (target?.kind === 'service' && unit.id === target.id) continue
      return ''
    }
    if (unit && prepositions.has(unit.low)) return unit.low
  }
  return ''
}

/** “Drive, and Dropbox”, “Gmail/Outlook”: a further item of a list. */
function isListed(units: readonly Unit[], at: number): boolean {
  const unit = units[at]
  if (unit?.kind === 'service' && /[/&+]/.test(unit.gap) && units[at - 1]?.kind === 'service') return true
  let i = at - 1
  let joined = false
  for (; i >= 0; i--) {
    const before = units[i]
    if (before?.kind === 'mark' && before.mark === ',') joined = true
    else if (before?.kind === 'word' && (before.low === 'and' || before.low === 'or' || before.low === '&' || before.low === '+'))
      joined = true
    else break
  }
  return joined && units[i]?.kind === 'service'
}

/** “new emails”, without an article: what comes in, not one more. */
function directlyNew(units: readonly Unit[], at: number): boolean {
  const before = units[at - 1]
  const first = units[at - 2]
  return (
    before?.kind === 'word' &&
    (before.low === 'new' || before.low === 'incoming') &&
    !(first?.kind === 'word' && (first.low === 'a' || first.low === 'the'))
  )
}

function isNewAt(units: readonly Unit[], at: number): boolean {
  for (let i = at - 1; i >= Math.max(0, at - 5); i--) {
    const unit = units[i]
    if (unit?.kind !== 'word') continue
    if (unit.low === 'new' || unit.low === 'incoming' || unit.low === 'inbound') return true
  }
  return false
}
