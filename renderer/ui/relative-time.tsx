import { useSyncExternalStore } from 'react'
import { cx } from './cx.ts'
import { exactTime, relativeWords } from './time-words.ts'

export { durationWords, exactTime } from './time-words.ts'

const minuteMs = 60_000
const listeners = new Set<() => void>()
let now = Date.now()
setInterval(() => {
  now = Date.now()
  for (const listener of listeners) listener()
}, minuteMs / 2)

/** The time, to half a minute; all who show it move together. */
export const useNow = (): number =>
  useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => now,
  )

/** “4 min ago”, “Yesterday”, “18 Nov”; the exact time in the user's zone on hover. `at` is an ISO time. `inline`: within a sentence. */
export function RelativeTime({ at, inline, className }: { at: string; inline?: boolean; className?: string }) {
  const then = new Date(at)
  const words = relativeWords(then.getTime(), useNow())
  return (
    <time dateTime={at} title={exactTime(then)} className={cx('tabular-nums', className)}>
      {inline ? words.replace(/^(Just|Yesterday|In|Today|Tomorrow)\b/, word => word.toLowerCase()) : words}
    </time>
  )
}
