import { sql } from 'kysely'
import type { ColumnTypes, Database, Steps } from '../../host/store/engine.ts'

/**
 * `users`, `sessions`, `accounts` and `verifications` are better-auth's, with its names for columns, ISO strings for times and 0 or 1 for
 * flags. In the relay's own tables times are epoch ms, and of each link only the SHA-256 of its secret part is kept.
 */
export async function createMemberTables(database: Database): Promise<void> {
  const { text, integer, strict } = database.types
  await database.migrate('accounts-1', () => accountTables(database.types))
  await database.migrate('members-1', function* () {
    yield sql`create table workspaces (id ${text} not null primary key, name ${text} not null, created_at ${integer} not null) ${strict}`
    yield sql`create table members (workspace_id ${text} not null references workspaces (id), user_id ${text} not null references users (id),
      role ${text} not null check (role in ('owner', 'admin', 'editor', 'viewer')), joined_at ${integer} not null,
      primary key (workspace_id, user_id)) ${strict}`
    yield sql`create table setup_links (token_hash ${text} not null primary key, created_at ${integer} not null) ${strict}`
    yield sql`create table invitations (id ${text} not null primary key, workspace_id ${text} not null references workspaces (id),
      token_hash ${text} not null unique, email ${text} not null, role ${text} not null, invited_by ${text} not null,
      created_at ${integer} not null, expires_at ${integer} not null, closed_at ${integer}) ${strict}`
    yield sql`create index invitations_by_email on invitations (workspace_id, email)`
    yield sql`create table reset_links (token_hash ${text} not null primary key, user_id ${text} not null references users (id) on delete cascade,
      created_at ${integer} not null, expires_at ${integer} not null) ${strict}`
  })
}

/** Those of better-auth, for whoever has people of its own. */
export function* accountTables({ text, integer, strict }: ColumnTypes): Steps<void> {
  const stamped = sql`"createdAt" ${text} not null, "updatedAt" ${text} not null`
  const ofUser = sql`"userId" ${text} not null references users (id) on delete cascade`
  yield sql`create table users (id ${text} not null primary key, name ${text} not null, email ${text} not null unique,
      "emailVerified" ${integer} not null, image ${text}, ${stamped}) ${strict}`
  yield sql`create table sessions (id ${text} not null primary key, token ${text} not null unique, "expiresAt" ${text} not null,
      "ipAddress" ${text}, "userAgent" ${text}, ${ofUser}, ${stamped}) ${strict}`
  yield sql`create index sessions_of_user on sessions ("userId")`
  yield sql`create table accounts (id ${text} not null primary key, "accountId" ${text} not null, "providerId" ${text} not null, ${ofUser},
      "accessToken" ${text}, "refreshToken" ${text}, "idToken" ${text}, "accessTokenExpiresAt" ${text}, "refreshTokenExpiresAt" ${text},
      scope ${text}, password ${text}, ${stamped}, unique ("providerId", "accountId")) ${strict}`
  yield sql`create index accounts_of_user on accounts ("userId")`
  yield sql`create table verifications (id ${text} not null primary key, identifier ${text} not null, value ${text} not null,
      "expiresAt" ${text} not null, ${stamped}) ${strict}`
  yield sql`create index verifications_by_identifier on verifications (identifier)`
}
