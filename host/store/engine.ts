import type { RawBuilder } from 'kysely'
import type { Dialect } from './dialect.ts'

export type Row = Record<string, unknown>

/** What a database runs: Kysely's `sql`, or a `statement` of it. */
export type Query = Pick<RawBuilder<unknown>, 'compile'>

/**
 * The steps of a transaction: a generator that yields queries (Kysely's `sql`) and is handed their rows. SQLite runs it in one go, so
 * nothing else of the process comes in between; Postgres awaits each query on one client. The work itself is written once. It may be
 * run again from its start, when a transaction was beaten by another: it has no effect but its queries and what it returns. A query
 * that fails ends the transaction.
 */
export type Steps<T> = Generator<Query, T, Row[]>

/**
 * The seam between a room that keeps tables (records, the journals of flows and calls, the activity log, tokens) and SQLite or Postgres:
 * the file of an app here, a schema of its own there. What a room keeps is written once:
 *
 *     await database.migrate('flow-calls', function* () {
 *       const { text, integer, strict } = database.types
 *       yield sql`create table flow_calls (step ${text} not null, nth ${integer} not null, output ${text}) ${strict}`
 *     })
 *     const noted = await database.transaction(function* () {
 *       const [row] = yield sql`select output from flow_calls where step = ${step} ${database.forUpdate}`
 *       if (!row) yield sql`insert into flow_calls (step, nth) values (${step}, ${nth})`
 *       return row === undefined
 *     })
 *
 * What holds in both: integers and counts come back as numbers, JSON is kept as text, and `text` compares by code point. Write `is not
 * distinct from` for what may be null, `on conflict … do update` and `returning`; select no booleans (1 in SQLite, true in Postgres).
 * Errors are AppErrors where the user can do something: `unavailable` with a sentence for a database that is away, full, locked or
 * damaged, `timeout` for a query that took too long.
 */
export type Database = {
  /** One statement, which is a transaction of its own. */
  query(query: Query): Promise<Row[]>
  /**
   * All or nothing, durable when it resolves. On SQLite transactions that are asked for in the same turn share one commit, and so one
   * wait for the disk; one that fails does not take the others down.
   */
  transaction<T>(work: () => Steps<T>, options?: TransactionOptions): Promise<T>
  /** Runs `steps` once in the life of this database, whole or not at all, and of processes that start at once in one. Changed steps need a new name. */
  migrate(name: string, steps: () => Steps<void>): Promise<void>
  /** Nobody else is past this line with the same name until the end of the transaction. For what no row can be locked for: “add unless there”. */
  lock(name: string): Steps<void>
  /** Ends a select whose rows nobody else may change or lock until the end of the transaction. */
  forUpdate: RawBuilder<unknown>
  /** The same, but others may read them like this too. */
  forShare: RawBuilder<unknown>
  /** From then on, in a migration: rows of this table are added and read, and whoever tries to change or remove one is refused. */
  onlyGrows(table: string): Steps<void>
  /** The time now by the database, in epoch ms: processes may disagree about it, the database does not. */
  clock: RawBuilder<unknown>
  types: ColumnTypes
  /** The other processes that work on this database. Null when there can be none. */
  peers: Peers | null
}

/** `mayBeLost`: does not wait for the disk. The newest of them go with a loss of power, and only then. */
export type TransactionOptions = { mayBeLost?: boolean }

/**
 * How columns are declared. `bytes` takes and gives a Uint8Array, `serial` is a number that the database gives, in order; `strict` ends a `create table`, and `byKey` one whose
 * rows are kept in the order of its primary key where the database can.
 */
export type ColumnTypes = Record<'serial' | 'integer' | 'real' | 'text' | 'bytes' | 'strict' | 'byKey', RawBuilder<unknown>>

/** Steps that only read, each query by itself: for what need not be seen at one moment. */
export async function ask<T>(database: Pick<Database, 'query'>, steps: Steps<T>): Promise<T> {
  let step = steps.next()
  while (!step.done) step = steps.next(await database.query(step.value))
  return step.value
}

/** Word between processes that something was committed. It may be lost with its sender, so who waits looks by itself now and then as well. */
export type Peers = {
  /** Tells the others, soon and without waiting. */
  wake(): void
  /** Called when another process has committed, and when word of that may have been lost. Returns how to stop. */
  onWake(listener: () => void): () => void
}

/** A database that keeps records. */
export type Engine = Database & {
  dialect(indexed: ReadonlySet<string>): Dialect
  /** The table that keeps an entity's records: no two entities share one, whatever their names. */
  tableOf(entity: string): string
  /** Makes the entity's table. */
  createTable(table: string): Steps<void>
  /** Of these tables, those that are there, each with the paths that have an index. */
  tablesThere(tables: readonly string[]): Steps<Map<string, Set<string>>>
  /** Makes an index, unless it is there, that serves =, $in, ranges, prefixes, sorting and cursors on one field, for values of any type. */
  createIndex(table: string, path: readonly string[]): Promise<void>
}
