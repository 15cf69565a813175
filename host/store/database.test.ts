import assert from 'node:assert/strict'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDatabase } from './database.ts'
import { fails, openTemporary } from './store.fixture.ts'

test('a damaged file is told in one sentence and kept as it is', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'store-')), 'app.db')
  await writeFile(file, 'this is no database, whatever its name says. '.repeat(100))
  const before = await readFile(file)
  assert.throws(() => openDatabase(file), fails('unavailable', /is damaged\. The file was kept/))
  assert.deepEqual(await readFile(file), before)
})

test('a full disk and a read-only file are told in one sentence, and what was there stays', async () => {
  const { database, tickets } = await openTemporary()
  await tickets.create({ title: 'kept' })
  const pages = Number(database.sqlite.prepare('pragma page_count').get()?.page_count)
  database.sqlite.exec(`pragma max_page_count = ${pages + 4}`)
  await assert.rejects(
    tickets.createMany(Array.from({ length: 100 }, () => ({ title: 'x'.repeat(1000) }))),
    fails('unavailable', /disk is full/),
  )
  database.sqlite.exec('pragma max_page_count = 1000000; pragma query_only = on')
  await assert.rejects(tickets.create({ title: 'x' }), fails('unavailable', /may not write/))
  database.sqlite.exec('pragma query_only = off')
  assert.deepEqual(
    (await tickets.list()).map(({ title }) => title),
    ['kept'],
  )
})

test('a transaction is whole or nothing, joins the one around it, and may not be async', async () => {
  const { database } = await openTemporary()
  database.migrate('own', 'create table own (n integer)')
  database.migrate('own', 'this is not run again')
  const add = (n: number) => database.sqlite.prepare('insert into own values (?)').run(n)
  database.transaction(() => database.transaction(() => add(1)))
  assert.throws(
    () =>
      database.transaction(() =>
        database.transaction(() => {
          add(2)
          throw new Error('no')
        }),
      ),
    /no/,
  )
  assert.throws(() => database.transaction(async () => add(3)), /may not be async/)
  assert.throws(() => database.migrate('half', 'create table half (n integer); create table own (n integer)'), /own/)
  assert.throws(() => database.sqlite.prepare('select * from half'))
  assert.deepEqual(
    database.sqlite
      .prepare('select n from own')
      .all()
      .map(({ n }) => n),
    [1],
  )
  await assert.rejects(
    database.db.transaction().execute(async () => {}),
    /Use AppDatabase.transaction/,
  )
})
