import { channelServices } from './vocabulary/kinds.ts'
import { toEnglish } from './vocabulary/foreign.ts'
import { clausesOf } from './language/clauses.ts'
import { readHookSender } from './language/hook-sender.ts'
import { modeOf } from './language/mode.ts'
import { findSchedule, type Span } from './language/schedule.ts'
import { resolveUnnamed, unitsOf } from './language/units.ts'
import { singular, tidy } from './language/words.ts'
import { gather } from './gather.ts'
import { decideTrigger } from './decide-trigger.ts'
import type { Reading } from './reading.ts'

const question = /^(?:what|why|who|which|where|how (?:many|much|does|do i know)|does|is there|is it|are there|do you)\b[^.]*\?/i
const edit =
  /^(?:please )?(?:can you )?(?:change|edit|modify|fix|rename|pause|disable|enable|stop|turn (?:on|off)|reschedule|delete|remove|update|improve|debug|make)\s+(?:the|my|this|that|it\b)\s*(?:last |first |second |existing |current )?(?:flow|trigger|automation|workflow|schedule|step|zap|function|condition|time|it\b|to run|run)?/i
const editNoun = /\b(?:flow|trigger|automation|workflow|zap|scenario)\b/i

/** Reads a prompt by rules over words: pure, deterministic, and about a millisecond. `knownEntities` are names of the app's own data. */
export function understand(prompt: string, knownEntities: readonly string[] = []): Reading {
  const { text, hook } = readHookSender(tidy(toEnglish(prompt)))
  if ((text.match(/\p{L}{2,}/gu) ?? []).length < 2) return { outcome: 'clarify', why: 'empty', connectors: [] }
  const schedule = findSchedule(text)
  const bare = schedule ? without(text, schedule.spans) : text
  const known = new Set(knownEntities.map(name => singular(name.toLowerCase())))
  const found = unitsOf(bare, known)
  const units = resolveUnnamed(found.units, channelServices)
  const connectors = [...new Set(units.flatMap(unit => (unit.kind === 'service' && !unit.implied ? [unit.id] : [])))]
  if (found.outside.length > 0) return { outcome: 'unsupported', unsupported: [...new Set(found.outside)], connectors }
  if (question.test(text)) return { outcome: 'clarify', why: 'question', connectors }
  if (connectors.length === 0 && edit.test(text) && editNoun.test(text)) return { outcome: 'clarify', why: 'edit', connectors }

  const clauses = clausesOf(units)
  const facts = gather(clauses, { scheduled: schedule !== null, text })
  const mode = modeOf(text)
  const decided = decideTrigger(facts, { schedule, mode, text })
  const trigger = decided?.kind === 'webhook' ? hook : decided
  if (trigger === null) return { outcome: 'clarify', why: facts.unnamedSend ? 'service' : 'action', connectors }

  const read = new Set([...facts.actions.map(action => action.connector), ...facts.sources.map(source => source.unit.id), ...facts.linked])
  if (trigger.kind === 'connector') read.add(trigger.connector)
  read.delete('app')
  const entities = [...new Set([...(trigger.kind === 'record' && trigger.entity ? [trigger.entity] : []), ...facts.entities])]
  return {
    outcome: 'plan',
    text,
    connectors: [...read],
    mode,
    trigger,
    actions: actionsOf(facts, trigger.kind),
    pages: facts.pages,
    entities,
  }
}

/** Sources that do not start the run are read in it; every step once. */
function actionsOf(facts: ReturnType<typeof gather>, trigger: string) {
  const reads = facts.sources.filter(() => trigger !== 'connector').map(source => source.read)
  const linked = facts.actions.length === 0 && facts.sources.length === 0 ? facts.linkedReads : []
  const seen = new Set<string>()
  return [...reads, ...linked, ...facts.actions].filter(action => {
    const key = `${action.connector} ${action.verb} ${action.object}`
    return !seen.has(key) && seen.add(key)
  })
}

function without(text: string, spans: readonly Span[]): string {
  const sorted = [...spans].sort((a, b) => b.start - a.start)
  const bare = sorted.reduce((rest, { start, end }) => `${rest.slice(0, start)} ${rest.slice(end)}`, text)
  return bare
    .replace(/\(\s*\)/g, ' ')
    .replace(/\s+([,.])/g, '$1')
    .replace(/^[\s,.:—-]+/, '')
    .replace(/\s+/g, ' ')
    .trim()
}
