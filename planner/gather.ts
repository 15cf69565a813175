import type { Gathered } from './gathered.ts'
import { belongsTo, readAction, writeAction } from './language/actions.ts'
import type { Clause } from './language/clauses.ts'
import { entityNameOf, nounPhrase } from './language/nouns.ts'
import { mentionsOf } from './language/roles.ts'
import { objectOf, readTrigger } from './language/trigger.ts'
import type { ServiceUnit, Unit } from './language/units.ts'
import { leftOver, noteOwnData, ownTarget, pageNouns } from './own-data.ts'
import { pagesIn } from './pages.ts'
import { towards } from './vocabulary/grammar.ts'
import { serviceById } from './vocabulary/services.ts'
import { verbOfNoun, writes, type Verb } from './vocabulary/verbs.ts'

const makers = new Set(['build', 'create', 'make', 'generate', 'set-up', 'setup', 'add', 'want', 'need', 'help', 'show', 'display', 'keep'])
const machinery = new Set([
  'workflow',
  'automation',
  'flow',
  'zap',
  'app',
  'application',
  'bot',
  'scenario',
  'agent',
  'system',
  'tool',
  'integration',
  'script',
  'job',
  'function',
  'process',
  'trigger',
])

export function gather(clauses: readonly Clause[], { scheduled, text }: { scheduled: boolean; text: string }): Gathered {
  const facts: Gathered = {
    events: [],
    actions: [],
    sources: [],
    linked: [],
    linkedReads: [],
    ownData: null,
    entities: [],
    pages: pagesIn(text),
    shows: false,
    presses: false,
    automated: false,
    unnamedSend: false,
    ownWork: false,
    handled: [],
  }
  let lastTool: string | null = null
  let pending: Array<{ verb: Verb; units: Unit[] }> = []

  clauses.forEach((clause, index) => {
    if (clause.role === 'aside') return
    if (clause.automated) facts.automated = true
    const startsChain = clause.chained && index === 0 && !scheduled
    if (clause.role === 'trigger' || startsChain) return trigger(clause)
    action(index === 0 && facts.events.length === 0 ? withoutNewHead(clause) : clause)
  })
  for (const { verb, units } of pending) leftOver(facts, verb, units)
  return facts

  function trigger(clause: Clause): void {
    const read = readTrigger(clause)
    if (!read) return
    facts.events.push({ trigger: read, marker: clause.marker })
    if (read.kind !== 'connector') return
    const unit = [...clause.before, ...clause.after].find(
      (candidate): candidate is ServiceUnit => candidate.kind === 'service' && candidate.id === read.connector,
    )
    if (unit && scheduled) {
      addSource(unit, true, clause, true)
      lastTool = unit.id
    }
  }

  /** “New task goes to …”, “New ticket alerts to Teams”: what stands before the verb is what it waits for. */
  function withoutNewHead(clause: Clause): Clause {
    const first = clause.before[0]
    if (scheduled || first?.kind !== 'word' || first.low !== 'new') return clause
    if (clause.verb) {
      trigger({ ...clause, role: 'trigger', marker: 'new', verb: null, after: [] })
      return { ...clause, before: [] }
    }
    const cut = clause.before.findIndex(
      unit => unit.kind === 'word' && (verbOfNoun(unit.low) !== null || towards.has(unit.low) || unit.low === 'notification'),
    )
    if (cut <= 1) return clause
    trigger({ ...clause, role: 'trigger', marker: 'new', before: clause.before.slice(0, cut) })
    return { ...clause, before: clause.before.slice(cut) }
  }

  function addSource(unit: ServiceUnit, isNew: boolean, clause: Clause, moved: boolean): void {
    const units = [...clause.before, ...clause.after]
    if (facts.sources.some(source => source.unit.id === unit.id)) return
    facts.sources.push({ unit, isNew, read: readAction(unit.id, units, unit.implied, clause.verb), verb: clause.verb, moved })
  }

  function action(clause: Clause): void {
    const { verb, mentions } = mentionsOf(clause)
    const units = [...clause.before, ...clause.after]
    if (verb?.class === 'show' && clause.verb) facts.shows = true
    if (verb?.class === 'press' && clause.verb) facts.presses = true
    const object = nounPhrase(clause.after)
    if (
      clause.verb &&
      makers.has(clause.verb.base) &&
      mentions.every(mention => mention.role !== 'target' || mention.unit.implied !== null)
    ) {
      const head = object.words.at(-1) ?? ''
      if (pageNouns.has(head)) facts.shows = true
      if (machinery.has(head) || pageNouns.has(head)) {
        for (const mention of mentions) addSource(mention.unit, mention.isNew, clause, false)
        return
      }
    }
    for (const { unit, handled } of mentions) {
      const object = objectOf(unit, units)
      if (handled)
        facts.handled.push({
          kind: 'connector',
          connector: unit.id,
          event: unit.implied === 'mail' || object === 'email' ? 'email.received' : `${object}.created`,
          object,
        })
    }
    const all = mentions.filter(mention => mention.role === 'target')
    const targets = all.filter(({ unit }, at) => at === all.findIndex(other => other.unit.id === unit.id))
    for (const mention of mentions.filter(({ role }) => role === 'source'))
      addSource(mention.unit, mention.isNew, clause, targets.length > 0 || (verb !== null && writes(verb.class)))
    for (const { unit } of mentions.filter(({ role }) => role === 'linked')) {
      if (facts.linked.includes(unit.id)) continue
      facts.linked.push(unit.id)
      facts.linkedReads.push(readAction(unit.id, units, unit.implied))
    }
    const titled = verb === null && !clause.chained && facts.events.length === 0 && mentions.every(({ role }) => role === 'target')
    if (titled) return
    if (targets.length > 0) {
      resolvePending(targets, clause.after)
      for (const { unit } of targets) facts.actions.push(writeAction(unit.id, verb, nearTo(unit, units, targets.length), unit.implied))
      noteOwnData(facts, clause, verb, {
        hasSource: mentions.some(({ role }) => role === 'source'),
        targets: targets.map(({ unit }) => unit.id),
        text,
      })
    } else if (mentions.length === 0) bareClause(clause, verb)
    else {
      if (pending.length > 0) resolvePending(mentions, clause.after)
      ownTarget(facts, clause, verb)
    }
    lastTool = mentions.findLast(({ role }) => role === 'target')?.unit.id ?? mentions.at(-1)?.unit.id ?? lastTool
  }

  /** Only the words around a tool name its object when a clause has several. */
  function nearTo(unit: ServiceUnit, units: Unit[], count: number): Unit[] {
    if (count < 2) return [unit, ...after(unit, units), ...units.filter(other => other !== unit)]
    const at = units.indexOf(unit)
    return units.slice(Math.max(0, at - 2), at + 3)
  }

  function after(unit: ServiceUnit, units: Unit[]): Unit[] {
    const at = units.indexOf(unit)
    return units.slice(at + 1, at + 2)
  }

  /** A clause without a tool: it goes on with the last one, uses the linked ones, or works on the app's own data. */
  function bareClause(clause: Clause, verb: Verb | null): void {
    const units = [...clause.before, ...clause.after]
    if (!verb || !clause.verb) return
    if (verb.base === 'email' || verb.base === 'mail') {
      facts.actions.push(writeAction(facts.linked[0] ?? 'gmail', verb, units, 'mail'))
      noteOwnData(facts, clause, verb, { hasSource: false, targets: ['gmail'], text })
      return
    }
    if (units.every(unit => unit.kind === 'mark')) {
      if (writes(verb.class) || verb.class === 'read') pending.push({ verb, units: [] })
      return
    }
    const { words } = nounPhrase(clause.after)
    if (words.at(-1) === 'row' && verb.class === 'create') {
      facts.actions.push(writeAction('googlesheets', verb, units))
      return
    }
    if (writes(verb.class) && facts.linked.length > 0) {
      for (const id of facts.linked) facts.actions.push(writeAction(id, verb, units))
      const entity = entityNameOf(words)
      if (entity) facts.entities.push(entity)
      return
    }
    const last = facts.sources.at(-1)
    if (
      last &&
      last.unit.id === lastTool &&
      ['save', 'store', 'record', 'log', 'keep', 'import', 'add'].includes(verb.base) &&
      units.some(unit => unit.kind === 'word' && (unit.low === 'them' || unit.low === 'it'))
    ) {
      facts.actions.push({ connector: 'app', verb: 'create', object: entityNameOf([last.read.object]) ?? 'Item' })
      facts.ownWork = true
      return
    }
    if (lastTool && writes(verb.class) && verb.class !== 'send' && belongsTo(lastTool, clause.after)) {
      facts.actions.push(writeAction(lastTool, verb, units))
      return
    }
    if (
      verb.class === 'send' &&
      lastTool &&
      serviceById.get(lastTool)?.kinds.includes('mail') &&
      ['forward', 'reply', 'respond'].includes(verb.base)
    ) {
      facts.actions.push(writeAction(lastTool, verb, units, 'mail'))
      return
    }
    if (verb.class === 'send') {
      facts.unnamedSend = true
      return
    }
    const entity = entityNameOf(words)
    if (entity === null || verb.class === 'process' || verb.class === 'connect') return
    if (verb.class === 'create' || verb.class === 'update' || verb.class === 'delete' || verb.class === 'log') {
      if (lastTool === null) pending.push({ verb, units: clause.after })
      else leftOver(facts, verb, clause.after)
    } else if (verb.class === 'summarize' || verb.class === 'read') facts.ownWork = true
  }

  /** Verbs that waited for a tool: “create, update and read rows in Sheets”. What does not live in it is the app's own. */
  function resolvePending(mentions: ReadonlyArray<{ unit: ServiceUnit }>, shared: Unit[]): void {
    for (const { verb, units } of pending) {
      const fitting = mentions.filter(({ unit }) => belongsTo(unit.id, units))
      if (fitting.length === 0) leftOver(facts, verb, units)
      for (const { unit } of fitting)
        facts.actions.push(
          writes(verb.class)
            ? writeAction(unit.id, verb, units.length > 0 ? units : shared, unit.implied)
            : readAction(unit.id, units, unit.implied, verb),
        )
    }
    pending = []
  }
}
