import type { HookSource, TriggerConfig } from '../../core/app/flow.ts'
import { tools } from '../../connectors/catalogue.ts'
import { parseSchedule } from './cron.ts'
import { cronInWords, list } from './cron-words.ts'

const happenings = { create: 'created', update: 'updated', delete: 'deleted' } as const

/**
 * A trigger in words, with its next three times as ISO strings that carry the offset of the trigger's own zone. Never throws: what
 * cannot be read is said, and has no times.
 */
export function describeTrigger(config: TriggerConfig, now: Date): { words: string; nextTimes: string[] } {
  switch (config.trigger_type) {
    case 'entity':
      return { words: recordWords(config.entity_name, config.events), nextTimes: [] }
    case 'scheduled':
      return describeSchedule(config.cron_expression, config.timezone, now)
    case 'manual':
      return { words: 'When you run it', nextTimes: [] }
    case 'webhook':
      return {
        words: senders[config.source] ? `When ${senders[config.source]} sends a webhook` : 'When its web address is called',
        nextTimes: [],
      }
    case 'connector': {
      const id = config.integration_type
      return {
        words: typeof id === 'string' ? `When something happens in ${tools[id]?.name ?? id}` : 'When something happens in a tool',
        nextTimes: [],
      }
    }
    case 'in_app_agent':
      return { words: 'When an agent of the app asks for it', nextTimes: [] }
    case 'app_user_auth':
      return { words: 'When someone signs in to the app', nextTimes: [] }
    case 'app_publish':
      return { words: 'When the app is published', nextTimes: [] }
    case 'app_payment':
      return { words: 'When someone pays in the app', nextTimes: [] }
  }
}

const senders: Partial<Record<HookSource, string>> = { github: 'GitHub', slack: 'Slack', stripe: 'Stripe' }

/** “When a ticket is created or updated”. */
function recordWords(entity: string, events: readonly (keyof typeof happenings)[]): string {
  const words = entity.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll('_', ' ')
  const noun = words
    .split(' ')
    .map(word => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(' ')
  const article = /^(?:[aeio]|u(?!ni|s[aei]))/i.test(noun) ? 'an' : 'a'
  return `When ${article} ${noun} is ${list(
    [...new Set(events)].map(event => happenings[event]),
    'or',
  )}`
}

function describeSchedule(expression: string, timezone: string, now: Date): { words: string; nextTimes: string[] } {
  try {
    const times = parseSchedule({ cron_expression: expression, timezone }).next(now.getTime(), 3)
    const known = cronInWords(expression)
    const zone = known && !known.dependsOnZone ? '' : zoneSuffix(timezone)
    const words = `${known?.words ?? `On the schedule ${expression.trim()}`}${zone}`
    return { words: times.length ? words : `${words}: this day never comes`, nextTimes: times.map(time => inZone(time, timezone)) }
  } catch {
    return { words: `On a schedule that cannot be read: ${expression.trim()} (${timezone})`, nextTimes: [] }
  }
}

/** The zone is said only where it is not the reader's own. */
function zoneSuffix(timezone: string): string {
  return timezone === Intl.DateTimeFormat().resolvedOptions().timeZone ? '' : ` (${timezone})`
}

/** An ISO 8601 time with the offset that holds in a zone at that moment: 2026-11-23T09:00:00+01:00. */
function inZone(time: number, timeZone: string): string {
  const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', timeZoneName: 'longOffset', ...fields }).formatToParts(time)
  const part = (type: string) => parts.find(found => found.type === type)?.value ?? ''
  const offset = part('timeZoneName').replace('GMT', '') || 'Z'
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}${offset}`
}
