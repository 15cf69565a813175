import { kinds } from '../vocabulary/kinds.ts'
import { serviceById, type Kind } from '../vocabulary/services.ts'
import { writes, type Verb, type VerbClass } from '../vocabulary/verbs.ts'
import type { Unit } from './units.ts'

export type ReadAction = { connector: string; verb: string; object: string }

const calendarNouns = new Set(['calendar', 'event', 'meeting', 'availability', 'appointment', 'agenda', 'invite', 'schedule'])

/** Which of a tool's kinds is meant: Outlook is mail and calendar. */
export function kindOf(id: string, units: readonly Unit[], implied: Kind | null = null): Kind {
  const own = serviceById.get(id)?.kinds ?? ['tasks']
  if (implied && own.includes(implied)) return implied
  const nouns = units.flatMap(unit =>
    unit.kind === 'word' ? [unit.noun] : unit.kind === 'service' && (unit.implied || unit.id === id) ? [unit.noun.split(' ')[0] ?? ''] : [],
  )
  if (
    own.includes('calendar') &&
    own.includes('mail') &&
    units.some(unit => unit.kind === 'service' && unit.id !== id && serviceById.get(unit.id)?.kinds[0] === 'calendar')
  )
    return 'calendar'
  if (own.includes('calendar') && own.includes('mail'))
    return nouns.some(noun => calendarNouns.has(noun)) && !nouns.includes('email') ? 'calendar' : 'mail'
  return own[0] ?? 'tasks'
}

/** What a writing verb comes to in a tool, with the object the words name. */
export function writeAction(id: string, verb: Verb | null, units: readonly Unit[], implied: Kind | null = null): ReadAction {
  const kind = kindOf(id, units, implied)
  const facts = kinds[kind]
  const nouns = units.flatMap(unit =>
    unit.kind === 'word' ? [unit.noun] : unit.kind === 'service' && unit.implied ? unit.noun.split(' ') : [],
  )
  const className: VerbClass = verb === null || !writes(verb.class) ? 'transfer' : verb.class
  if (kind === 'mail' && (verb?.base === 'draft' || nouns.includes('draft')) && className !== 'send')
    return { connector: id, verb: 'create', object: 'draft' }
  if (kind === 'mail' && className === 'create' && nouns.includes('attachment') && !nouns.includes('email'))
    return { connector: id, verb: 'update', object: 'attachment' }
  if (
    kind === 'mail' &&
    (className === 'create' || className === 'append') &&
    nouns.some(noun => noun === 'label' || noun === 'tag' || noun === 'star')
  )
    return { connector: id, verb: 'update', object: 'email' }
  if (kind === 'chat' && nouns.includes('status') && (className === 'update' || className === 'upsert'))
    return { connector: id === 'slackbot' ? 'slackuser' : id, verb: 'update', object: 'status' }
  if (kind === 'mail' && verb?.base === 'reply') return { connector: id, verb: 'send', object: 'reply' }
  if (kind === 'mail' && className === 'update' && !nouns.some(noun => facts.nouns.includes(noun)))
    return { connector: id, verb: 'send', object: 'email' }
  if (
    kind === 'document' &&
    (verb?.base === 'add' || verb?.base === 'insert' || verb?.base === 'put') &&
    !nouns.some(noun => noun === 'document' || noun === 'doc')
  )
    return { connector: id, verb: 'append', object: 'text' }
  if (kind === 'social' && className === 'update') return { connector: id, verb: 'create', object: 'post' }
  const step =
    facts.steps[className] ?? (className === 'append' || className === 'log' ? facts.steps.append : undefined) ?? facts.steps.write
  const structural = ['storage', 'sheet', 'table', 'mail', 'chat'].includes(kind)
  const object = structural ? step.object : (nouns.find(noun => facts.nouns.includes(noun)) ?? step.object)
  return { connector: id, verb: step.verb, object: object === 'availability' || object === 'calendar' ? step.object : object }
}

/** Reading a tool's data, named by the words or by what such a tool holds. */
export function readAction(id: string, units: readonly Unit[], implied: Kind | null = null, verb: Verb | null = null): ReadAction {
  const kind = kindOf(id, units, implied)
  const nouns = units.flatMap(unit =>
    unit.kind === 'word'
      ? [unit.noun]
      : unit.kind === 'service' && unit.implied && unit.id === id
        ? [unit.noun, ...unit.noun.split(' ')]
        : [],
  )
  const object =
    nouns.find(noun => kinds[kind].nouns.includes(noun) && !['calendar', 'inbox', 'channel'].includes(noun)) ??
    kinds[kind].nouns[0] ??
    'item'
  const looks = verb !== null && ['search', 'find', 'lookup', 'query', 'look'].includes(verb.base)
  return { connector: id, verb: looks ? 'search' : 'read', object: object === 'pr' ? 'pull request' : object }
}

/** Whether words without a tool speak of what a tool holds: “move them”, “clean up completed tasks”. */
export function belongsTo(id: string, units: readonly Unit[]): boolean {
  const facts = serviceById.get(id)?.kinds.flatMap(kind => [...kinds[kind].nouns]) ?? []
  return (
    units.some(unit => unit.kind === 'word' && (facts.includes(unit.noun) || unit.low === 'them' || unit.low === 'it')) ||
    units.length === 0
  )
}

/** A write to the app's own data: “create reminders”, “into tickets”. */
export const appVerb = (verb: Verb): string => (verb.class === 'update' || verb.class === 'delete' ? verb.class : 'create')
