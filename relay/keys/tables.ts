import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'

/** Times are epoch ms. */
export async function createKeyTables(database: Database): Promise<void> {
  await database.migrate('keys-1', function* () {
    const { text, integer, strict } = database.types
    yield sql`create table data_keys (id ${text} not null primary key, workspace_id ${text} not null, master_key_id ${text} not null,
      wrapped ${text} not null, created_at ${integer} not null) ${strict}`
    yield sql`create index data_keys_of_workspace on data_keys (workspace_id, created_at)`
    yield sql`create table relay_secrets (name ${text} not null, sealed ${text} not null, made_at ${integer} not null,
      primary key (name, sealed)) ${strict}`
  })
  // Which master key is in use instead of one that a rotation replaced.
  await database.migrate('keys-2', function* () {
    const { text, strict } = database.types
    yield sql`create table replaced_master_keys (id ${text} not null primary key, replaced_by ${text} not null) ${strict}`
  })
}
