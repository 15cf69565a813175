import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import { newSchema, onEachDatabase, postgresOfThisFile } from './each-database.fixture.ts'
import type { Engine, Row, Steps } from './engine.ts'

/** A table as a room makes it. */
const makeCounters = (engine: Engine) => () => counters(engine)

function* counters({ types: { serial, text, integer, real, strict } }: Engine): Steps<void> {
  yield sql`create table counters (seq ${serial}, name ${text} not null, n ${integer} not null, share ${real}) ${strict}`
}

/** SQLite's rows have no prototype. */
const plain = (rows: Row[]) => rows.map(row => ({ ...row }))

const namesIn = async (engine: Engine) => (await engine.query(sql`select name from counters order by name`)).map(({ name }) => name)

onEachDatabase('what a room keeps comes back alike: numbers given in order, large integers, text by code point', async ({ engine }) => {
  await engine.migrate('counters', makeCounters(engine))
  const big = 2 ** 50
  for (const name of ['é', 'b', 'Z', '😀', '｡', 'a'])
    await engine.query(sql`insert into counters (name, n, share) values (${name}, ${big}, ${0.25})`)
  assert.deepEqual(plain(await engine.query(sql`select seq, n, share from counters where name = ${'a'}`)), [
    { seq: 6, n: big, share: 0.25 },
  ])
  assert.deepEqual(await namesIn(engine), ['Z', 'a', 'b', 'é', '｡', '😀'])
  assert.deepEqual(plain(await engine.query(sql`select count(*) as count from counters`)), [{ count: 6 }])
})

onEachDatabase('a transaction is whole or nothing, and one that fails takes no other down', async ({ engine }) => {
  await engine.migrate('counters', makeCounters(engine))
  const add = (name: string, fails = false) =>
    engine.transaction(function* () {
      yield sql`insert into counters (name, n) values (${name}, 1)`
      if (fails) throw new AppError('conflict', 'No.')
      const [row] = yield sql`select count(*) as count from counters where name = ${name}`
      return row?.count
    })
  const outcomes = await Promise.allSettled([add('a'), add('b', true), add('c')])
  assert.deepEqual(
    outcomes.map(outcome => (outcome.status === 'fulfilled' ? outcome.value : AppError.from(outcome.reason).code)),
    [1, 'conflict', 1],
  )
  assert.deepEqual(await namesIn(engine), ['a', 'c'])
})

onEachDatabase('steps of a migration run once in the life of a database, whole or not at all', async place => {
  let runs = 0
  const steps = (engine: Engine) =>
    function* () {
      runs++
      yield* counters(engine)
    }
  await place.engine.migrate('counters', steps(place.engine))
  const again = await place.reopen()
  await again.migrate('counters', steps(again))
  assert.equal(runs, 1)
  const half = again.migrate('half', function* () {
    yield sql`create table half (n integer)`
    yield* counters(again)
  })
  await assert.rejects(half)
  await assert.rejects(again.query(sql`select * from half`))
})

onEachDatabase('counters that many add to at the same time lose nothing', async ({ engine }) => {
  await engine.migrate('counters', makeCounters(engine))
  await engine.query(sql`insert into counters (name, n) values ('all', 0)`)
  const increment = () =>
    engine.transaction(function* () {
      const [row] = yield sql`select n from counters where name = 'all' ${engine.forUpdate}`
      yield sql`update counters set n = ${Number(row?.n) + 1} where name = 'all'`
    })
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let n = 0; n < 25; n++) await increment()
    }),
  )
  assert.deepEqual(plain(await engine.query(sql`select n from counters`)), [{ n: 200 }])
})

onEachDatabase('with a lock “add unless it is there” adds each once, however many try', async ({ engine }) => {
  await engine.migrate('counters', makeCounters(engine))
  const names = Array.from({ length: 10 }, (_, n) => `name${n}`)
  const addUnlessThere = (name: string) =>
    engine.transaction(function* () {
      yield* engine.lock('counters')
      const known = yield sql`select 1 from counters where name = ${name}`
      if (known.length === 0) yield sql`insert into counters (name, n) values (${name}, 0)`
    })
  await Promise.all(Array.from({ length: 8 }, () => Promise.all(names.map(addUnlessThere))))
  assert.deepEqual(await namesIn(engine), names)
})

const moduleOf = (name: string) => JSON.stringify(import.meta.resolve(`./${name}.ts`))

/** A program that starts: it defines its entities and migrates its tables. */
const starter = (open: string) => `
  const { openDatabase } = await import(${moduleOf('database')})
  const { sqliteEngine } = await import(${moduleOf('sqlite-engine')})
  const { openPostgres } = await import(${moduleOf('postgres')})
  const { openStore } = await import(${moduleOf('store')})
  const { sql } = await import(${JSON.stringify(import.meta.resolve('kysely'))})
  const { once } = await import('node:events')
  const [, place, schema] = process.argv
  const engine = ${open}
  process.stdout.write('ready')
  await once(process.stdin, 'data')
  await openStore(engine).define(['A', 'B', 'C'].map(name => ({ name, properties: {}, required: [] })))
  for (const name of ['one', 'two', 'three'])
    await engine.migrate(name, function* () {
      yield sql\`create table \${sql.id(name)} (n integer)\`
      yield sql\`insert into \${sql.id(name)} (n) values (1)\`
    })
  process.exit()`

async function startAtOnce(open: string, words: string[]): Promise<void> {
  const children = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module', '-e', starter(open), ...words], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  await Promise.all(children.map(({ stdout }) => once(stdout, 'data')))
  const exits = children.map(child => once(child, 'exit'))
  for (const { stdin } of children) stdin.end('go')
  assert.deepEqual(
    (await Promise.all(exits)).map(([code]) => code),
    [0, 0, 0],
  )
}

test('processes that start at once migrate one database together (Postgres)', async () => {
  const { url, postgres } = await postgresOfThisFile()
  const schema = newSchema()
  await startAtOnce('openPostgres(place).engineFor(schema)', [url, schema])
  const engine = postgres.engineFor(schema)
  assert.deepEqual(await engine.query(sql`select * from one union all select * from two union all select * from three`), [
    { n: 1 },
    { n: 1 },
    { n: 1 },
  ])
})

onEachDatabase('a table that only grows takes rows, and refuses to change or lose one, whoever asks', async ({ engine }) => {
  await engine.migrate('counters', makeCounters(engine))
  await engine.migrate('counters grow', () => engine.onlyGrows('counters'))
  await engine.query(sql`insert into counters (name, n) values ('a', 1)`)
  await assert.rejects(engine.query(sql`update counters set n = 2`))
  await assert.rejects(engine.query(sql`delete from counters where name = 'a'`))
  await assert.rejects(
    engine.transaction(function* () {
      yield sql`insert into counters (name, n) values ('b', 1)`
      yield sql`delete from counters`
    }),
  )
  assert.deepEqual(await namesIn(engine), ['a'])
})
