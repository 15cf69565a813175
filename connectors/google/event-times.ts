import { AppError } from '../../core/errors.ts'

type Moment = { date: string } | { dateTime: string; timeZone?: string }

const day = /^\d{4}-\d{2}-\d{2}$/
const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/

/** A day, or a moment; one without an offset is in `timeZone`. Throws `validation`. */
export function readMoment(value: string, timeZone: string | undefined): Moment {
  if (day.test(value) && Number.isFinite(Date.parse(value))) return { date: value }
  if (!time.test(value) || !Number.isFinite(Date.parse(value)))
    throw new AppError('validation', `“${value.slice(0, 40)}” is not a time. Write it as 2026-11-21 or 2026-11-21T09:30.`)
  const full = value.replace(/(T\d{2}:\d{2})(?=Z|[+-]|$)/, '$1:00')
  const hasOffset = /(Z|[+-]\d{2}:\d{2})$/.test(full)
  return hasOffset ? { dateTime: full, ...(timeZone && { timeZone }) } : { dateTime: full, timeZone: timeZone ?? 'UTC' }
}

/** An event without an end lasts an hour, or the one day. The clock's own reading moves, so no zone is needed. */
export function endAfter(start: Moment): Moment {
  if ('date' in start) return { date: new Date(Date.parse(start.date) + 86_400_000).toISOString().slice(0, 10) }
  const [, reading = '', offset = ''] = /^(.{19})(.*)$/.exec(start.dateTime) ?? []
  const later = new Date(Date.parse(`${reading}Z`) + 3_600_000).toISOString().slice(0, 19)
  return { ...start, dateTime: later + offset.replace(/^\.\d+/, '') }
}
