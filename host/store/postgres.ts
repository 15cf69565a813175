import { sql } from 'kysely'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { ColumnTypes, Engine, Steps } from './engine.ts'
import { openClients, type ClientOptions } from './postgres-clients.ts'
import { postgresDialect } from './postgres-dialect.ts'
import { createIndex, createTable, onlyGrows, tableOf, tablesThere } from './postgres-tables.ts'
import { openWakes } from './postgres-wakes.ts'

/** A Postgres database, shared by the apps of this process and by other processes. */
export type Postgres = {
  /** The records of an app, in a schema of its own that is made when it is first needed. Errors: `validation` for a name that cannot be one. */
  engineFor(schema: string): Engine
  /** Ends all connections. Transactions under way have been awaited before. */
  close(): Promise<void>
}

export type PostgresOptions = Partial<ClientOptions> & { lookEveryMs?: number; reconnectAfterMs?: number }

const address = z.string().regex(/^postgres(ql)?:\/\/\S+$/)
const schemaName = z.string().regex(/^(?!pg_|information_schema$|public$)[a-z0-9][a-z0-9_-]{0,62}$/)

const columnTypes: ColumnTypes = {
  serial: sql`bigint generated always as identity primary key`,
  integer: sql`bigint`,
  real: sql`double precision`,
  text: sql`text collate "C"`,
  bytes: sql`bytea`,
  strict: sql``,
  byKey: sql``,
}

/**
 * Connects when something is asked for, and again after a loss: while the database is away each request fails with `unavailable`, and
 * when it is back all goes on. Errors: `validation` for what is no address.
 */
export function openPostgres(url: string, options: PostgresOptions = {}): Postgres {
  if (!address.safeParse(url).success)
    throw new AppError('validation', 'DATABASE_URL must look like postgres://user:password@host/database.')
  const { connections = 10, statementTimeoutMs = 10_000, connectTimeoutMs = 5000, lookEveryMs = 5000, reconnectAfterMs = 500 } = options
  const clients = openClients(url, { connections, statementTimeoutMs, connectTimeoutMs })
  const wakes = openWakes({ url, lookEveryMs, reconnectAfterMs, connectTimeoutMs })

  function engineFor(schema: string): Engine {
    if (!schemaName.safeParse(schema).success)
      throw new AppError('validation', `“${schema}” cannot name a schema. Use lower-case letters, digits, _ and -.`)
    const engine: Engine = {
      query: query => clients.query(schema, query),
      transaction: (work, options) => clients.transaction(schema, work, options),
      migrate: (name, steps) => clients.transaction(schema, () => migration(engine, schema, name, steps), { isLong: true }),
      *lock(name) {
        yield sql`select pg_advisory_xact_lock(hashtextextended(${`${schema}/${name}`}, 0))`
      },
      forUpdate: sql`for update`,
      clock: sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
      forShare: sql`for share`,
      onlyGrows,
      types: columnTypes,
      peers: wakes.peersOf(schema),
      dialect: () => postgresDialect,
      tableOf,
      createTable,
      tablesThere,
      createIndex: (table, path) =>
        clients.transaction(
          schema,
          function* () {
            yield* engine.lock(table)
            yield* createIndex(table, path)
          },
          { isLong: true },
        ),
    }
    return engine
  }

  return {
    engineFor,
    async close() {
      await wakes.close()
      await clients.close()
    },
  }
}

function* migration({ lock }: Engine, schema: string, name: string, steps: () => Steps<void>): Steps<void> {
  yield* lock('migrations')
  yield sql`create schema if not exists ${sql.id(schema)}`
  yield sql`create table if not exists migrations (name text primary key, at text not null)`
  if ((yield sql`select 1 from migrations where name = ${name}`).length > 0) return
  yield* steps()
  yield sql`insert into migrations (name, at) values (${name}, ${new Date().toISOString()})`
}
