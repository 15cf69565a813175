import { Cron } from 'croner'
import { AppError } from '../../core/errors.ts'

/** The moments of a schedule, all in epoch milliseconds. */
export type Schedule = {
  /** First moment after `at`, or null when there is none any more. */
  after(at: number): number | null
  /** The next `count` moments. */
  next(at: number, count: number): number[]
  /** Last moment not later than `at`. */
  atOrBefore(at: number): number | null
}

/**
 * Reads a crontab(5) expression in an IANA zone. On the day a clock goes forward a moment that does not exist comes right after the
 * gap; on the day it goes back a moment comes once. Throws `validation` with what to correct.
 */
export function parseSchedule({ cron_expression, timezone }: { cron_expression: string; timezone: string }): Schedule {
  checkZone(timezone)
  const cron = parse(cron_expression, timezone)
  return {
    after: at => cron.nextRun(new Date(at))?.getTime() ?? null,
    next: (at, count) => cron.nextRuns(count, new Date(at)).map(date => date.getTime()),
    atOrBefore: at =>
      cron
        .previousRuns(2, new Date(at + 1000))
        .map(date => date.getTime())
        .find(time => time <= at) ?? null,
  }
}

function parse(expression: string, timezone: string): Cron {
  try {
    const fields = expression.trim().split(/\s+/)
    if (fields.length !== 5) throw new Error('exactly five parts are needed')
    return new Cron(fields.join(' '), { timezone, paused: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : ''
    throw new AppError(
      'validation',
      `The schedule “${expression}” cannot be read. Write five parts: minute, hour, day, month, weekday; for example 0 9 * * 1-5.`,
      {
        cause: error,
        details: reason,
      },
    )
  }
}

function checkZone(timezone: string): void {
  try {
    Intl.DateTimeFormat('en', { timeZone: timezone })
  } catch (error) {
    throw new AppError('validation', `There is no time zone “${timezone}”. Use a name such as Europe/Berlin.`, { cause: error })
  }
}
