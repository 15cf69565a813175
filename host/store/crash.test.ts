import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { sql } from 'kysely'
import { entity } from '../../core/app/entity.ts'
import { openDatabase } from './database.ts'
import { newSchema, postgresOfThisFile } from './each-database.fixture.ts'
import type { Engine } from './engine.ts'
import { sqliteEngine } from './sqlite-engine.ts'
import { openStore } from './store.ts'

const note = entity.parse({ name: 'Note', properties: { n: { type: 'integer' } } })
const moduleOf = (name: string) => JSON.stringify(import.meta.resolve(`./${name}.ts`))

/** Writes records for ever, four at a time, and says the id of each once it is committed. */
const writer = (open: string) => `
  const { openDatabase } = await import(${moduleOf('database')})
  const { sqliteEngine } = await import(${moduleOf('sqlite-engine')})
  const { openPostgres } = await import(${moduleOf('postgres')})
  const { openStore } = await import(${moduleOf('store')})
  const [, place, schema] = process.argv
  const store = openStore(${open})
  await store.define([${JSON.stringify(note)}])
  const write = async () => {
    for (let n = 0; ; n++) process.stdout.write((await store.records('Note').create({ n })).id + '\\n')
  }
  await Promise.all([write(), write(), write(), write()])`

test('after kill -9 at any moment every answered write is there, with its change, and nothing is half (SQLite)', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'store-')), 'app.db')
  await killAndLook('sqliteEngine(openDatabase(place))', [file], async look => {
    const database = openDatabase(file)
    await look(sqliteEngine(database))
    assert.equal(database.sqlite.prepare('pragma integrity_check').get()?.integrity_check, 'ok')
    database.close()
  })
})

test('after kill -9 at any moment every answered write is there, with its change, and nothing is half (Postgres)', async () => {
  const { url, postgres } = await postgresOfThisFile()
  const schema = newSchema()
  await killAndLook('openPostgres(place).engineFor(schema)', [url, schema], look => look(postgres.engineFor(schema)))
})

async function killAndLook(
  open: string,
  words: string[],
  reopen: (look: (engine: Engine) => Promise<void>) => Promise<void>,
): Promise<void> {
  for (const afterWrites of [1, 7, 20]) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', writer(open), ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
    const answered: string[] = []
    for await (const line of createInterface(child.stdout)) if (answered.push(line) === afterWrites) child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    await reopen(async engine => {
      const store = openStore(engine)
      await store.define([note])
      // In one look: the server may still be at what the killed process asked for last.
      const rows = await engine.query(sql`select id, 'kept' as what from ${sql.id('e_Note')} union all select id, 'changed' from changes`)
      const idsOf = (what: string) => new Set(rows.filter(row => row.what === what).map(({ id }) => id))
      const kept = idsOf('kept')
      assert.ok(answered.length >= afterWrites)
      assert.deepEqual(
        answered.filter(id => !kept.has(id)),
        [],
      )
      assert.deepEqual(idsOf('changed'), kept)
      await store.close()
    })
  }
}
