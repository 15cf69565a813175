import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Steps } from '../host/store/engine.ts'
import type { Grant } from '../oauth/grant.ts'
import type { OAuthClient } from '../oauth/server.ts'
import type { TokenDatabase } from './database.ts'
import { grantFields, type Lives } from './grant-fields.ts'
import type { TokenRow } from './row.ts'
import { attemptsOf, lockRow } from './rows.ts'
import { clientContext, tokenContext, type Sealer } from './sealer.ts'

/**
 * A grant that the user has just given, or that was handed over under its `grantId`, in place of whatever the connection held. Answers to
 * what was sent before it count no more.
 */
export function* adoptGrant(
  { database, sealer }: { database: TokenDatabase; sealer: Sealer },
  connectionId: string,
  { grant, client, lives, grantId = randomUUID() }: { grant: Grant; client: OAuthClient; lives: Lives; grantId?: string },
): Steps<void> {
  const { row, now } = yield* lockRow(database, connectionId)
  const key = { connectionId, grantId, generation: (row?.generation ?? 0) + 1 }
  const fields = grantFields(grant, lives, now, null)
  yield* forgetGrant(connectionId)
  yield sql`insert into connection_tokens (connection_id, grant_id, generation, access_token, refresh_token, client, scopes, obtained_at,
      access_expires_at, refresh_expires_at, renew_at, keep_alive_at, state, since)
    values (${connectionId}, ${key.grantId}, ${key.generation}, ${sealer.seal(tokenContext(key, 'access'), grant.accessToken)},
      ${grant.refreshToken === null ? null : sealer.seal(tokenContext(key, 'refresh'), grant.refreshToken)},
      ${sealer.seal(clientContext(key), JSON.stringify(client))}, ${JSON.stringify(grant.scopesGranted)}, ${now},
      ${fields.accessExpiresAt}, ${fields.refreshExpiresAt}, ${fields.renewAt}, ${fields.keepAliveAt}, 'connected', ${now})`
}

/**
 * Nothing is left that could be used. The row stays, so that an answer on its way meets a newer generation, and so does what is under way,
 * so that whoever has a copy of the grant can wait for its end.
 */
export function* dropGrant(database: TokenDatabase, connectionId: string): Steps<void> {
  const { row, now } = yield* lockRow(database, connectionId)
  if (!row) return
  yield sql`delete from connection_tokens where connection_id = ${connectionId}`
  yield sql`insert into connection_tokens (connection_id, grant_id, generation, scopes, obtained_at, state, since)
    values (${connectionId}, ${row.grantId}, ${row.generation + 1}, '[]', ${now}, 'disconnected', ${now})`
}

/** Another machine holds the grant from now on. What is known of it stays, without anything that opens to a token. */
export function* releaseGrant(database: TokenDatabase, connectionId: string): Steps<void> {
  const { row, now } = yield* lockRow(database, connectionId)
  if (!row) return
  yield* forgetGrant(connectionId)
  yield sql`insert into connection_tokens (connection_id, grant_id, generation, scopes, obtained_at, state, since)
    values (${connectionId}, ${row.grantId}, ${row.generation + 1}, ${JSON.stringify(row.scopes)}, ${now}, 'connected', ${now})`
}

/** What is known of a grant that another machine holds, in place of whatever the connection held here. */
export function* noteGrant(
  database: TokenDatabase,
  connectionId: string,
  { scopesGranted, renewable, accessExpiresAt }: { scopesGranted: readonly string[]; renewable: boolean; accessExpiresAt: number | null },
): Steps<void> {
  const { row, now } = yield* lockRow(database, connectionId)
  yield* forgetGrant(connectionId)
  yield sql`insert into connection_tokens (connection_id, grant_id, generation, scopes, obtained_at, access_expires_at, state, since)
    values (${connectionId}, ${randomUUID()}, ${(row?.generation ?? 0) + 1}, ${JSON.stringify(scopesGranted)}, ${now},
      ${renewable ? null : accessExpiresAt}, 'connected', ${now})`
}

/**
 * The row, locked. `isQuiet`: no attempt is unfinished, or ended without an answer so lately that its request may still reach the provider.
 * Otherwise `heldBy` names the process in the way, where that is known.
 */
export function* lockQuietly(
  database: TokenDatabase,
  connectionId: string,
  drainMs: number,
): Steps<{ row: TokenRow | null; now: number; isQuiet: boolean; heldBy: string | null }> {
  const { row, now } = yield* lockRow(database, connectionId)
  const attempts = row ? yield* attemptsOf(row) : []
  const inTheWay = attempts.filter(each => each.state !== 'closed' || now < (each.closedAt ?? now) + drainMs)
  return { row, now, isQuiet: inTheWay.length === 0, heldBy: inTheWay.find(each => each.state !== 'closed')?.owner ?? null }
}

/** Whether there is something to hand to another machine: a grant that has not ended. */
export const canMove = (row: TokenRow | null): row is TokenRow =>
  row !== null && row.accessToken !== null && (row.state === 'connected' || row.state === 'retrying')

/** As if it had never been. Before another grant it leaves no column of the older one behind. */
export function* forgetGrant(connectionId: string): Steps<void> {
  yield sql`delete from refresh_attempts where connection_id = ${connectionId}`
  yield sql`delete from connection_tokens where connection_id = ${connectionId}`
}
