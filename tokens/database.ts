import type { RawBuilder } from 'kysely'
import type { Database } from '../host/store/engine.ts'

/** Where tokens are kept, SQLite now. `now` is the database's clock, in epoch ms: processes may disagree about the time, it does not. */
export type TokenDatabase = Pick<Database, 'query' | 'transaction' | 'forUpdate'> & { now(): RawBuilder<unknown> }
