import { sql, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { createCommits } from './commits.ts'
import type { AppDatabase } from './database.ts'
import type { ColumnTypes, Engine, Steps } from './engine.ts'
import { caseProof, generatedColumns, sqliteDialect } from './sqlite-dialect.ts'

const columnTypes: ColumnTypes = {
  serial: sql`integer primary key autoincrement`,
  integer: sql`integer`,
  real: sql`real`,
  text: sql`text`,
  bytes: sql`blob`,
  strict: sql`strict`,
  byKey: sql`strict, without rowid`,
}

/** Only says queries in SQL, for all files: what it has said once is known to all. */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: db => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

/** Records in the app's SQLite file. Its reads block this thread: it belongs in the host process, never in main. */
export function sqliteEngine(database: AppDatabase): Engine {
  const commits = createCommits(database)
  const hasty = createCommits({ transaction: work => withoutTheDisk(database, work) })
  return {
    query: async query => database.run(query.compile(compiler)),
    transaction: (work, { mayBeLost = false } = {}) => (mayBeLost ? hasty : commits).write(() => runSteps(database, work())),
    migrate: async (name, steps) => migrateNow(database, name, steps),
    // A transaction has the whole file from its first line on.
    *lock() {},
    forUpdate: sql``,
    clock: sql`cast(unixepoch('subsec') * 1000 as integer)`,
    forShare: sql``,
    onlyGrows,
    types: columnTypes,
    peers: null,
    dialect: sqliteDialect,
    tableOf: entity => `e_${entity}`,
    createTable,
    tablesThere,
    createIndex: (table, path) => commits.write(() => runSteps(database, createIndex(table, path))),
  }
}

/** For rooms that do not wait: `steps` written for every database, run now on this one. They are told how columns are declared. */
export function migrateNow(database: AppDatabase, name: string, steps: (types: ColumnTypes) => Steps<void>): void {
  database.migrate(name, () => runSteps(database, steps(columnTypes)))
}

/** In WAL mode what is written like this outlives a crash of the program. To wait for the disk costs more than all else such a write does. */
function withoutTheDisk<T>({ sqlite, transaction }: AppDatabase, work: () => T): T {
  sqlite.exec('pragma synchronous = normal')
  try {
    return transaction(work)
  } finally {
    sqlite.exec('pragma synchronous = full')
  }
}

function runSteps<T>(database: AppDatabase, steps: Steps<T>): T {
  let step = steps.next()
  while (!step.done) step = steps.next(database.run(step.value.compile(compiler)))
  return step.value
}

function* onlyGrows(table: string): Steps<void> {
  for (const act of [sql`update`, sql`delete`])
    yield sql`create trigger ${sql.id(`${table}_refuses_${act.compile(compiler).sql}`)} before ${act} on ${sql.id(table)}
      begin select raise(abort, 'This table only grows.'); end`
}

function* createTable(table: string): Steps<void> {
  yield sql`create table if not exists ${sql.id(table)} (id text not null primary key, created_date text not null, updated_date text not null,
    created_by text not null, created_by_id text not null, data text not null) strict`
  yield sql`create index if not exists ${sql.id(`${table}:created_date`)} on ${sql.id(table)} (created_date, id)`
}

// Tables and indexes share one space of names. A colon and a dot are in no entity's name, so no index can meet another's table.

function* tablesThere(tables: readonly string[]): Steps<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>()
  if (tables.length === 0) return found
  const rows = yield sql`select t.name as table_name, i.name as index_name from sqlite_schema t left join pragma_index_list(t.name) i
    where t.type = 'table' and t.name in (${sql.join([...tables])})`
  for (const row of rows) {
    const table = String(row.table_name)
    const paths = found.get(table) ?? new Set()
    const prefix = `${table}.`
    if (String(row.index_name).startsWith(prefix)) paths.add(String(row.index_name).slice(prefix.length).replaceAll('^', ''))
    found.set(table, paths)
  }
  return found
}

function* createIndex(table: string, path: readonly string[]): Steps<void> {
  const rows = yield sql`select name from pragma_table_xinfo(${table})`
  const existing = new Set(rows.map(row => row.name))
  const columns = generatedColumns(path)
  for (const { name, type, is } of columns) {
    if (existing.has(name)) continue
    yield sql`alter table ${sql.id(table)} add column ${sql.id(name)} ${sql.raw(type)} generated always as (${is}) virtual`
  }
  const keys = [...columns.map(({ name }) => sql.id(name)), sql.ref('created_date'), sql.ref('id')]
  yield sql`create index if not exists ${sql.id(`${table}.${caseProof(path.join('.'))}`)} on ${sql.id(table)} (${sql.join(keys)})`
}
