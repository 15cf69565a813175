import { sql } from 'kysely'
import { z } from 'zod'
import type { ColumnTypes, Database, Row, Steps } from './engine.ts'
import type { Doc } from './values.ts'

/** Who caused a change. `user` is the app's user behind it, by id, and `email` where it is known. */
export type Author = { kind: 'flow' | 'function' | 'user'; name: string; runId?: string; user?: string; email?: string }

/**
 * A committed change of one record. `before` is null for create, `after` for delete. `at` is an ISO time. Whoever has read up to a `seq`
 * has read all there will ever be up to it: numbers may be missing, but none is committed after a higher one.
 */
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

const outboxName = 'changes'

/** The outbox: what happened to records, written in the same transaction, for flows to read after a crash as well. JSON columns are text. */
function* outbox({ serial, text, strict }: ColumnTypes): Steps<void> {
  yield sql`create table changes (seq ${serial}, entity ${text} not null, id ${text} not null,
    type ${text} not null check (type in ('create', 'update', 'delete')), before ${text}, after ${text}, at ${text} not null, by ${text}) ${strict}`
}

/** Makes the outbox, unless another room that uses it has. */
export function createOutbox({ migrate, types }: Pick<Database, 'migrate' | 'types'>): Promise<void> {
  return migrate(outboxName, () => outbox(types))
}

/** As many rows as one insert takes: far from what databases allow, and most of what there is to win. */
export const rowsOfInsert = 100

/**
 * The last step of a transaction that writes records. From here to its end no other transaction takes a number: with numbers given
 * out earlier, the higher could be committed first, and a reader that went on from it would never see the lower.
 */
export function* addChanges({ lock }: Pick<Database, 'lock'>, changes: readonly Omit<Change, 'seq'>[]): Steps<Change[]> {
  if (changes.length > 0) yield* lock(outboxName)
  const added: Change[] = []
  for (let from = 0; from < changes.length; from += rowsOfInsert) {
    const some = changes.slice(from, from + rowsOfInsert)
    const values = some.map(
      ({ entity, id, type, before, after, at, by }) =>
        sql`(${entity}, ${id}, ${type}, ${json(before)}, ${json(after)}, ${at}, ${json(by)})`,
    )
    const rows = yield sql`insert into changes (entity, id, type, before, after, at, by) values ${sql.join(values)} returning seq`
    // Numbers are given in the order of the values, but may come back in another.
    const seqs = rows.map(({ seq }) => Number(seq)).sort((a, b) => a - b)
    added.push(...some.map((change, index) => ({ seq: seqs[index] ?? Number.NaN, ...change })))
  }
  return added
}

/** Changes after `seq`, in order. */
export async function readChanges(database: Pick<Database, 'query'>, seq: number, limit: number): Promise<Change[]> {
  return (await database.query(sql`select * from changes where seq > ${seq} order by seq limit ${limit}`)).map(toChange)
}

/** The number of the newest change, 0 when there is none. */
export function* newestChange(): Steps<number> {
  const [row] = yield sql`select coalesce(max(seq), 0) as seq from changes`
  return Number(row?.seq)
}

/** Drops changes up to `upToSeq` that are older than `before` (ISO time). */
export function* dropChanges(upToSeq: number, before: string): Steps<void> {
  yield sql`delete from changes where seq <= ${upToSeq} and at < ${before}`
}

function json(value: Doc | Author | null): string | null {
  return value && JSON.stringify(value)
}

const changeRow = z.object({
  seq: z.number(),
  entity: z.string(),
  id: z.string(),
  type: z.enum(['create', 'update', 'delete']),
  before: z.string().nullable(),
  after: z.string().nullable(),
  at: z.string(),
  by: z.string().nullable(),
})

function toChange(row: Row): Change {
  const { before, after, by, ...rest } = changeRow.parse(row)
  return { ...rest, before: parse<Doc>(before), after: parse<Doc>(after), by: parse<Author>(by) }
}

/** Only for what `json` has written. */
function parse<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T)
}
