import type { RawBuilder } from 'kysely'
import type { Doc } from './values.ts'

/**
 * A place in a record, as SQL expressions that are never NULL and compare alike in every database. Sorting by (rank, num, key) is
 * the order of values of order.ts; `key` is the first 256 characters of `text`, short enough for any index.
 */
export type Place = {
  rank: RawBuilder<number>
  num: RawBuilder<number>
  key: RawBuilder<string>
  text: RawBuilder<string>
  exists: RawBuilder<boolean>
  /** What to sort by. */
  sort: readonly RawBuilder<unknown>[]
  /** The number of items, only meaningful for arrays. */
  size: RawBuilder<number>
  /** True if an item of this array fulfils the condition. */
  some(condition: (item: Place) => RawBuilder<boolean>): RawBuilder<boolean>
  child(path: readonly string[]): Place
  matches(source: string): RawBuilder<boolean>
  contains(part: string): RawBuilder<boolean>
}

/** How records are read in one database: all in which Postgres differs from SQLite. */
export type Dialect = {
  /** A field of the entity's own, inside `data`. */
  field(path: readonly string[]): Place
  /** A built-in field, which has a column of its own where '' stands for null. */
  column(name: string): Place
  /** A record's own fields from the column `data`, keys in order. */
  document(data: unknown): Doc
}
