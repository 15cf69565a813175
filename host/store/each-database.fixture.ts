import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openDatabase } from './database.ts'
import type { Engine } from './engine.ts'
import { makeTestDatabase } from './postgres.fixture.ts'
import { openPostgres, type Postgres } from './postgres.ts'
import { sqliteEngine } from './sqlite-engine.ts'

/** An empty place for one app's records. */
export type Place = {
  kind: 'SQLite' | 'Postgres'
  engine: Engine
  /** The same place, as after a new start of the program. */
  reopen(): Promise<Engine>
}

/** Registers a test that holds for each database. What it opens is closed when it ends. */
export function onEachDatabase(title: string, body: (place: Place) => Promise<void>): void {
  test(`${title} (SQLite)`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'store-'))
    let database = openDatabase(join(folder, 'app.db'))
    const reopen = async () => {
      database.close()
      database = openDatabase(database.file)
      return sqliteEngine(database)
    }
    try {
      await body({ kind: 'SQLite', engine: sqliteEngine(database), reopen })
    } finally {
      database.close()
      await rm(folder, { recursive: true })
    }
  })
  test(`${title} (Postgres)`, async () => {
    const { postgres, again } = await postgresOfThisFile()
    const schema = newSchema()
    await body({ kind: 'Postgres', engine: postgres.engineFor(schema), reopen: async () => again().engineFor(schema) })
  })
}

export function newSchema(): string {
  return `app-${randomBytes(5).toString('hex')}`
}

let opened: ReturnType<typeof openForThisFile> | undefined

/** The database of this test file, made when the first test asks for it. `again` connects as another process would. */
export function postgresOfThisFile(): ReturnType<typeof openForThisFile> {
  opened ??= openForThisFile()
  return opened
}

async function openForThisFile() {
  const database = await makeTestDatabase()
  const all: Postgres[] = []
  const again = () => {
    const one = openPostgres(database.url, { connections: 5 })
    all.push(one)
    return one
  }
  return { url: database.url, postgres: again(), again, close: () => Promise.all(all.map(one => one.close())), database }
}

after(async () => {
  if (!opened) return
  const { close, database } = await opened
  await close()
  await database[Symbol.asyncDispose]()
})
