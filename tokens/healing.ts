import { sql } from 'kysely'
import { AppError } from '../core/errors.ts'
import type { TokenDatabase } from './database.ts'
import type { Timing } from './timing.ts'

type Options = {
  database: TokenDatabase
  timing: Timing
  renew(connectionId: string): Promise<unknown>
  /** Deals with what dead processes left. True when some process still has an attempt open. */
  sweep(): Promise<boolean>
  /** Connections whose last answer is not on disk yet. */
  unwritten(): Iterable<string>
  report(error: AppError): void
}

/** Renews what is due without being asked: after a failure, after a crash, and before a refresh token dies unused. */
export function createHealing({ database, timing, renew, sweep, unwritten, report }: Options) {
  const shortestMs = Math.min(timing.retryMs, 1000)
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> = Promise.resolve()
  let isOver = false

  async function heal(): Promise<void> {
    const othersAtIt = await sweep()
    const due = (await plan()).filter(({ inMs }) => inMs <= 0).map(({ id }) => id)
    await Promise.allSettled([...new Set([...due, ...unwritten()])].map(renew))
    // What is still due could not even be begun, for example because its key waits to be unlocked.
    const waits = (await plan()).map(({ inMs }) => (inMs <= 0 ? timing.retryMs : inMs))
    arm(Math.min(...waits, othersAtIt || [...unwritten()].length > 0 ? timing.retryMs : Number.POSITIVE_INFINITY))
  }

  /** What is to be renewed of itself, and in how long by the database's clock. */
  async function plan(): Promise<{ id: string; inMs: number }[]> {
    const found = await database.query(sql`select connection_id, ${database.now()} as now,
      case when state = 'retrying' then next_try else keep_alive_at end as due
      from connection_tokens where state in ('connected', 'retrying') and refresh_token is not null`)
    return found.flatMap(({ connection_id: id, now, due }) => (due === null ? [] : [{ id: String(id), inMs: Number(due) - Number(now) }]))
  }

  function arm(inMs: number): void {
    clearTimeout(timer)
    if (isOver || inMs === Number.POSITIVE_INFINITY) return
    // An hour at most: clocks are set, and computers sleep.
    timer = setTimeout(start, Math.min(Math.max(inMs, shortestMs), 60 * 60_000))
    timer.unref()
  }

  function start(): void {
    round = round
      .then(() => (isOver ? undefined : heal()))
      .catch(error => {
        if (isOver) return
        report(AppError.from(error))
        arm(timing.retryMs)
      })
  }

  return {
    /** Looks now, or right after the round that is under way: something has changed. */
    soon: start,
    /** Looks after the first wait: something failed that is on no record. */
    later: () => arm(timing.retryMs),
    async stop(): Promise<void> {
      isOver = true
      clearTimeout(timer)
      await round
    },
  }
}
