import { sql } from 'kysely'
import { newestChange } from '../store/changes.ts'
import type { Steps } from '../store/engine.ts'
import { nextWakeAt } from './journal.ts'
import { nextMoment } from './triggers.ts'

/**
 * When the flows of an app that nobody runs have something to do next, in epoch milliseconds: 0 for at once, null when nothing is known
 * to come. The app has run before, so its tables are there.
 */
export function* nextWorkAt(): Steps<number | null> {
  const [unfinished] = yield sql`select 1 from flow_runs where state = 'running' and wake_at is null limit 1`
  if (unfinished) return 0
  const [cursor] = yield sql`select seq from flow_cursor`
  const [listening] = yield sql`select 1 from flow_triggers where next_at is null limit 1`
  if (listening && cursor && (yield* newestChange()) > Number(cursor.seq)) return 0
  const times = [yield* nextWakeAt(), yield* nextMoment()].filter(time => time !== null)
  return times.length ? Math.min(...times) : null
}
