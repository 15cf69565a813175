import { sql } from 'kysely'
import { createOutbox } from '../store/changes.ts'
import type { ColumnTypes, Database, Steps } from '../store/engine.ts'

/** Makes what flows keep, and the outbox that they read. */
export async function createFlowTables(database: Database): Promise<void> {
  const { types } = database
  await createOutbox(database)
  await database.migrate('flows', () => journal(types))
  await database.migrate('flows-permission', () => permissions(types))
  await database.migrate('flow-calls', () => calls(types))
  await database.migrate('flow-triggers', () => triggers(types))
  await database.migrate('flow-run-users', () => runUsers(types))
}

/**
 * Times are epoch milliseconds. `output` of a step is what people see (masked, cut); `carry` is the whole value when that differs, kept
 * while later steps may need it. `occurrence` names the scheduled moment a run is for: no moment starts a flow twice.
 */
function* journal({ serial, integer, text, strict, byKey }: ColumnTypes): Steps<void> {
  yield sql`create table flow_definitions (hash ${text} primary key, definition ${text} not null) ${byKey}`
  yield sql`create table flow_runs (
    seq ${serial}, id ${text} not null unique, kind ${text} not null, name ${text} not null, cause ${text} not null, state ${text} not null,
    definition ${text}, trigger ${text} not null, occurrence ${text} unique, depth ${integer} not null, position ${integer},
    steps_done ${integer} not null default 0, steps_total ${integer} not null, wake_at ${integer}, waiting_for ${text}, error ${text},
    created_at ${integer} not null, started_at ${integer}, finished_at ${integer}) ${strict}`
  yield sql`create index flow_runs_due on flow_runs (wake_at, seq) where wake_at is not null`
  yield sql`create index flow_runs_by_name on flow_runs (kind, name, seq)`
  yield sql`create table flow_steps (
    run ${integer} not null references flow_runs (seq) on delete cascade, n ${integer} not null, name ${text} not null, title ${text} not null,
    kind ${text} not null, connector ${text}, state ${text} not null, attempt ${integer} not null, tries ${integer} not null, input ${text},
    output ${text}, carry ${text}, error ${text}, logs ${text}, started_at ${integer}, finished_at ${integer}, primary key (run, n)) ${byKey}`
}

function* permissions({ integer }: ColumnTypes): Steps<void> {
  yield sql`alter table flow_runs add column waiting_since ${integer}`
  yield sql`update flow_runs set waiting_for = 'permission' where waiting_for = 'connection'`
  yield sql`update flow_runs set waiting_since = coalesce(started_at, created_at) where waiting_for is not null`
  yield sql`create index flow_runs_permission on flow_runs (seq) where waiting_for = 'permission'`
}

function* calls({ integer, text, byKey }: ColumnTypes): Steps<void> {
  yield sql`create table flow_calls (step ${text} not null, call ${text} not null, nth ${integer} not null, output ${text},
    primary key (step, call, nth)) ${byKey}`
}

function* triggers({ integer, text, strict, byKey }: ColumnTypes): Steps<void> {
  yield sql`create table flow_cursor (one ${integer} primary key check (one = 1), seq ${integer} not null) ${strict}`
  yield sql`create table flow_triggers (flow ${text} primary key, spec ${text} not null, since ${integer} not null, next_at ${integer}) ${byKey}`
}

/** The app's user whose own accounts a run may use. */
function* runUsers({ text }: ColumnTypes): Steps<void> {
  yield sql`alter table flow_runs add column app_user ${text}`
}
