import { appWords, determiners, prepositions, pronouns, recordWords } from '../vocabulary/grammar.ts'
import { dictionary } from '../vocabulary/dictionary.ts'
import { verbOf } from '../vocabulary/verbs.ts'
import type { Unit } from './units.ts'
import { singular } from './words.ts'

const adjectives = new Set(
  'new important urgent overdue all open closed completed complete recent upcoming daily weekly monthly latest generated high low priority incoming inbound outbound just current pending every each finished key qualified more first last next old existing specific certain main big large total full quick automatic automated real-time personalized personalised welcome tiered unread unanswered fresh following different multiple several many your their brand-new newly active inactive today yesterday tomorrow only own same paid unpaid single relevant valid'.split(
    ' ',
  ),
)
const stops = new Set(
  'is are was were be been has have had gets get and or then when that which who where if as than it there not will should can must via per during today yesterday tomorrow automatically instantly directly now'.split(
    ' ',
  ),
)
/** Of a record, not a record: “a lead's status”. */
const attributes = new Set('status stage priority state value amount level quantity score due deadline'.split(' '))
const happens = new Set(
  'signs drops falls reaches exceeds expires becomes arrives comes fails goes ends starts changes moves passes hits leaves unsubscribes registers turns sign leave close'.split(
    ' ',
  ),
)
const people = new Set(
  'i you we he she they user users someone somebody anyone customer client person people team member staff employee visitor'.split(' '),
)

/** The words of the noun phrase that begins at `from`, adjectives left out, the last one singular; and where it ends. */
export function nounPhrase(units: readonly Unit[], from = 0): { words: string[]; end: number; isNew: boolean } {
  const words: string[] = []
  let isNew = false
  let i = from
  for (; i < units.length; i++) {
    const unit = units[i]
    if (unit?.kind !== 'word') {
      if (unit?.kind === 'service' && unit.implied && words.length > 0) words.push(unit.noun)
      break
    }
    if (unit.low === 'new') isNew = true
    if (
      words.length === 0 &&
      (determiners.has(unit.low) || adjectives.has(unit.low) || ['of', 'out', 'up'].includes(unit.low) || (unit.low === 'in' && i === from))
    )
      continue
    if (stops.has(unit.low) || prepositions.has(unit.low) || determiners.has(unit.low) || pronouns.has(unit.low)) break
    const verb = verbOf(unit.low)
    if (words.length > 0 && verb && (verb.form === 'past' || (!verb.noun && verb.form !== 'gerund') || happens.has(unit.low))) break
    if (words.length > 0 && happens.has(unit.low)) break
    if (words.length === 0 && verb && !verb.noun && (verb.form === 'base' || verb.form === 'third')) break
    if (adjectives.has(unit.low)) continue
    if (!/^[\p{L}][\p{L}\p{N}'-]*$/u.test(unit.low)) break
    if (words.length === 0 && verb?.form === 'past') continue
    words.push(unit.low)
    if (words.length === 3) {
      i++
      break
    }
  }
  if (words.length > 1 && attributes.has(words.at(-1) ?? '')) words.pop()
  const last = words.pop()
  if (last !== undefined) words.push(singular(last))
  return { words, end: i, isNew }
}

const known = dictionary({
  todo: 'Task',
  'to-do': 'Task',
  'to-do-list': 'Task',
  'todo list': 'Task',
  'to-do list': 'Task',
  'to-do item': 'Task',
})

/** The name of the entity that a noun phrase means, or null when it names none: “app data”, “records”. */
export function entityNameOf(words: readonly string[]): string | null {
  const text = words.join(' ')
  const fixed = known.get(text) ?? known.get(words.at(-1) ?? '')
  if (fixed) return fixed
  const rest = words.filter((word, n) => !(n < words.length - 1 && appWords.has(word)))
  while (rest.length > 1 && recordWords.has(rest.at(-1) ?? '')) rest.pop()
  const last = rest.at(-1)
  if (last === undefined || recordWords.has(last) || appWords.has(last)) return null
  rest[rest.length - 1] = singular(last)
  if (last === 'form') rest.push('submission')
  const name = rest.map(pascal).join('')
  return /^[A-Za-z][A-Za-z0-9_]{0,50}$/.test(name) ? name : null
}

function pascal(word: string): string {
  const plain = word.normalize('NFKD').replace(/[^A-Za-z0-9]+(.)?/g, (_, letter?: string) => letter?.toUpperCase() ?? '')
  return plain.charAt(0).toUpperCase() + plain.slice(1)
}

/** The data a clause is about: its object when a person does something, else its subject. */
export function subjectOf(before: readonly Unit[], after: readonly Unit[], active: boolean): { words: string[]; isNew: boolean } {
  const subject = nounPhrase(before)
  const object = active ? nounPhrase(after) : { words: [], isNew: false }
  const person = subject.words.length === 0 || people.has(subject.words.at(-1) ?? '')
  const chosen = active && person && object.words.length > 0 ? object : subject
  const only = chosen.words.length === 1 ? (chosen.words[0] ?? '') : ''
  const generic = recordWords.has(only) || attributes.has(only)
  if (!generic) return { words: chosen.words, isNew: subject.isNew || object.isNew }
  return { words: collectionIn(after) ?? chosen.words, isNew: chosen.isNew }
}

/** “a record is added to my Requests entity”: the collection named behind “to” or “in”. */
function collectionIn(units: readonly Unit[]): string[] | null {
  for (const [at, unit] of units.entries()) {
    if (unit.kind !== 'word' || !['to', 'in', 'into', 'on', 'from', 'of'].includes(unit.low)) continue
    const behind = units[at + 1]
    const { words } = nounPhrase(units, at + 1)
    if (words.length > 0 && behind?.kind === 'word' && determiners.has(behind.low)) return words
  }
  return null
}
