import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'

/**
 * `seq` counts every change of a row; `stretch` is what the protocol calls `by`; `pending` is what was promised, sealed; `about` is what the
 * relay was told of the connection, as JSON; `keeper` names the desktop that speaks of it. `custody_run` has one row: the incarnation of this data. `custody_ledger`
 * has one, too: the ledger that is kept beside it. Times are epoch ms, flags 0 or 1.
 */
export async function createCustodyTables(database: Database): Promise<void> {
  await database.migrate('custody-1', function* () {
    const { text, integer, strict } = database.types
    yield sql`create table custody (connection_id ${text} not null primary key, workspace_id ${text} not null, user_id ${text} not null,
      app_id ${text} not null,      role ${text} not null check (role in ('none', 'active', 'returning', 'released', 'off')), turn ${integer} not null, own ${integer} not null,
      own_floor ${integer} not null, seq ${integer} not null, unsure ${integer} not null, stretch ${text} not null, pending_turn ${integer},
      pending ${text}, about ${text}, desktop ${text} not null, since ${integer} not null) ${strict}`
    yield sql`create index custody_of_workspace on custody (workspace_id, app_id)`
    yield sql`create table custody_run (id ${text} not null primary key, number ${integer} not null) ${strict}`
  })
  await database.migrate('custody-2', function* () {
    yield sql`alter table custody add column keeper ${database.types.text} not null default ''`
  })
  await database.migrate('custody-3', function* () {
    const { text, strict } = database.types
    yield sql`create table custody_ledger (id ${text} not null primary key) ${strict}`
  })
}
