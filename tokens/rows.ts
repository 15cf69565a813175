import { sql, type RawBuilder } from 'kysely'
import type { Steps } from '../host/store/engine.ts'
import type { TokenDatabase } from './database.ts'
import type { Reason } from './reason.ts'
import { readAttempt, readTokenRow, type Attempt, type TokenRow, type TokenState } from './row.ts'

/** The row of a connection and the database's time, in one query. Inside a transaction with `lock` it stays as it is to the end. */
export const selectRow = (database: TokenDatabase, id: string, lock = false): RawBuilder<unknown> =>
  sql`select *, ${database.now()} as now from connection_tokens where connection_id = ${id} ${lock ? database.forUpdate : sql``}`

export const toRow = (found: Record<string, unknown> | undefined): TokenRow | null => (found ? readTokenRow(found) : null)

export function* lockRow(database: TokenDatabase, id: string): Steps<{ row: TokenRow | null; now: number }> {
  const [clock] = yield sql`select ${database.now()} as now`
  const [found] = yield selectRow(database, id, true)
  return { row: toRow(found), now: Number(clock?.['now']) }
}

/** Attempts of a grant that say something: those not finished, and those whose answer was lost and that no later attempt has taken into account. */
export function* attemptsOf({ connectionId, grantId }: TokenRow): Steps<Attempt[]> {
  const found = yield sql`select a.*, p.name as owner from refresh_attempts a left join processes p on p.process_id = a.process_id
    where a.connection_id = ${connectionId} and a.grant_id = ${grantId} and (a.state <> 'closed' or a.ending in ('lost', 'dead'))
    order by a.fence`
  return found.map(readAttempt)
}

export const closeAttempt = (fence: number, end: NonNullable<Attempt['end']>, now: number): RawBuilder<unknown> =>
  sql`update refresh_attempts set state = 'closed', ending = ${end}, closed_at = ${now} where fence = ${fence}`

/** `since` is when a state began, not when it was last written. */
export const moveTo = (
  { connectionId, failures }: TokenRow,
  now: number,
  next: { state: TokenState; reason: Reason | null; nextTry: number | null; failures?: number },
): RawBuilder<unknown> =>
  sql`update connection_tokens set since = case when state = ${next.state} then since else ${now} end, state = ${next.state},
    reason = ${next.reason && JSON.stringify(next.reason)}, next_try = ${next.nextTry === null ? null : Math.round(next.nextTry)},
    failures = ${next.failures ?? failures} where connection_id = ${connectionId}`
