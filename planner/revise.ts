import { findSchedule } from './language/schedule.ts'
import { tidy } from './language/words.ts'
import { understand } from './understand.ts'

const followUp = /\b(?:instead|rather|change|make it|make that|actually|use|but|switch|only|not)\b|^(?:at|on|every|to|in|and|no)\b/i
const channel = /(?:^|\s)(#[\p{L}\p{N}_-]+)/u
const address = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/

/**
 * A request changed by a follow-up: “every Friday at 5 instead”, “post to #sales rather”. Null when the text stands by itself or
 * changes nothing that is known here.
 */
export function revise(previous: string, text: string): string | null {
  const change = tidy(text)
  if (change.length > 120 || !followUp.test(change)) return null
  const own = understand(change)
  if (own.outcome === 'plan' && own.trigger.kind !== 'manual' && own.actions.length > 0 && !/\binstead\b/i.test(change)) return null
  let revised = tidy(previous)
  const schedule = findSchedule(change)
  if (schedule) {
    const old = findSchedule(revised)
    for (const span of [...(old?.spans ?? [])].sort((a, b) => b.start - a.start))
      revised = `${revised.slice(0, span.start)} ${revised.slice(span.end)}`
    const words = [...schedule.spans].sort((a, b) => a.start - b.start).map(({ start, end }) => change.slice(start, end).trim())
    revised = `${[...new Set(words)].join(' ')}, ${revised.trim()}`
  }
  const to = channel.exec(change)?.[1]
  if (to) revised = channel.test(revised) ? revised.replace(channel, ` ${to}`) : `${revised.replace(/\.$/, '')} in ${to}`
  const mail = address.exec(change)?.[0]
  if (mail) revised = address.test(revised) ? revised.replace(address, mail) : `${revised.replace(/\.$/, '')} to ${mail}`
  const result = revised
    .replace(/\s+/g, ' ')
    .replace(/\s+([,.])/g, '$1')
    .trim()
  return schedule || to || mail ? result : null
}
