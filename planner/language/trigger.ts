import { eventVerbs } from '../vocabulary/grammar.ts'
import { dictionary } from '../vocabulary/dictionary.ts'
import { kinds } from '../vocabulary/kinds.ts'
import { serviceById } from '../vocabulary/services.ts'
import { verbOf } from '../vocabulary/verbs.ts'
import type { Clause } from './clauses.ts'
import { entityNameOf, subjectOf } from './nouns.ts'
import type { ServiceUnit, Unit } from './units.ts'

export type Event = 'created' | 'updated' | 'deleted'
export type ReadTrigger =
  | { kind: 'record'; entity: string | null; event: Event; condition: Condition | null }
  | { kind: 'connector'; connector: string; event: string; object: string }
  | { kind: 'webhook' }
/** “marked as high priority”: a field of the record and what it becomes. */
export type Condition = { field: 'priority' | 'status'; value: string }

const isWord = (unit: Unit, ...lows: string[]): boolean => unit.kind === 'word' && lows.includes(unit.low)
const named = (units: readonly Unit[]): ServiceUnit[] => units.filter(unit => unit.kind === 'service')

/** What a clause with “when”, “for new” or an arrow behind it waits for. Null when it names nothing that can happen. */
export function readTrigger(clause: Clause): ReadTrigger | null {
  const units = [...clause.before, ...clause.after]
  if (clause.marker.includes('webhook') || units.some(unit => isWord(unit, 'webhook', 'webhooks'))) return { kind: 'webhook' }
  const service = sourceOf(clause)
  const event = eventOf(clause)
  if (service) {
    const object = objectOf(service, units)
    return { kind: 'connector', connector: service.id, event: connectorEvent(service, object, clause, event), object }
  }
  const { words } = subjectOf(clause.before, clause.after, isActive(clause))
  const pronoun = clause.before.some(unit => isWord(unit, 'they', 'it', 'one'))
  if (words.length === 0) return pronoun ? { kind: 'record', entity: null, event, condition: conditionOf(clause) } : null
  return { kind: 'record', entity: entityNameOf(words), event, condition: conditionOf(clause) }
}

/** The tool in which it happens: a named one first, and an unnamed one when the data is its own (“an email arrives”). */
function sourceOf(clause: Clause): ServiceUnit | null {
  const all = named([...clause.before, ...clause.after])
  const explicit = all.find(unit => unit.implied === null)
  if (explicit) return explicit
  return (
    all.find(
      unit =>
        unit.implied === 'chat' ||
        unit.implied === 'code' ||
        named(clause.before).includes(unit) ||
        (clause.verb !== null && ['get', 'receive', 'arrive', 'come'].includes(clause.verb.base)),
    ) ?? null
  )
}

/** “when I add a task” against “when a task is added”: an active verb has its data behind it. */
function isActive(clause: Clause): boolean {
  const last = clause.before.at(-1)
  if (!clause.verb || clause.verb.form === 'past' || clause.verb.form === 'gerund') return clause.before.length === 0
  return !(last && isWord(last, 'is', 'are', 'was', 'be', 'been', 'gets', 'has'))
}

const updatedBy = /^(?:moves?|moved|becomes?|reach(?:es|ed)?|turns?|goes)$/

function eventOf(clause: Clause): Event {
  const units = [...clause.before, ...clause.after]
  const words = units.flatMap(unit => (unit.kind === 'word' ? [unit.low] : []))
  const verbs = [clause.verb, ...words.map(verbOf)].filter(verb => verb !== null && verb.form !== 'gerund')
  const bases = [...verbs.map(verb => verb?.base ?? ''), ...words.map(participle)]
  const mainBase = clause.verb && clause.before.length > 0 ? [clause.verb.base] : []
  for (const base of [...mainBase, ...bases]) {
    if (eventVerbs.deleted.has(base) && verbs.some(verb => verb?.base === base)) return 'deleted'
    if (
      eventVerbs.updated.has(base) &&
      (verbs.some(verb => verb?.base === base && (verb.form !== 'base' || !verb.noun)) ||
        words.some(word => participle(word) === base || updatedBy.test(word)))
    )
      return 'updated'
    if (eventVerbs.created.has(base) && (clause.verb?.base === base || words.some(word => participle(word) === base))) return 'created'
  }
  const is = clause.before.findIndex(unit => isWord(unit, 'is', 'are', 'becomes'))
  return clause.verb === null && is > 0 && !clause.before.some(unit => isWord(unit, 'there', 'new')) && is < clause.before.length - 1
    ? 'updated'
    : 'created'
}

const irregular = dictionary({
  paid: 'pay',
  won: 'win',
  lost: 'lose',
  fell: 'fall',
  became: 'become',
  made: 'make',
  bought: 'buy',
  came: 'come',
  shipped: 'ship',
  pays: 'pay',
  falls: 'fall',
  drops: 'drop',
  exceeds: 'exceed',
  arrives: 'arrive',
  subscribes: 'subscribe',
  buys: 'buy',
  reaches: 'reach',
  overdue: 'overdue',
  late: 'overdue',
})

/** The base of a participle that is no verb of action: “paid”, “confirmed”, “won”. */
function participle(word: string): string {
  const known = irregular.get(word)
  if (known) return known
  if (!word.endsWith('ed')) return ''
  const bare = word.slice(0, -2)
  const happens = (base: string): boolean => Object.values(eventVerbs).some(set => set.has(base))
  return [bare, `${bare}e`, bare.replace(/(.)\1$/, '$1'), bare.replace(/i$/, 'y')].find(happens) ?? ''
}

/** What of the tool it is about: the noun next to its name, else what such a tool is mostly about. */
export function objectOf(service: ServiceUnit, units: readonly Unit[]): string {
  const facts = (serviceById.get(service.id)?.kinds ?? []).map(kind => kinds[kind])
  const nouns = facts.flatMap(fact => [...fact.nouns])
  const at = units.indexOf(service)
  const byDistance = units
    .map((unit, n) => ({ unit, far: Math.abs(n - at) }))
    .sort((a, b) => a.far - b.far)
    .flatMap(({ unit }) =>
      unit.kind === 'word'
        ? [unit.noun]
        : unit.kind === 'service' && unit.implied && unit.id === service.id
          ? unit.noun.split(' ').reverse()
          : [],
    )
  return byDistance.find(noun => nouns.includes(noun)) ?? facts[0]?.event.split('.')[0] ?? 'item'
}

function connectorEvent(service: ServiceUnit, object: string, clause: Clause, event: Event): string {
  const units = [...clause.before, ...clause.after]
  const verb = clause.verb?.base ?? ''
  if (serviceById.get(service.id)?.kinds.includes('mail') && object !== 'event')
    return `${object === 'attachment' ? 'attachment' : 'email'}.received`
  if (verb === 'move' || units.some(unit => isWord(unit, 'moved', 'moves'))) return `${object}.moved`
  if (verb === 'complete' || units.some(unit => isWord(unit, 'completed', 'finished', 'done'))) return `${object}.completed`
  return `${object}.${event}`
}

const priorities = dictionary({ urgent: 'urgent', critical: 'urgent', high: 'high', low: 'low', medium: 'medium' })

function conditionOf(clause: Clause): Condition | null {
  const words = clause.after.flatMap(unit => (unit.kind === 'word' ? [unit.low] : []))
  if (clause.verb?.base !== 'mark' && clause.verb?.base !== 'flag' && clause.verb?.base !== 'set' && clause.verb?.base !== 'move')
    return null
  const priority = words.map(word => priorities.get(word)).find(Boolean)
  if (priority && (clause.verb.base !== 'move' || words.includes('priority'))) return { field: 'priority', value: priority }
  const to = words.findIndex(word => word === 'as' || word === 'to')
  const value = words.slice(to + 1).filter(word => !['the', 'a', 'an', 'stage', 'status', 'column', 'state', 'list'].includes(word))
  return to >= 0 && value.length > 0 && value.length <= 3 ? { field: 'status', value: value.join(' ') } : null
}
