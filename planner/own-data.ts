import type { Gathered } from './gathered.ts'
import { appVerb, belongsTo } from './language/actions.ts'
import type { Clause } from './language/clauses.ts'
import { entityNameOf, nounPhrase } from './language/nouns.ts'
import type { Unit } from './language/units.ts'
import { writes, type Verb } from './vocabulary/verbs.ts'

/** Nouns of what a person looks at or presses. */
export const pageNouns = new Set([
  'dashboard',
  'page',
  'view',
  'widget',
  'portal',
  'screen',
  'tab',
  'chart',
  'overview',
  'feed',
  'changelog',
  'calendar',
  'homepage',
  'button',
  'form',
])

/** A step without a tool, on the app's own data. */
export function leftOver(facts: Gathered, verb: Verb, units: Unit[]): void {
  const entity = entityNameOf(nounPhrase(units).words)
  if (entity === null || !writes(verb.class)) return
  facts.actions.push({ connector: 'app', verb: appVerb(verb), object: entity })
  facts.entities.push(entity)
  facts.ownWork = true
}

/** “Triage emails into tickets”: what comes out is the app's own data. */
export function ownTarget(facts: Gathered, clause: Clause, verb: Verb | null): void {
  const into = clause.after.findLastIndex(unit => unit.kind === 'word' && (unit.low === 'into' || unit.low === 'as'))
  if (into < 0 || verb === null || !['process', 'summarize', 'transfer', 'read', 'create', 'upsert'].includes(verb.class)) return
  const { words } = nounPhrase(clause.after, into + 1)
  const entity = entityNameOf(words)
  if (pageNouns.has(words.at(-1) ?? '')) {
    facts.shows = true
    return
  }
  if (!entity || words.at(-1) === 'list') return
  facts.actions.push({ connector: 'app', verb: 'create', object: entity })
  facts.entities.push(entity)
  facts.ownWork = true
}

/** What of the app's own data a clause takes from, and whether that is new data or is moved somewhere. */
export function noteOwnData(
  facts: Gathered,
  clause: Clause,
  verb: Verb | null,
  { hasSource, targets, text }: { hasSource: boolean; targets: readonly string[]; text: string },
): void {
  if (hasSource || facts.ownData) return
  const fresh = clause.after.findIndex(unit => unit.kind === 'word' && unit.low === 'new')
  const base = clause.after.length > 0 ? clause.after : clause.before
  const object = nounPhrase(base)
  const moved =
    verb === null ||
    ['transfer', 'upsert', 'upload', 'log'].includes(verb.class) ||
    (verb.class === 'create' && verb.base === 'add') ||
    (verb.class === 'send' && plural(base, object.words) && !targets.some(id => belongsTo(id, wordUnits(object.words))))
  if (fresh >= 0) {
    const { words } = nounPhrase(clause.after, fresh)
    const made = targets.some(id => words.length > 0 && belongsTo(id, wordUnits(words)))
    if (words.length > 0 && !(made && fresh <= 1 && !moved)) {
      facts.ownData = { entity: entityNameOf(words), isNew: true, moved }
      return
    }
  }
  const own =
    /\b(?:from|in|of) (?:this|my|our|the) (?:app|application|dashboard|database|site)\b|\b(?:my|our|all|every|generated|submitted|completed)\b/i.test(
      text,
    )
  if (object.words.length > 0 && moved)
    facts.ownData = { entity: entityNameOf(object.words), isNew: false, moved: own || plural(base, object.words) }
  else {
    const of = clause.after.findIndex(unit => unit.kind === 'word' && ['of', 'with', 'about'].includes(unit.low))
    const { words } = of >= 0 ? nounPhrase(clause.after, of + 1) : { words: [] }
    const entity = entityNameOf(words)
    if (entity && !pageNouns.has(words.at(-1) ?? '')) facts.entities.push(entity)
  }
}

const wordUnits = (words: readonly string[]): Unit[] =>
  words.slice(-1).map(noun => ({ kind: 'word', low: noun, noun, text: noun, start: 0, gap: '' }))

function plural(units: readonly Unit[], words: readonly string[]): boolean {
  return units.some(unit => unit.kind === 'word' && unit.noun === words.at(-1) && unit.low !== unit.noun)
}
