const minuteMs = 60_000

export const exactTime = (at: Date): string => at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

export function relativeWords(then: number, now: number): string {
  const minutes = Math.floor((now - then) / minuteMs)
  if (minutes < -1) return aheadWords(then, now)
  if (minutes < 1) return 'Just now'
  if (minutes < 60) return `${minutes} min ago`
  const days = daysBetween(then, now)
  if (days === 0 || minutes < 4 * 60) return `${Math.floor(minutes / 60)} h ago`
  if (days === 1) return 'Yesterday'
  return dayWords(then, now)
}

function aheadWords(then: number, now: number): string {
  const minutes = Math.ceil((then - now) / minuteMs)
  if (minutes < 60) return `In ${minutes} min`
  // As a schedule says it: “Every day at 09:00”.
  const clock = new Date(then).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const days = daysBetween(now, then)
  if (days === 0) return `Today, ${clock}`
  return days === 1 ? `Tomorrow, ${clock}` : `${dayWords(then, now)}, ${clock}`
}

function dayWords(then: number, now: number): string {
  const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear()
  return new Date(then).toLocaleDateString(undefined, { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) })
}

function daysBetween(from: number, to: number): number {
  const midnight = (at: number) => new Date(at).setHours(0, 0, 0, 0)
  return Math.round((midnight(to) - midnight(from)) / (24 * 60 * minuteMs))
}

/** “0.6 s”, “182 ms”, “2 min 5 s”. */
export function durationWords(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}
