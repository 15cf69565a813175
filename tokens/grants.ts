import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Steps } from '../host/store/engine.ts'
import type { Grant } from '../oauth/grant.ts'
import type { OAuthClient } from '../oauth/server.ts'
import type { TokenDatabase } from './database.ts'
import { grantFields, type Lives } from './grant-fields.ts'
import { lockRow } from './rows.ts'
import { clientContext, tokenContext, type Sealer } from './sealer.ts'

/** A grant that the user has just given, in place of whatever the connection held. Answers to what was sent before it count no more. */
export function* adoptGrant(
  { database, sealer }: { database: TokenDatabase; sealer: Sealer },
  connectionId: string,
  { grant, client, lives }: { grant: Grant; client: OAuthClient; lives: Lives },
): Steps<void> {
  const { row, now } = yield* lockRow(database, connectionId)
  const key = { connectionId, grantId: randomUUID(), generation: (row?.generation ?? 0) + 1 }
  const fields = grantFields(grant, lives, now, null)
  yield* forgetGrant(connectionId)
  yield sql`insert into connection_tokens (connection_id, grant_id, generation, access_token, refresh_token, client, scopes, obtained_at,
      access_expires_at, refresh_expires_at, renew_at, keep_alive_at, state, since)
    values (${connectionId}, ${key.grantId}, ${key.generation}, ${sealer.seal(tokenContext(key, 'access'), grant.accessToken)},
      ${grant.refreshToken === null ? null : sealer.seal(tokenContext(key, 'refresh'), grant.refreshToken)},
      ${sealer.seal(clientContext(key), JSON.stringify(client))}, ${JSON.stringify(grant.scopesGranted)}, ${now},
      ${fields.accessExpiresAt}, ${fields.refreshExpiresAt}, ${fields.renewAt}, ${fields.keepAliveAt}, 'connected', ${now})`
}

/** Nothing is left that could be used. The row stays, so that an answer on its way meets a newer generation. */
export function* dropGrant(database: TokenDatabase, connectionId: string): Steps<void> {
  const { row, now } = yield* lockRow(database, connectionId)
  if (!row) return
  yield* forgetGrant(connectionId)
  yield sql`insert into connection_tokens (connection_id, grant_id, generation, scopes, obtained_at, state, since)
    values (${connectionId}, ${row.grantId}, ${row.generation + 1}, '[]', ${now}, 'disconnected', ${now})`
}

/** As if it had never been. Before another grant it leaves no column of the older one behind. */
export function* forgetGrant(connectionId: string): Steps<void> {
  yield sql`delete from refresh_attempts where connection_id = ${connectionId}`
  yield sql`delete from connection_tokens where connection_id = ${connectionId}`
}
