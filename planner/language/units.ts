import { builders, determiners, prepositions, thinkers } from '../vocabulary/grammar.ts'
import { kinds, unnamed } from '../vocabulary/kinds.ts'
import { outside, outsideEveryday } from '../vocabulary/outside.ts'
import { serviceById, services, type Kind, type Service } from '../vocabulary/services.ts'
import { verbOf } from '../vocabulary/verbs.ts'
import { singular, wordsOf, type Word } from './words.ts'

export type WordUnit = { kind: 'word'; low: string; noun: string; text: string; start: number; gap: string }
/** A tool in the text. `implied` when only its kind is named (“email”, “#support”); `noun` is the word that implied it. */
export type ServiceUnit = { kind: 'service'; id: string; implied: Kind | null; noun: string; text: string; start: number; gap: string }
export type MarkUnit = { kind: 'mark'; mark: ',' | '.' | '→' }
export type Unit = WordUnit | ServiceUnit | MarkUnit
export type Units = { units: Unit[]; outside: string[] }

type Name = { words: string[]; service: Service | null; label: string; everyday: boolean }

const names = new Map<string, Name[]>()
const addName = (alias: string, service: Service | null, label: string, everyday: boolean): void => {
  const words = alias.toLowerCase().split(' ')
  const first = words[0] ?? ''
  const list = names.get(first) ?? []
  list.push({ words, service, label, everyday })
  names.set(first, list)
}
for (const service of services) {
  for (const alias of service.aliases) addName(alias, service, service.name, false)
  for (const alias of service.everyday ?? []) addName(alias, service, service.name, true)
}
for (const label of outside) addName(label, null, label, outsideEveryday.has(label.toLowerCase()))
for (const alias of ['text me', 'text message', 'text messages', 'texts me', 'sms message']) addName(alias, null, 'SMS', false)
for (const list of names.values()) list.sort((a, b) => b.words.length - a.words.length)

/** Makers whose other products are not in the vocabulary: “Google Finance”. */
const makers = new Set(['google', 'microsoft', 'apple', 'amazon', 'zoho', 'adobe', 'ios', 'android', 'meta'])
const notProducts = new Set(
  'account accounts oauth login sign-in signin workspace credentials auth api authentication suite user users my to and or'.split(' '),
)
const dataAbout = new Set(
  'address addresses list lists campaign campaigns field template templates subject body signature signup marketing verification validation'.split(
    ' ',
  ),
)

/** Reads words as units: tools by their names, names of services we do not know, and everything else as words. */
export function unitsOf(text: string, knownNames: ReadonlySet<string>): Units {
  const words = wordsOf(text)
  const titled = isTitled(words)
  const found: Units = { units: [], outside: [] }
  for (let i = 0; i < words.length;) {
    const word = words[i]
    if (!word) break
    const marks = marksOf(word.gap)
    found.units.push(...marks)
    const match = (names.get(word.low) ?? []).find(
      name =>
        name.words.every((part, n) => words[i + n]?.low === part && (n === 0 || !/[,.;→]/.test(words[i + n]?.gap ?? ''))) &&
        (!name.everyday || isName(words, i, name)),
    )
    if (match?.service) {
      found.units.push({
        kind: 'service',
        id: match.service.id,
        implied: null,
        noun: match.words.slice(1).join(' '),
        text: word.text,
        start: word.start,
        gap: word.gap,
      })
      i += match.words.length
      continue
    }
    if (match) {
      found.outside.push(match.label)
      i += match.words.length
      continue
    }
    const product =
      makers.has(word.low) && words[i + 1] && /^[A-Z]/.test(words[i + 1]?.text ?? '') && !notProducts.has(words[i + 1]?.low ?? '')
    if (product || isUnknownName(words, i, titled, knownNames))
      found.outside.push(product ? `${word.text} ${words[i + 1]?.text}` : word.text)
    else if (!builders.has(word.low))
      found.units.push({ kind: 'word', low: word.low, noun: singular(word.low), text: word.text, start: word.start, gap: word.gap })
    i += product ? 2 : 1
  }
  return found
}

function marksOf(gap: string): MarkUnit[] {
  if (gap.includes('→')) return [{ kind: 'mark', mark: '→' }]
  if (/[.;?!:]/.test(gap)) return [{ kind: 'mark', mark: '.' }]
  return /[,—]/.test(gap) ? [{ kind: 'mark', mark: ',' }] : []
}

function isTitled(words: readonly Word[]): boolean {
  const long = words.filter(word => word.low.length > 3)
  return long.length > 0 && long.filter(word => /^[A-Z]/.test(word.text)).length > long.length / 2
}

/** Whether an everyday word stands here as the name of a tool: “in Box”, “a Notion page”, “to Teams”. */
function isName(words: readonly Word[], at: number, name: Name): boolean {
  const word = words[at]
  const before = words[at - 1]?.low ?? ''
  const after = words[at + name.words.length]
  const capital = /^[A-Z]/.test(word?.text ?? '')
  const behind = prepositions.has(before) && before !== 'for'
  const closes = !after || /[,.;→()/]/.test(after.gap) || ['and', 'or', 'when', 'to', 'if', 'for', 'with', 'using'].includes(after.low)
  const facts = name.service?.kinds.flatMap(kind => [...kinds[kind].nouns]) ?? []
  const beforeNoun = after !== undefined && facts.includes(singular(after.low)) && !determiners.has(after.low)
  if (!name.service) return capital && behind && !(name.label === 'Monday' && before === 'on')
  if (word?.low === 'notion' || word?.low === 'zoom' || word?.low === 'linear') return capital || (behind && (closes || beforeNoun))
  if (behind) return closes || beforeNoun
  if (capital) return beforeNoun || ['my', 'our', 'and', 'new'].includes(before) || (at === 0 && after?.low === 'to')
  return (before === 'and' || before === 'or') && closes && names.has(words[at - 2]?.low ?? '')
}

const statesOf = /^(?:move|change|set|mark|turn|become|go|switch|update|transition|label|tag|rename)/
const placed = new Set(
  'list stage column status state section folder board project channel label tag team group sheet table database entity phase category view page'.split(
    ' ',
  ),
)
const plain = new Set(
  'english spanish french german portuguese italian dutch pdf csv json xml html crm erp api oauth oauth2 sso gpt url kpi roi vip ceo cto hr it utc monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december done today inbox'.split(
    ' ',
  ),
)

/** A capital letter inside a plain sentence, where a tool would stand: “save it to Foobar”. */
function isUnknownName(words: readonly Word[], at: number, titled: boolean, knownNames: ReadonlySet<string>): boolean {
  const word = words[at]
  const before = words[at - 1]
  if (!word || !before || titled || !/^[A-Z][\p{L}\p{N}.]{2,}$/u.test(word.text)) return false
  if (!['to', 'into', 'in', 'from', 'via', 'using', 'through', 'with'].includes(before.low) || /[,.;→"']/.test(word.gap)) return false
  if (
    plain.has(word.low) ||
    knownNames.has(singular(word.low)) ||
    verbOf(word.low) ||
    thinkers.has(word.low) ||
    makers.has(word.low) ||
    builders.has(word.low)
  )
    return false
  if (placed.has(singular(words[at + 1]?.low ?? '')) || words.slice(Math.max(0, at - 5), at).some(({ low }) => statesOf.test(low)))
    return false
  return !Object.values(kinds).some(kind => kind.nouns.includes(singular(word.low)))
}

/** Reads nouns that mean a kind of tool (“spreadsheet”, “#support”) as that tool: the named one of the kind, else the usual one. */
export function resolveUnnamed(units: readonly Unit[], channels: readonly string[]): Unit[] {
  const named = units.flatMap(unit => (unit.kind === 'service' ? [unit.id] : []))
  const out: Unit[] = []
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]
    if (!unit) break
    const next = units[i + 1]
    const pair = unit.kind === 'word' && next?.kind === 'word' && next.gap === ' ' ? `${unit.noun} ${next.noun}` : ''
    const nextNoun = next?.kind === 'word' ? next.low : ''
    const match =
      unit.kind === 'word' && !dataAbout.has(nextNoun)
        ? unnamed.find(({ words }) => words.includes(unit.noun) || (pair !== '' && words.includes(pair)))
        : undefined
    if (unit.kind === 'word' && match && !(verbOf(unit.low) && isAddressed(next))) {
      const of = (id: string): boolean => serviceById.get(id)?.kinds.includes(match.kind) === true
      const id =
        [match.service, ...match.also].find(candidate => named.includes(candidate) && (of(candidate) || match.kind !== 'calendar')) ??
        match.service
      const noun = pair && match.words.includes(pair) ? pair : unit.noun
      out.push({ kind: 'service', id, implied: match.kind, noun, text: unit.text, start: unit.start, gap: unit.gap })
      if (noun === pair && noun !== '') i++
      continue
    }
    if (
      unit.kind === 'word' &&
      /^[\w.+-]+@[\w-]+\.[\w.]+$/.test(unit.low) &&
      !named.some(id => serviceById.get(id)?.kinds.some(kind => kind === 'mail' || kind === 'chat'))
    ) {
      out.push({ kind: 'service', id: 'gmail', implied: 'mail', noun: 'email', text: unit.text, start: unit.start, gap: unit.gap })
      continue
    }
    if (
      unit.kind === 'word' &&
      (/^#[a-z_]/.test(unit.low) ||
        (unit.noun === 'channel' &&
          !channels.some(id => named.includes(id)) &&
          !units.some(other => other.kind === 'word' && /^#[a-z_]/.test(other.low))))
    ) {
      const id = channels.find(candidate => named.includes(candidate)) ?? channels[0] ?? 'slackbot'
      out.push({ kind: 'service', id, implied: 'chat', noun: 'channel', text: unit.text, start: unit.start, gap: unit.gap })
      continue
    }
    out.push(unit)
  }
  return out
}

/** “email me”, “mail the team”: the word is a verb. */
function isAddressed(next: Unit | undefined): boolean {
  return (
    next?.kind === 'word' &&
    (determiners.has(next.low) || ['me', 'us', 'them', 'him', 'her', 'everyone', 'customers', 'users', 'team'].includes(next.low))
  )
}
