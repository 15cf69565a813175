import type { Gathered } from './gathered.ts'
import { impliedSchedule, type Schedule } from './language/schedule.ts'
import type { ReadTrigger } from './language/trigger.ts'
import type { ReadingTrigger } from './reading.ts'
import { kinds } from './vocabulary/kinds.ts'
import { serviceById } from './vocabulary/services.ts'

type Said = { schedule: Schedule | null; mode: 'ask' | 'shared' | 'app-user'; text: string }

/** What is done to something as it comes in. */
const eventful = new Set(
  'extract parse classify categorize categorise triage process receive capture handle detect translate turn convert transcribe monitor watch scan'.split(
    ' ',
  ),
)

/** What starts the run: what is said outright first, then what the work implies. Null when there is nothing to run. */
export function decideTrigger(
  facts: Gathered,
  { schedule, mode, text }: Said,
): Exclude<ReadingTrigger, { kind: 'webhook' }> | Extract<ReadTrigger, { kind: 'webhook' }> | null {
  const { actions, sources, linked, events } = facts
  const outside = actions.filter(action => action.connector !== 'app')
  const readsOnly = sources.length > 0 && outside.length === 0
  const asksToRead = sources.some(source => source.verb !== null && ['read', 'summarize', 'show'].includes(source.verb.class))
  const works =
    outside.length > 0 || (linked.length > 0 && mode === 'app-user') || facts.shows || (readsOnly && asksToRead) || facts.ownWork
  const automates = facts.automated && sources.length === 1
  if (!works && !automates) return null
  if (outside.length === 0 && sources.length === 0 && linked.length === 0 && !(facts.ownWork && (schedule || events.length > 0)))
    return null

  if (schedule)
    return facts.shows && outside.length === 0 && !/\bat \d|every/i.test(text)
      ? { kind: 'page', via: 'load' }
      : { kind: 'schedule', cron: schedule.cron, timezone: schedule.timezone }
  const event = events.find(({ trigger }) => trigger.kind !== 'record')?.trigger ?? events[0]?.trigger
  if (event?.kind === 'record' && event.entity === null) return { ...event, entity: facts.ownData?.entity ?? facts.entities[0] ?? null }
  if (event) return event
  if (/\bwebhooks?\b/i.test(text)) return { kind: 'webhook' }
  if (facts.presses || /\b(?:button|one click|one-click)\b/i.test(text)) return { kind: 'page', via: 'button' }
  if (facts.shows && outside.length === 0) return { kind: 'page', via: 'load' }
  if (sources.length === 0 && facts.handled[0]) return facts.handled[0]
  const fresh =
    sources.find(source => source.isNew) ??
    sources.find(source => source.verb !== null && eventful.has(source.verb.base) && actions.length > 0) ??
    (outside.length > 0 ? sources.find(source => source.moved) : undefined)
  if (fresh && (outside.length > 0 || mode !== 'app-user')) {
    const event =
      fresh.unit.implied === 'mail' || serviceById.get(fresh.unit.id)?.kinds[0] === 'mail'
        ? mailEvent(fresh.read.object)
        : `${fresh.read.object}.created`
    return { kind: 'connector', connector: fresh.unit.id, event, object: fresh.read.object }
  }
  if (mode === 'app-user') return { kind: 'page', via: outside.length > 0 ? 'button' : 'load' }
  if (sources.length > 0 && sources.every(source => outside.some(action => action.connector === source.unit.id))) return { kind: 'manual' }
  if (sources.length > 0 && outside.length > 0) return { kind: 'schedule', cron: '0 9 * * *', timezone: null }
  if (facts.shows && outside.length > 0) return { kind: 'page', via: /\bform\b/i.test(text) ? 'form' : 'button' }
  const implied = impliedSchedule(text)
  if (implied && outside.length > 0) return { kind: 'schedule', cron: implied, timezone: null }
  if (facts.ownData && (facts.ownData.isNew || facts.ownData.moved))
    return { kind: 'record', entity: facts.ownData.entity, event: 'created', condition: null }
  const target = outside[0]
  if (facts.automated && target) {
    const kind = serviceById.get(target.connector)?.kinds[0]
    return {
      kind: 'connector',
      connector: target.connector,
      event: kind ? kinds[kind].event : `${target.object}.created`,
      object: target.object,
    }
  }
  if (/^(?:an?|the) [^.]*\b(?:page|portal|dashboard|directory|view|site|website)\b/i.test(text)) return { kind: 'page', via: 'load' }
  return { kind: 'manual' }
}

const mailEvent = (object: string): string => (object === 'attachment' ? 'attachment.received' : 'email.received')
