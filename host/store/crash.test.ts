import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { entity } from '../../core/app/entity.ts'
import { openDatabase } from './database.ts'
import { openStore } from './store.ts'

const note = entity.parse({ name: 'Note', properties: { n: { type: 'integer' } } })

/** Writes records for ever and says the id of each once it is committed. */
const writer = `
  const { openDatabase } = await import(${JSON.stringify(import.meta.resolve('./database.ts'))})
  const { openStore } = await import(${JSON.stringify(import.meta.resolve('./store.ts'))})
  const store = openStore(openDatabase(process.argv[1]))
  await store.define([${JSON.stringify(note)}])
  for (let n = 0; ; n++) process.stdout.write((await store.records('Note').create({ n })).id + '\\n')`

test('after kill -9 at any moment every answered write is there, with its change, and nothing is half', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'store-')), 'app.db')
  for (const afterWrites of [1, 7, 20]) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', writer, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    const answered: string[] = []
    for await (const line of createInterface(child.stdout)) if (answered.push(line) === afterWrites) child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const database = openDatabase(file)
    const store = openStore(database)
    await store.define([note])
    const kept = new Set((await store.records('Note').list()).map(({ id }) => id))
    const changed = database.sqlite
      .prepare('select id from changes')
      .all()
      .map(({ id }) => id)
    assert.deepEqual(
      answered.filter(id => !kept.has(id)),
      [],
    )
    assert.deepEqual(new Set(changed), kept)
    assert.equal(database.sqlite.prepare('pragma integrity_check').get()?.integrity_check, 'ok')
    database.close()
  }
})
