import type { RawBuilder } from 'kysely'
import type { Dialect } from './dialect.ts'

export type Row = Record<string, unknown>

/**
 * The steps of a transaction: a generator that yields queries and is handed their rows. SQLite runs it in one go, so nothing else of
 * the process can come in between; Postgres will await each query on one client. The work itself is written once.
 */
export type Steps<T> = Generator<RawBuilder<unknown>, T, Row[]>

/** A database that keeps records: the seam between the store and SQLite or, later, Postgres. */
export type Engine = {
  query(query: RawBuilder<unknown>): Promise<Row[]>
  /** All or nothing, durable when it resolves. */
  transaction<T>(work: () => Steps<T>): Promise<T>
  dialect(indexed: ReadonlySet<string>): Dialect
  /** Locks the rows of a select until the end of the transaction. */
  forUpdate: RawBuilder<unknown>
  /** Makes the entity's table. */
  createTable(table: string): Steps<void>
  /** The paths that have an index. */
  indexedPaths(table: string): Steps<Set<string>>
  /** An index that serves =, $in, ranges, prefixes, sorting and cursors on one field, for values of any type. */
  createIndex(table: string, path: readonly string[]): Steps<void>
}
