import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'
import { accountTables } from '../members/tables.ts'

/**
 * The people of one app, in the app's own database. `memberId`: the member of the workspace who this is. `isInvited`: 1 when a member let
 * them in by their e-mail. `askedAt`: when they asked for a new password. Of each link only the SHA-256 of its secret part is kept.
 * `departed_users`: who is no user any more, while what they had connected has still to be ended.
 */
export async function createAppUserTables(database: Database): Promise<void> {
  const { text, integer, strict } = database.types
  await database.migrate('app-users-1', function* () {
    yield* accountTables(database.types)
    yield sql`alter table users add column "memberId" ${text}`
    yield sql`alter table users add column "isInvited" ${integer} not null default 0`
    yield sql`alter table users add column "askedAt" ${integer}`
    yield sql`create unique index users_by_member on users ("memberId")`
    yield sql`create table links (id ${text} not null primary key, kind ${text} not null check (kind in ('invitation', 'password')),
      token_hash ${text} not null unique, email ${text} not null, created_at ${integer} not null, expires_at ${integer} not null,
      closed_at ${integer}) ${strict}`
    yield sql`create index links_by_email on links (email)`
    yield sql`create table asks (email ${text} not null primary key, name ${text} not null, asked_at ${integer} not null) ${strict}`
  })
  await database.migrate('app-users-2', function* () {
    yield sql`create table departed_users (user_id ${text} not null primary key, member_id ${text}) ${strict}`
  })
}
