import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'

/**
 * `own_accounts`: what users of published apps have connected, one for each app, user and connector; their tokens are in
 * `connection_tokens`, sealed. `email`: of the user, whom only the app knows besides. `own_account_flows`: the flows that a user lets use such an account with nobody present. Times are epoch ms.
 */
export async function createOwnAccountTables(database: Database): Promise<void> {
  await database.migrate('own-accounts-1', function* () {
    const { text, integer, strict, byKey } = database.types
    yield sql`create table own_accounts (connection_id ${text} not null primary key, workspace_id ${text} not null, app_id ${text} not null,
      user_id ${text} not null, connector ${text} not null, practice ${integer} not null, account ${text} not null, facts ${text} not null,
      connected_at ${integer} not null) ${strict}`
    yield sql`create unique index own_account_of_user on own_accounts (app_id, user_id, connector)`
    yield sql`create table own_account_flows (app_id ${text} not null, flow ${text} not null, connector ${text} not null, user_id ${text} not null,
      agreed_at ${integer} not null, primary key (app_id, flow, connector, user_id)) ${byKey}`
    yield sql`create index own_account_flows_of_user on own_account_flows (app_id, user_id)`
  })
  await database.migrate('own-accounts-2', function* () {
    yield sql`alter table own_accounts add column email ${database.types.text} not null default ''`
  })
}
