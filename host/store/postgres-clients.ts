import { sql, DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import pg from 'pg'
import type { Query, Row, Steps, TransactionOptions } from './engine.ts'
import { explainLostCommit, explainPostgresError, isConnectionLost, wasBeaten } from './postgres-errors.ts'

export type ClientOptions = {
  /** How many connections this process may have at a time, besides the one that listens. */
  connections: number
  /** After this a query is stopped by the server, and a little later given up here. */
  statementTimeoutMs: number
  connectTimeoutMs: number
}

/** Queries and transactions of many schemas over a few connections of one process. */
export type Clients = {
  query(schema: string, query: Query): Promise<Row[]>
  /** `isLong` for work on whole tables: it has no time limit. */
  transaction<T>(schema: string, work: () => Steps<T>, options?: TransactionOptions & { isLong?: boolean }): Promise<T>
  close(): Promise<void>
}

const tries = 6
/** A process that stands still in a transaction keeps others from its rows no longer than this. */
const idleInTransactionMs = 8000
/** The server stops a query first and says so; only one that does not even do that is given up here. */
const patience = 1.5

/**
 * A transaction gives its locks up before it waits for the disk, so that those who wait for them share that wait: it commits without,
 * then makes all that was logged so far durable by a message that says nothing. What others have read of it meanwhile and commit comes
 * later in the log, so nothing durable is built on what could still be lost.
 */
const begin = sql`begin; set local synchronous_commit = off`
const beginLong = sql`begin; set local synchronous_commit = off; set local statement_timeout = 0`
const commitHastily = sql`commit`
const commitWrites = sql`commit; select pg_logical_emit_message(true, 'plugboard', '')`
/** A select may have written all the same, by a function or inside `with`: then this waits as usual, and else for nothing. */
const commitReads = sql`set local synchronous_commit to default; commit`

/** Only says queries in SQL: connections are ours, as each has to be on the right schema. */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: db => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

export function openClients(url: string, { connections, statementTimeoutMs, connectTimeoutMs }: ClientOptions): Clients {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    keepAlive: true,
    application_name: 'plugboard',
    types: plainTypes(),
  })
  // Without listeners a connection that ends while nobody uses it would end the process. Whoever needs the next one is told.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  const schemas = new WeakMap<pg.PoolClient, string>()

  async function use<T>(schema: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    try {
      if (schemas.get(client) !== schema) {
        await client.query(`set search_path to ${pg.escapeIdentifier(schema)}`)
        schemas.set(client, schema)
      }
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      client.release(isConnectionLost(error))
      throw error
    }
  }

  function runner(client: pg.PoolClient, timeoutMs: number | undefined) {
    return (query: Query) => {
      const { sql: text, parameters } = query.compile(compiler)
      return client.query<Row>({ text, values: [...parameters], query_timeout: timeoutMs } as pg.QueryConfig)
    }
  }

  async function attempt<T>(client: pg.PoolClient, work: () => Steps<T>, isLong: boolean, mayBeLost: boolean): Promise<T> {
    const run = runner(client, isLong ? undefined : statementTimeoutMs * patience)
    await run(isLong ? beginLong : begin)
    try {
      let hasWritten = false
      const steps = work()
      let step = steps.next()
      while (!step.done) {
        const { rows, command } = await run(step.value)
        hasWritten ||= command !== 'SELECT'
        step = steps.next(rows)
      }
      await run(mayBeLost ? commitHastily : hasWritten ? commitWrites : commitReads).catch(error => {
        throw isConnectionLost(error) ? explainLostCommit(error) : error
      })
      return step.value
    } catch (error) {
      // On a connection that does not answer, a rollback would wait for ever; the server makes it when the connection ends.
      if (!isConnectionLost(error)) await client.query('rollback')
      throw error
    }
  }

  return {
    async query(schema, query) {
      try {
        const { rows } = await use(schema, client => runner(client, statementTimeoutMs * patience)(query))
        return rows
      } catch (error) {
        throw explainPostgresError(error)
      }
    },
    async transaction(schema, work, { isLong = false, mayBeLost = false } = {}) {
      for (let tried = 1; ; tried++) {
        try {
          return await use(schema, client => attempt(client, work, isLong, mayBeLost))
        } catch (error) {
          if (!wasBeaten(error) || tried === tries) throw explainPostgresError(error)
          // Those who were in each other's way come back at different times.
          await new Promise(resolve => setTimeout(resolve, Math.random() * 10 * 2 ** tried))
        }
      }
    },
    close: () => pool.end(),
  }
}

const int8 = 20
const json = 114
const jsonb = 3802

/** As SQLite gives them: counts and 64-bit integers are numbers, JSON is text. */
function plainTypes(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides()
  types.setTypeParser(int8, Number)
  for (const type of [json, jsonb]) types.setTypeParser(type, String)
  return types
}
