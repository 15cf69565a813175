import { sql } from 'kysely'
import type { AppDatabase } from './database.ts'
import type { Steps } from './engine.ts'
import type { Doc } from './values.ts'

/** Who caused a change. */
export type Author = { kind: 'flow' | 'function' | 'user'; name: string }

/** A committed change of one record. `before` is null for create, `after` for delete. `at` is an ISO time. `seq` grows without gaps between commits. */
export type Change = {
  seq: number
  entity: string
  id: string
  type: 'create' | 'update' | 'delete'
  before: Doc | null
  after: Doc | null
  at: string
  by: Author | null
}

/** Makes the outbox: what happened to records, written in the same transaction, for flows to read after a crash as well. JSON columns are text. */
export function createOutbox(database: AppDatabase): void {
  database.migrate(
    'changes',
    `create table changes (seq integer primary key autoincrement, entity text not null, id text not null,
      type text not null check (type in ('create', 'update', 'delete')), before text, after text, at text not null, by text) strict`,
  )
}

/** A step of the transaction that writes the record itself. */
export function* addChange(change: Omit<Change, 'seq'>): Steps<Change> {
  const { entity, id, type, before, after, at, by } = change
  const rows = yield sql`insert into changes (entity, id, type, before, after, at, by)
    values (${entity}, ${id}, ${type}, ${json(before)}, ${json(after)}, ${at}, ${json(by)}) returning seq`
  return { seq: Number(rows[0]?.seq), ...change }
}

/** Drops changes up to `upToSeq` that are older than `before` (ISO time). */
export function* dropChanges(upToSeq: number, before: string): Steps<void> {
  yield sql`delete from changes where seq <= ${upToSeq} and at < ${before}`
}

function json(value: Doc | Author | null): string | null {
  return value && JSON.stringify(value)
}
