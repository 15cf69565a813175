import type { Run } from '../../core/run.ts'

type Waiting = NonNullable<Run['waiting']>

/** It goes on as soon as a person has allowed something. */
export const needsPermission = (waiting: Run['waiting'] | undefined): boolean => waiting?.for === 'permission'

/** “since 14:03”, with the day when that is not today. In the user's own zone. */
export const sinceWords = ({ since }: Waiting, now: Date): string => `since ${momentWords(new Date(since), now)}`

/** “Goes on at 14:03”, with the day when that is not today; null when it waits for a person. In the user's own zone. */
export function goesOnWords({ until }: Waiting, now: Date): string | null {
  if (until === null) return null
  const at = new Date(until)
  if (at <= now) return 'Goes on now'
  return isSameDay(at, now) ? `Goes on at ${momentWords(at, now)}` : `Goes on ${momentWords(at, now)}`
}

function momentWords(at: Date, now: Date): string {
  const clock = at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return isSameDay(at, now) ? clock : `${at.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })}, ${clock}`
}

const isSameDay = (one: Date, other: Date): boolean => one.toDateString() === other.toDateString()
