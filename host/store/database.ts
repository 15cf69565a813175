import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteDialect, SqliteDriver, type CompiledQuery, type Driver } from 'kysely'
import { explainDatabaseError } from './errors.ts'
import { pattern } from './matches.ts'

/** Rooms describe their own tables: `database.db.withTables<{ runs: RunTable }>()`. */
export type Tables = Record<string, Record<string, unknown>>

/**
 * An app's one database file, shared by the store, the journal and the activity log. There is one connection and it is synchronous, so a
 * transaction runs to its end without anything else of this process in between: that is why it takes a plain function.
 */
export type AppDatabase = {
  file: string
  /** For queries of one statement. It has no transactions of its own: `db.transaction()` throws. */
  db: Kysely<Tables>
  /** For the hot path: prepare once, run often. */
  sqlite: DatabaseSync
  /** All or nothing, durable when it returns. A transaction inside another becomes part of it. Throws `unavailable` for a full disk and its like. */
  transaction<T>(work: () => T): T
  /** Runs a compiled query now, with its statement kept prepared. */
  run(query: CompiledQuery): Record<string, unknown>[]
  /** Runs `script` once in the life of this file, whole or not at all. A changed script needs a new name. */
  migrate(name: string, script: string | (() => void)): void
  close(): void
}

/**
 * Opens or makes an app's database: WAL, and FULL so that a commit survives a loss of power. Throws `unavailable` with a sentence for
 * the user when the file is damaged (it is kept as it is), read-only, or in a folder that is not there.
 */
export function openDatabase(file: string): AppDatabase {
  const explain = (error: unknown) => explainDatabaseError(error, file)
  const sqlite = open(file, explain)
  sqlite.function('re_test', { deterministic: true }, (source, text) => Number(pattern(String(source)).matcher(String(text)).find()))
  const prepare = statementCache(sqlite)
  const db = new Kysely<Tables>({ dialect: new SingleStatementDialect({ database: kyselyDatabase(sqlite, prepare) }) })

  const database: AppDatabase = {
    file,
    db,
    sqlite,
    transaction(work) {
      if (sqlite.isTransaction) return work()
      try {
        sqlite.exec('begin immediate')
        const result = work()
        if (result instanceof Promise) throw new TypeError('A transaction is synchronous: its work may not be async.')
        sqlite.exec('commit')
        return result
      } catch (error) {
        if (sqlite.isTransaction) sqlite.exec('rollback')
        throw explain(error)
      }
    },
    run({ sql, parameters }) {
      try {
        return prepare(sql).all(...bind(parameters))
      } catch (error) {
        throw explain(error)
      }
    },
    migrate(name, script) {
      database.transaction(() => {
        sqlite.exec('create table if not exists migrations (name text primary key, at text not null) strict')
        if (sqlite.prepare('select 1 from migrations where name = ?').get(name)) return
        if (typeof script === 'string') sqlite.exec(script)
        else script()
        sqlite.prepare('insert into migrations (name, at) values (?, ?)').run(name, new Date().toISOString())
      })
    },
    close() {
      if (sqlite.isOpen) sqlite.close()
    },
  }
  return database
}

function open(file: string, explain: (error: unknown) => unknown): DatabaseSync {
  let sqlite: DatabaseSync | undefined
  try {
    sqlite = new DatabaseSync(file, { timeout: 5000 })
    sqlite.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
    // Reads the header and the schema: a file that is no database, or whose first page is damaged, is told now.
    sqlite.prepare('select count(*) from sqlite_schema').get()
    return sqlite
  } catch (error) {
    sqlite?.close()
    throw explain(error)
  }
}

/** Keeps the most recently used statements prepared. SQLite prepares them again by itself when a table changes. */
function statementCache(sqlite: DatabaseSync, limit = 256): (sql: string) => StatementSync {
  const cache = new Map<string, StatementSync>()
  return sql => {
    const statement = cache.get(sql) ?? sqlite.prepare(sql)
    cache.delete(sql)
    cache.set(sql, statement)
    if (cache.size > limit) cache.delete(cache.keys().next().value ?? '')
    return statement
  }
}

/** node:sqlite in the shape of better-sqlite3 that Kysely expects: arguments as one array, and `reader`. */
function kyselyDatabase(sqlite: DatabaseSync, prepare: (sql: string) => StatementSync) {
  return {
    close: () => {
      if (sqlite.isOpen) sqlite.close()
    },
    prepare(sql: string) {
      const statement = prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: (values: readonly unknown[]) => statement.all(...bind(values)),
        run: (values: readonly unknown[]) => statement.run(...bind(values)),
        iterate: (values: readonly unknown[]) => statement.iterate(...bind(values)),
      }
    },
  }
}

/** Kysely's transactions stay open across awaits. On the one connection, whatever else the process writes meanwhile would become part of them. */
class SingleStatementDialect extends SqliteDialect {
  readonly #config: ConstructorParameters<typeof SqliteDialect>[0]

  constructor(config: ConstructorParameters<typeof SqliteDialect>[0]) {
    super(config)
    this.#config = config
  }

  override createDriver(): Driver {
    const driver = new SqliteDriver(this.#config)
    driver.beginTransaction = async () => {
      throw new Error('Use AppDatabase.transaction: Kysely’s own would let other writes of this process slip in.')
    }
    return driver
  }
}

function bind(values: readonly unknown[]): SQLInputValue[] {
  return values.map(value => (typeof value === 'boolean' ? Number(value) : (value as SQLInputValue)))
}
