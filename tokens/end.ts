import { sql } from 'kysely'
import type { Grant } from '../oauth/grant.ts'
import type { RefreshAnswer } from '../oauth/refresh.ts'
import type { Steps } from '../host/store/engine.ts'
import type { Ground, OpenAttempt } from './begin.ts'
import type { TokenDatabase } from './database.ts'
import { grantFields, type Lives } from './grant-fields.ts'
import type { TokenRow } from './row.ts'
import { attemptsOf, closeAttempt, lockRow, moveTo } from './rows.ts'
import { tokenContext } from './sealer.ts'
import { useSpare } from './spare.ts'
import { backoffMs } from './timing.ts'

/** Ends an attempt by what came of it: protocol §2, `store`, `refused` and `unclear`. `notSent` also stands for one that was not begun at all. */
export function* endAttempt(ground: Ground, attempt: OpenAttempt, answer: RefreshAnswer, lives: Lives): Steps<void> {
  const { database, timing } = ground
  const { row, now } = yield* lockRow(database, attempt.connectionId)
  yield closeAttempt(attempt.fence, endings[answer.kind], now)
  if (!row || row.state === 'disconnected') return
  const isCurrent = row.grantId === attempt.grantId && row.generation === attempt.generation
  if (answer.kind === 'granted')
    return yield* isCurrent ? store(ground, row, attempt, answer.grant, lives, now) : keepSpare(ground, row, attempt, answer.grant)
  // A token that came meanwhile decides; a connection that has ended stays so.
  if (!isCurrent || row.state === 'needs_reconnect') return
  if (answer.kind === 'refused') return yield* refuse(ground, row, attempt, answer.reason, now)
  const failures = row.failures + 1
  const backoff = answer.kind === 'notSent' ? backoffMs(timing, 1) : backoffMs(timing, failures)
  yield moveTo(row, now, {
    state: 'retrying',
    reason: { kind: answer.kind === 'misconfigured' ? 'client' : 'outage', words: answer.reason },
    nextTry: now + (answer.kind === 'unclear' ? Math.max(backoff, timing.drainMs) : backoff),
    failures,
  })
}

/** The client is looked at before the token is: one that is not accepted has used nothing. */
const endings = { granted: 'stored', refused: 'refused', misconfigured: 'refused', notSent: 'not_sent', unclear: 'lost' } as const

/** Gives an attempt back whose time to send is over. */
export function* dropAttempt(database: TokenDatabase, { connectionId, fence }: OpenAttempt): Steps<void> {
  const { now } = yield* lockRow(database, connectionId)
  yield closeAttempt(fence, 'not_sent', now)
}

/** Guarded by the generation alone: a late answer may be the one token that works, also for a connection that was given up by mistake. */
function* store({ sealer }: Ground, row: TokenRow, { refreshToken }: OpenAttempt, grant: Grant, lives: Lives, now: number): Steps<void> {
  const next = { ...row, generation: row.generation + 1 }
  const fields = grantFields(grant, lives, now, row)
  yield sql`update connection_tokens set generation = ${next.generation},
    access_token = ${sealer.seal(tokenContext(next, 'access'), grant.accessToken)},
    refresh_token = ${sealer.seal(tokenContext(next, 'refresh'), grant.refreshToken ?? refreshToken)},
    spare_token = null, parent_hash = ${sealer.hash(refreshToken)}, scopes = ${JSON.stringify(grant.scopesGranted)},
    obtained_at = ${now}, access_expires_at = ${fields.accessExpiresAt}, refresh_expires_at = ${fields.refreshExpiresAt},
    renew_at = ${fields.renewAt}, keep_alive_at = ${fields.keepAliveAt}, first_attempt_at = null, answer_lost = null, answer_lost_at = null,
    doubt = 0, spare_doubt = 0 where connection_id = ${row.connectionId}`
  yield moveTo(row, now, { state: 'connected', reason: null, nextTry: null, failures: 0 })
}

/** Another answer to the exchange that the current token came from is kept beside it. Any other is forgotten, not revoked: that could end the newer grant too. */
function* keepSpare({ sealer }: Ground, row: TokenRow, { refreshToken: sent }: OpenAttempt, { refreshToken }: Grant): Steps<void> {
  if (refreshToken === null || row.refreshToken === null || row.parentHash === null || row.parentHash !== sealer.hash(sent)) return
  if (sealer.open(tokenContext(row, 'refresh'), row.refreshToken) === refreshToken) return
  yield sql`update connection_tokens set spare_token = ${sealer.seal(tokenContext(row, 'spare'), refreshToken)}, spare_doubt = 0
    where connection_id = ${row.connectionId}`
}

function* refuse({ sealer, timing }: Ground, row: TokenRow, { refreshToken }: OpenAttempt, words: string, now: number): Steps<void> {
  const others = yield* attemptsOf(row)
  if (others.some(each => each.state !== 'closed')) {
    yield moveTo(row, now, { state: 'retrying', reason: { kind: 'outage', words }, nextTry: now + timing.pollMs })
    return
  }
  if (yield* useSpare(sealer, row, refreshToken, now, 'drop')) return
  const reason = row.lost ? ({ kind: 'interrupted', ...row.lost } as const) : ({ kind: 'refused', words } as const)
  yield moveTo(row, now, { state: 'needs_reconnect', reason, nextTry: null })
}
