import { sql } from 'kysely'
import type { Steps } from '../host/store/engine.ts'
import type { TokenDatabase } from './database.ts'
import { mayPass, replayIsHarmless, type Rotation, type Takeover } from './rotation.ts'
import { isDue, isUsable, type Attempt, type TokenRow } from './row.ts'
import { attemptsOf, closeAttempt, lockRow, moveTo } from './rows.ts'
import { tokenContext, type Sealer } from './sealer.ts'
import { useSpare } from './spare.ts'
import type { Timing } from './timing.ts'

/** What the steps of the protocol work with. */
export type Ground = {
  database: TokenDatabase
  sealer: Sealer
  timing: Timing
  takeover: Takeover
  /** This process, as `processes` knows it. */
  processId: string
  /** In the transaction that opens an attempt: whether the right to refresh this connection is with someone else at the time. */
  isElsewhere?: (connectionId: string) => Steps<boolean>
}

/** An attempt of this process: the right to send this refresh token. */
export type OpenAttempt = { fence: number; connectionId: string; grantId: string; generation: number; refreshToken: string }

/** Where a wish to renew has led. `busy`: another process is at it; `later`: not before `at`. */
export type Beginning =
  | { kind: 'begun'; attempt: OpenAttempt; row: TokenRow }
  | { kind: 'busy'; owners: readonly string[] }
  | { kind: 'later'; row: TokenRow }
  | { kind: 'settled' | 'ended' | 'unreadable'; row: TokenRow }
  | { kind: 'elsewhere' | 'missing' }

type Wish = { connectionId: string; rejected: number | undefined; rotation: Rotation }

/** Opens an attempt: the one transaction that is re-read, lease and journal at once. Protocol §2, `open`. */
export function* beginAttempt(ground: Ground, wish: Wish): Steps<Beginning> {
  const { database, sealer, timing, takeover, processId, isElsewhere } = ground
  const { connectionId, rejected, rotation } = wish
  const { row, now } = yield* lockRow(database, connectionId)
  if (!row) return { kind: 'missing' }
  if (row.state !== 'connected' && row.state !== 'retrying') return { kind: 'ended', row }
  if (isElsewhere && (yield* isElsewhere(connectionId))) return { kind: 'elsewhere' }
  if (!isDue(row, now, rejected)) return { kind: 'settled', row }
  if (row.refreshToken === null) return yield* endOf(row, now, rejected)
  if (row.nextTry !== null && row.nextTry > now && row.nextTry < now + farthestMs(timing)) return { kind: 'later', row }
  if (isUnwelcome(row, now, rejected, timing))
    return yield* wait(row, now, { reason: { kind: 'unwelcome' }, nextTry: row.obtainedAt + timing.unwelcomeMs })

  const attempts = yield* settleAttempts(row, now)
  const inTheWay = attempts.filter(each => each.state !== 'closed' && !mayPass(each, row, now, rotation, takeover, timing))
  if (inTheWay.length > 0) return yield* standBack(row, now, inTheWay, timing)
  const draining = attempts.filter(each => each.closedAt !== null && now < each.closedAt + timing.drainMs)
  if (draining.length > 0) {
    const reason = draining.some(each => each.end === 'dead') ? ({ kind: 'stopped' } as const) : row.reason
    return yield* wait(row, now, { reason, nextTry: Math.max(...draining.map(each => (each.closedAt ?? now) + timing.drainMs)) })
  }

  const refreshToken = sealer.open(tokenContext(row, 'refresh'), row.refreshToken)
  if (refreshToken === null) return { kind: 'unreadable', row }
  const doubted: TokenRow = {
    ...row,
    lost: lossIn(attempts) ?? row.lost,
    doubt: row.doubt || attempts.some(each => each.generation === row.generation),
  }
  const outOfHands = (each: Attempt) =>
    each.state === 'closed' || (takeover.by === 'patience' && now - each.openedAt >= takeover.patienceMs)
  const prefersSpare = doubted.doubt && !row.spareDoubt && !replayIsHarmless(row, now, rotation, takeover) && attempts.every(outOfHands)
  const swapped = prefersSpare ? yield* useSpare(sealer, doubted, refreshToken, now, 'keep') : null
  const current = swapped?.row ?? doubted
  const firstAttemptAt = current.firstAttemptAt ?? now
  yield sql`update connection_tokens set answer_lost = ${current.lost?.how ?? null}, answer_lost_at = ${current.lost?.at ?? null},
    doubt = ${Number(current.doubt)}, first_attempt_at = ${firstAttemptAt} where connection_id = ${connectionId}`

  yield* clearAttempts(
    current,
    attempts.filter(each => each.state !== 'closed' && !outOfHands(each)),
  )
  const [{ fence } = {}] = yield sql`insert into refresh_attempts (connection_id, grant_id, generation, process_id, opened_at, state)
    values (${connectionId}, ${row.grantId}, ${current.generation}, ${processId}, ${now}, 'open') returning fence`
  const { grantId, generation } = current
  const attempt = { fence: Number(fence), connectionId, grantId, generation, refreshToken: swapped?.refreshToken ?? refreshToken }
  return { kind: 'begun', attempt, row: { ...current, firstAttemptAt } }
}

/** What a process that is proved dead left open. Its token is tried again once its request can no longer be on its way. True when there was something. */
export function* closeDead({ database, timing }: Pick<Ground, 'database' | 'timing'>, connectionId: string): Steps<boolean> {
  const { row, now } = yield* lockRow(database, connectionId)
  if (!row) return false
  const dead = (yield* settleAttempts(row, now)).filter(each => each.end === 'dead' && each.closedAt === now)
  const concerned = dead.some(each => each.generation === row.generation) && (row.state === 'connected' || row.state === 'retrying')
  if (concerned) yield* wait(row, now, { reason: { kind: 'stopped' }, nextTry: now + timing.drainMs })
  return concerned
}

/** A later `next_try` than this was written while the clock was wrong. */
const farthestMs = ({ longestRetryMs, drainMs, unwelcomeMs }: Timing): number => 2 * Math.max(longestRetryMs, drainMs, unwelcomeMs)

/** The service refused a token that the provider has only just given for another: once more would be a storm of exchanges. */
function isUnwelcome(row: TokenRow, now: number, rejected: number | undefined, { unwelcomeMs }: Timing): boolean {
  const ageMs = now - row.obtainedAt
  return rejected === row.generation && row.state === 'connected' && row.parentHash !== null && ageMs >= 0 && ageMs < unwelcomeMs
}

/** Closes the attempts of processes that are proved dead. Where the clock was set back, the drain begins anew rather than lasting for hours. */
function* settleAttempts(row: TokenRow, now: number): Steps<Attempt[]> {
  const attempts = yield* attemptsOf(row)
  const settled: Attempt[] = []
  for (const each of attempts) {
    const died = each.state !== 'closed' && each.owner === null
    const ahead = each.closedAt !== null && each.closedAt > now
    if (died || ahead) yield closeAttempt(each.fence, died ? 'dead' : (each.end ?? 'lost'), now)
    settled.push(died ? { ...each, state: 'closed', end: 'dead', closedAt: now } : ahead ? { ...each, closedAt: now } : each)
  }
  return settled
}

/** Another process is at it. One that takes far longer than an exchange may is named to the user. */
function* standBack(row: TokenRow, now: number, inTheWay: readonly Attempt[], timing: Timing): Steps<Beginning> {
  const stuck = inTheWay.find(each => now - each.openedAt > timing.sendWithinMs + timing.exchangeMs)
  if (stuck?.owner) yield moveTo(row, now, { state: 'retrying', reason: { kind: 'held', by: stuck.owner }, nextTry: now + timing.retryMs })
  return { kind: 'busy', owners: inTheWay.map(each => each.processId) }
}

function* wait(row: TokenRow, now: number, { reason, nextTry }: Pick<TokenRow, 'reason'> & { nextTry: number }): Steps<Beginning> {
  yield moveTo(row, now, { state: 'retrying', reason, nextTry })
  return { kind: 'later', row: { ...row, state: 'retrying', reason, nextTry } }
}

/** Nothing renews it: it works to its end, or until it is refused. */
function* endOf(row: TokenRow, now: number, rejected: number | undefined): Steps<Beginning> {
  if (isUsable(row, now, rejected)) return { kind: 'settled', row }
  const reason = row.generation === rejected ? ({ kind: 'rejected' } as const) : ({ kind: 'expired' } as const)
  yield moveTo(row, now, { state: 'needs_reconnect', reason, nextTry: null })
  return { kind: 'ended', row: { ...row, state: 'needs_reconnect', reason } }
}

/** The latest attempt that ended without an answer, or is not finished: for all that we know its answer is lost. */
function lossIn(attempts: readonly Attempt[]): TokenRow['lost'] {
  const last = attempts.at(-1)
  return last ? { how: last.end === 'dead' ? 'stopped' : 'unanswered', at: last.openedAt } : null
}

/** What is finished has been taken into account and goes. An owner that may still live keeps its attempt: `passed`. */
function* clearAttempts({ connectionId }: TokenRow, kept: readonly Attempt[]): Steps<void> {
  const fences = kept.map(each => each.fence)
  yield fences.length === 0
    ? sql`delete from refresh_attempts where connection_id = ${connectionId}`
    : sql`delete from refresh_attempts where connection_id = ${connectionId} and fence not in (${sql.join(fences)})`
  yield sql`update refresh_attempts set state = 'passed' where connection_id = ${connectionId}`
}
