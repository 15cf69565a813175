import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'

/**
 * `oauth_clients`: one of each provider is current; earlier ones stay for what was connected with them; secrets are sealed. `sign_ins`: those that are under way. States are kept as SHA-256, and the
 * rest, among it the PKCE verifier, sealed. `account_requests`: who wants which account connected; `wish` is JSON, `sealed` holds what a
 * sign-in brought until it is kept, `outcome` what came of it. Times are epoch ms.
 */
export async function createOAuthTables(database: Database): Promise<void> {
  await database.migrate('oauth-1', function* () {
    const { text, integer, strict } = database.types
    yield sql`create table oauth_clients (workspace_id ${text} not null, provider ${text} not null, client_id ${text} not null, secret ${text},
      is_current ${integer} not null, saved_by ${text} not null, saved_at ${integer} not null, primary key (workspace_id, provider, client_id)) ${strict}`
    yield sql`create table sign_ins (state_hash ${text} not null primary key, workspace_id ${text} not null, browser_hash ${text} not null,
      sealed ${text} not null, expires_at ${integer} not null) ${strict}`
    yield sql`create index sign_ins_by_end on sign_ins (expires_at)`
  })
  await database.migrate('oauth-2', function* () {
    const { text, integer, strict } = database.types
    yield sql`create table account_requests (id ${text} not null primary key, workspace_id ${text} not null, user_id ${text} not null,
      desktop_id ${text}, state ${text} not null check (state in ('waiting', 'signed_in', 'kept', 'failed')), wish ${text} not null,
      sealed ${text}, outcome ${text}, expires_at ${integer} not null) ${strict}`
    yield sql`create index account_requests_by_end on account_requests (expires_at)`
  })
}
