import { html } from 'hono/html'
import type { Html } from './layout.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })

/**
 * “4 min ago”, “3 days ago”, “in 2 h”; further away the day. Only what has passed counts, for nobody here knows in which zone the reader
 * lives. Both in epoch ms.
 */
export function timeWords(at: number, now: number): string {
  const far = Math.abs(at - now)
  if (far < minute) return 'just now'
  if (far >= 7 * day) return date.format(at)
  const [count, unit] = far < hour ? [far / minute, 'min'] : far < day ? [far / hour, 'h'] : [far / day, 'days']
  const whole = Math.floor(count)
  const words = `${whole} ${unit === 'days' && whole === 1 ? 'day' : unit}`
  return at < now ? `${words} ago` : `in ${words}`
}

/** Epoch ms or ISO time. The exact time is on hover. */
export function time(at: number | string): Html {
  const then = new Date(at)
  return html`<time datetime="${then.toISOString()}" title="${exact.format(then)} UTC">${timeWords(then.getTime(), Date.now())}</time>`
}

/** Where the moment itself counts. */
export function exactTime(at: number | string): Html {
  const then = new Date(at)
  return html`<time datetime="${then.toISOString()}">${exact.format(then)} UTC</time>`
}
