import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'

/**
 * Codes and tokens are kept as SHA-256 alone. Tokens are given in pairs; `parent` is the pair whose refresh token was exchanged for this
 * one. Times are epoch ms.
 */
export async function createDesktopTables(database: Database): Promise<void> {
  await database.migrate('desktops-1', function* () {
    const { text, integer, strict } = database.types
    yield sql`create table desktops (id ${text} not null primary key, workspace_id ${text} not null, user_id ${text} not null references users (id),
      name ${text} not null, created_at ${integer} not null, used_at ${integer} not null, ended_at ${integer}) ${strict}`
    yield sql`create index desktops_of_user on desktops (user_id)`
    yield sql`create table desktop_codes (code_hash ${text} not null primary key, workspace_id ${text} not null, user_id ${text} not null,
      name ${text} not null, redirect_uri ${text} not null, challenge ${text} not null, expires_at ${integer} not null, desktop_id ${text}) ${strict}`
    yield sql`create table desktop_tokens (token_hash ${text} not null primary key, desktop_id ${text} not null references desktops (id),
      kind ${text} not null check (kind in ('access', 'refresh')), pair ${text} not null, parent ${text},
      state ${text} not null check (state in ('live', 'spent', 'dropped')), expires_at ${integer} not null) ${strict}`
    yield sql`create index desktop_tokens_of_desktop on desktop_tokens (desktop_id, pair)`
  })
}
