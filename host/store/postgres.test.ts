import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { newSchema, postgresOfThisFile } from './each-database.fixture.ts'
import { openPostgres } from './postgres.ts'
import { fails, ticket } from './store.fixture.ts'
import { openStore } from './store.ts'

async function openEngine() {
  const { postgres } = await postgresOfThisFile()
  const engine = postgres.engineFor(newSchema())
  await engine.migrate('own', function* () {
    yield sql`create table own (name text primary key, n bigint not null)`
    yield sql`insert into own values ('a', 0), ('b', 0)`
  })
  return engine
}

test('apps with entities of one name, over the same connections, never see each other’s records', async () => {
  const { postgres } = await postgresOfThisFile()
  const schemas = Array.from({ length: 4 }, newSchema)
  const stores = schemas.map(schema => openStore(postgres.engineFor(schema)))
  await Promise.all(stores.map(store => store.define([ticket])))
  await Promise.all(
    stores.flatMap((store, n) => Array.from({ length: n + 1 }, () => store.records('Ticket').create({ title: schemas[n] ?? '' }))),
  )
  for (const [n, store] of stores.entries()) {
    const titles = (await store.records('Ticket').list()).map(({ title }) => title)
    assert.deepEqual(titles, Array(n + 1).fill(schemas[n]))
  }
})

test('a name that cannot be a schema, and an address that is none, are refused', async () => {
  const { postgres } = await postgresOfThisFile()
  for (const name of ['', 'A', 'a"b', 'a;drop', 'pg_catalog', 'public', 'information_schema', 'x'.repeat(64), 'ü'])
    assert.throws(() => postgres.engineFor(name), fails('validation', /cannot name a schema/), name)
  for (const url of ['', 'localhost', 'mysql://localhost/a', 'postgres://'])
    assert.throws(() => openPostgres(url), fails('validation', /must look like postgres:/), url)
})

test('two transactions in each other’s way both succeed', async () => {
  const engine = await openEngine()
  let tries = 0
  const started = new Set<string>()
  const both = ([first, second]: [string, string]) =>
    engine.transaction(function* () {
      tries++
      yield sql`set local deadlock_timeout = '20ms'`
      yield sql`update own set n = n + 1 where name = ${first}`
      started.add(first)
      while (started.size < 2) yield sql`select pg_sleep(0.005)`
      yield sql`update own set n = n + 1 where name = ${second}`
    })
  await Promise.all([both(['a', 'b']), both(['b', 'a'])])
  assert.ok(tries > 2)
  assert.deepEqual(await engine.query(sql`select n from own`), [{ n: 2 }, { n: 2 }])
})

test('a query that takes too long is stopped with a sentence, and its connection goes on', async () => {
  const { url } = await postgresOfThisFile()
  const postgres = openPostgres(url, { connections: 1, statementTimeoutMs: 250 })
  const engine = postgres.engineFor('slow')
  await assert.rejects(engine.query(sql`select pg_sleep(30)`), fails('timeout', /took too long/))
  await engine.migrate('as long as it takes', function* () {
    yield sql`select pg_sleep(0.4)`
  })
  assert.deepEqual(await engine.query(sql`select 1 as n`), [{ n: 1 }])
  await postgres.close()
})

test('what the database refuses is told in one sentence without the address, and what was there stays', async () => {
  const engine = await openEngine()
  const raise = (code: string) =>
    engine.transaction(function* () {
      yield sql`update own set n = 7`
      yield sql.raw(`do $$ begin raise exception 'no' using errcode = '${code}'; end $$`)
    })
  await assert.rejects(raise('53100'), fails('unavailable', /disk or the memory of the database is full/))
  await assert.rejects(raise('25006'), fails('unavailable', /may not write to its database/))
  await assert.rejects(raise('40001'), fails('unavailable', /Too many changes/))
  assert.deepEqual(await engine.query(sql`select n from own`), [{ n: 0 }, { n: 0 }])
})

test('a database that is not there, a stranger and a wrong host are told in one sentence without the password', async () => {
  const { url } = await postgresOfThisFile()
  const cases: [(url: URL) => void, RegExp][] = [
    [wrong => (wrong.pathname = 'no_such_database'), /no such database/],
    [wrong => (wrong.username = 'nobody_known'), /refused to let Plugboard in/],
    [wrong => wrong.searchParams.set('host', '/nowhere'), /cannot be reached/],
  ]
  for (const [change, words] of cases) {
    const wrong = new URL(url)
    wrong.password = 'hunter2'
    change(wrong)
    const postgres = openPostgres(wrong.href)
    await assert.rejects(postgres.engineFor('a').query(sql`select 1`), error => {
      assert.doesNotMatch(JSON.stringify(error) + String(error), /hunter2/)
      return fails('unavailable', words)(error)
    })
    await postgres.close()
  }
})
