import { leadIns, triggerMarkers } from '../vocabulary/grammar.ts'
import { verbOf, type Verb } from '../vocabulary/verbs.ts'
import type { Unit } from './units.ts'
import { lowAt, plainVerb, startsRequest, verbAt } from './verb-place.ts'

/** A part of the prompt with one verb. `before` stands in front of the verb, `after` behind it; `marker` is what opened a trigger. */
export type Clause = {
  role: 'trigger' | 'action' | 'aside'
  marker: string
  verb: Verb | null
  before: Unit[]
  after: Unit[]
  /** Follows an arrow, or is followed by one. */
  chained: boolean
  automated: boolean
}

const markers = triggerMarkers.map(text => text.split(' '))
const asides = new Set(['so', 'because', 'before', 'while', 'without', 'unless'])
/** “Get notified”, “have it posted”: the participle says what is to be done. */
const modals = new Set(['can', 'will', 'should', 'may', 'must', 'could', 'would', 'users', 'people'])
/** “Let me export …”: what follows is what is asked for. */
const enabling = new Set(['let', 'allow', 'enable', 'help', 'ask'])
const passives = new Set(['get', 'receive'])
const leading = new Set(['connect', 'press', 'show'])

/** Splits a prompt into clauses: at arrows and sentence ends, at markers such as “when”, and wherever another verb begins. */
export function clausesOf(units: readonly Unit[]): Clause[] {
  const clauses: Clause[] = []
  let clause = open('action')
  /** The request that “for new …” stands in: it goes on behind it. */
  let interrupted: Clause | null = null

  function open(role: Clause['role'], marker = ''): Clause {
    return { role, marker, verb: null, before: [], after: [], chained: false, automated: false }
  }
  function close(next: Clause): void {
    if (clause.verb || clause.before.length > 0 || clause.marker.includes('webhook')) clauses.push(clause)
    clause = next
  }
  const isEmpty = (): boolean => !clause.verb && clause.before.length === 0

  for (let i = 0; i < units.length; i++) {
    const unit = units[i]
    if (!unit) break
    const low = lowAt(units, i)
    if (unit.kind === 'mark') {
      if (unit.mark === ',') {
        const next = skipLeadIns(units, i + 1)
        const verb = verbAt(units, next, 'start')
        if (clause.role === 'trigger' && !isEmpty() && (verb !== null || (clause.verb && !continues(units, i + 1)))) close(open('action'))
        else if (clause.role === 'aside' && !isEmpty()) close(open('action'))
        else if (clause.role === 'action' && verb && !isEmpty()) close(open('action'))
        else if (!isEmpty()) push(unit)
        continue
      }
      const chained = unit.mark === '→'
      if (chained) clause.chained = true
      close(open('action'))
      clause.chained = chained
      continue
    }
    const marker = markers.find(words => words.every((word, n) => lowAt(units, i + n) === word))
    if (marker?.at(-1)?.startsWith('webhook')) {
      clauses.push(open('trigger', marker.join(' ')))
      i += marker.length - 1
      continue
    }
    if (marker && !(clause.role === 'trigger' && !isEmpty() && marker.length > 1) && !(clause.role === 'trigger' && isEmpty())) {
      interrupted = clause.role === 'action' && clause.verb && /\b(?:new|every|each)$/.test(marker.join(' ')) ? clause : null
      close(open('trigger', marker.join(' ')))
      i += marker.length - 1
      continue
    }
    if (interrupted && clause.role === 'trigger' && !isEmpty() && ['to', 'into', 'onto', 'via', 'using'].includes(low)) {
      const going: Clause = interrupted
      clauses.splice(clauses.indexOf(going), 1)
      interrupted = null
      close(going)
      push(unit)
      continue
    }
    if (low === 'then' || low === 'finally' || low === 'afterwards') {
      if (!isEmpty()) close(open('action'))
      continue
    }
    if (asides.has(low) && !isEmpty() && !(low === 'so' && lowAt(units, i + 1) === 'the')) {
      close(open('aside'))
      continue
    }
    if ((low === 'that' || low === 'which' || low === 'where' || low === 'who') && !isEmpty() && clause.role !== 'trigger') {
      const at = skipLeadIns(units, i + 1)
      const told = verbOf(lowAt(units, at))
      const next = told?.form === 'third' || told?.form === 'base' ? told : null
      if (next || low === 'where') {
        close(open('action'))
        if (next) {
          clause.verb = next
          i = at
        }
        continue
      }
    }
    if (
      low === 'to' &&
      !isEmpty() &&
      clause.role !== 'aside' &&
      plainVerb(units, i + 1, clause.verb !== null && leading.has(clause.verb.class))
    ) {
      close(open(clause.verb === null || leading.has(clause.verb.class) || clause.role === 'trigger' ? 'action' : 'aside'))
      continue
    }
    if (low === 'and' || low === '&' || low === 'or' || low === 'plus') {
      const next = skipLeadIns(units, i + 1)
      const verb = verbAt(units, next, 'and', clause.verb)
      if (verb && !clause.verb && clause.role === 'trigger' && /\b(?:new|every|each)$/.test(clause.marker) && !isEmpty()) {
        close(open('action'))
        continue
      }
      if (
        verb &&
        clause.verb &&
        (clause.role !== 'trigger' || verb.form === 'base') &&
        (clause.role === 'action' || clause.verb.form !== 'base' || clause.role === 'aside')
      ) {
        close(open('action'))
        continue
      }
    }
    const verb = verbAt(units, i, isEmpty() ? 'start' : 'inside', clause.verb, clause.role)
    if (verb?.base === 'automate' && isEmpty()) {
      clause.automated = true
      continue
    }
    if (
      clause.role === 'trigger' &&
      !clause.verb &&
      clause.before.length > 0 &&
      verbOf(low)?.form === 'base' &&
      startsRequest(units, i) &&
      /new|webhook|on /.test(clause.marker)
    ) {
      close(open('action'))
      clause.verb = verbOf(low)
      continue
    }
    if (verb && clause.role === 'trigger' && clause.verb && verb.form === 'base' && startsRequest(units, i)) {
      close(open('action'))
      clause.verb = verb
      continue
    }
    if (
      verb?.form === 'base' &&
      clause.role === 'action' &&
      clause.verb &&
      enabling.has(clause.verb.base) &&
      clause.after.length > 0 &&
      clause.after.length < 5
    ) {
      close(open('action'))
      clause.verb = verb
      continue
    }
    if (
      unit.kind === 'service' &&
      unit.implied === null &&
      isEmpty() &&
      clause.role === 'action' &&
      ['me', 'us', 'them', 'everyone'].includes(lowAt(units, i + 1))
    ) {
      clause.verb = verbOf('message')
      clause.after.push(unit)
      continue
    }
    if (
      verb &&
      !clause.verb &&
      (isEmpty() ||
        clause.role === 'trigger' ||
        !verb.noun ||
        clause.before.every(({ kind }) => kind === 'service') ||
        modals.has(lowAt(units, i - 1)) ||
        verb.base === 'trigger')
    ) {
      clause.verb = verb
      continue
    }
    if (
      clause.role === 'action' &&
      clause.verb &&
      passives.has(clause.verb.base) &&
      clause.after.length === 0 &&
      verbOf(low)?.form === 'past'
    ) {
      clause.verb = verbOf(low)
      continue
    }
    if (isEmpty() && clause.role === 'action' && (leadIns.has(low) || ['automatically', 'help'].includes(low))) continue
    push(unit)
  }
  close(open('action'))
  return clauses

  function push(unit: Unit): void {
    if (clause.verb) clause.after.push(unit)
    else clause.before.push(unit)
  }
}

function skipLeadIns(units: readonly Unit[], at: number): number {
  let i = at
  while (i < units.length && (leadIns.has(lowAt(units, i)) || units[i]?.kind === 'mark')) i++
  return i
}

/** A comma inside “won, lost, or stalled” does not end the clause. */
function continues(units: readonly Unit[], at: number): boolean {
  const low = lowAt(units, at)
  return low === 'or' || low === 'and' || verbOf(low)?.form === 'past'
}
