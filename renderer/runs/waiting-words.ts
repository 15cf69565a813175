import type { Run } from '../../core/run.ts'

type Waiting = Run['waiting']

/** It goes on as soon as a person has allowed something. */
export const needsPermission = (waiting: Waiting): boolean => waiting?.for === 'permission'

/** “Goes on at 14:03”, with the day when that is not today; nothing when no time is known. In the user's own zone. */
export function goesOnWords(waiting: Waiting, now: Date): string | null {
  if (!waiting?.until) return null
  const at = new Date(waiting.until)
  if (at <= now) return 'Goes on now'
  const clock = at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  if (at.toDateString() === now.toDateString()) return `Goes on at ${clock}`
  return `Goes on on ${at.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })} at ${clock}`
}
