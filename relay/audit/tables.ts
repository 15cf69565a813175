import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'

/**
 * Times are epoch ms. `actor` is the id of a member, `app_user` the e-mail of a user of an app as it was then: who they are is known to the
 * app alone. `audit_uses` holds what is still counted: `hour` is the beginning of the hour, `n` how often so far. `account_uses` says when a
 * connection was used last.
 */
export async function createAuditTables(database: Database): Promise<void> {
  const { serial, text, integer, strict } = database.types
  await database.migrate('audit-1', function* () {
    yield sql`create table audit (id ${serial}, at ${integer} not null, workspace_id ${text} not null, actor ${text}, action ${text} not null,
      subject ${text} not null, detail ${text}, ip ${text}) ${strict}`
    yield sql`create index audit_of_workspace on audit (workspace_id, id)`
  })
  await database.migrate('audit-2', function* () {
    yield sql`alter table audit add column app_id ${text}`
    yield sql`update audit set app_id = subject where action in ('app.published', 'app.rolled_back')`
    yield* database.onlyGrows('audit')
    yield sql`create table audit_counts (workspace_id ${text} not null, hour ${integer} not null, action ${text} not null, actor ${text} not null,
      app_id ${text} not null, subject ${text} not null, detail ${text} not null, n ${integer} not null,
      primary key (workspace_id, hour, action, actor, app_id, subject, detail)) ${strict}`
  })
  await database.migrate('audit-3', function* () {
    yield sql`alter table audit add column app_user ${text}`
    yield sql`create table audit_uses (workspace_id ${text} not null, hour ${integer} not null, action ${text} not null, actor ${text} not null,
      app_user ${text} not null, app_id ${text} not null, subject ${text} not null, detail ${text} not null, n ${integer} not null,
      primary key (workspace_id, hour, action, actor, app_user, app_id, subject, detail)) ${strict}`
    yield sql`insert into audit_uses (workspace_id, hour, action, actor, app_user, app_id, subject, detail, n)
      select workspace_id, hour, action, actor, '', app_id, subject, detail, n from audit_counts`
    yield sql`drop table audit_counts`
    yield sql`create table account_uses (connection_id ${text} not null primary key, workspace_id ${text} not null, used_at ${integer} not null)
      ${strict}`
    yield sql`create index account_uses_of_workspace on account_uses (workspace_id)`
  })
}
