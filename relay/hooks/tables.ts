import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'

/**
 * `release_hooks`: the addresses that a release has. They are live with it, so that publishing and rolling back switch both at once.
 * `hook_secrets`: of a hook by its name and kind, whichever releases have it.
 * `hook_inbox`: requests that were answered. `delivery` is their content until a run has it; `due_at` null then. `flow` is the one that has
 * it. `reason`: why it was given up, or could not be handed on the last time. `hook_refusals`: the last request that was refused for each
 * reason. Times are epoch ms.
 */
export async function createHookTables(database: Database): Promise<void> {
  const { serial, text, integer, strict } = database.types
  await database.migrate('hooks-1', function* () {
    yield sql`create table release_hooks (app_id ${text} not null, release_id ${text} not null, name ${text} not null, flow ${text} not null,
      title ${text} not null, source ${text} not null, signature_header ${text} not null, is_active ${integer} not null,
      primary key (app_id, release_id, name),
      foreign key (app_id, release_id) references releases (app_id, id) on delete cascade) ${strict}`
    yield sql`create table hook_secrets (app_id ${text} not null references apps (id), name ${text} not null, source ${text} not null,
      sealed ${text} not null, changed_at ${integer} not null, primary key (app_id, name, source)) ${strict}`
    yield sql`create table hook_inbox (seq ${serial}, app_id ${text} not null references apps (id), hook ${text} not null, flow ${text} not null,
      delivery_id ${text} not null, delivery ${text}, received_at ${integer} not null, due_at ${integer}, tries ${integer} not null,
      unique (app_id, hook, delivery_id)) ${strict}`
    yield sql`create index hook_inbox_due on hook_inbox (due_at) where due_at is not null`
    yield sql`create index hook_inbox_of_app on hook_inbox (app_id, seq) where due_at is not null`
    yield sql`create index hook_inbox_by_age on hook_inbox (received_at)`
  })
  await database.migrate('hooks-2', function* () {
    yield sql`alter table hook_inbox add column given_up ${integer} not null default 0`
    yield sql`create index hook_inbox_of_hook on hook_inbox (app_id, hook, seq)`
    yield sql`create table hook_refusals (app_id ${text} not null references apps (id), hook ${text} not null, reason ${text} not null,
      refused_at ${integer} not null, primary key (app_id, hook, reason)) ${strict}`
  })
  await database.migrate('hooks-3', function* () {
    yield sql`alter table hook_inbox add column reason ${text}`
  })
}
