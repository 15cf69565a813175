import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { addChanges, type Change } from './changes.ts'
import { newSchema, postgresOfThisFile } from './each-database.fixture.ts'
import type { Engine } from './engine.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'
import { until } from '../../core/until.fixture.ts'
import { ticket } from './store.fixture.ts'
import { openStore } from './store.ts'

const minute = 60_000

/** Two processes, as far as the database can tell, that run the same app. They look by themselves too seldom to matter, unless told otherwise. */
async function openNodes(options: PostgresOptions = {}) {
  const { url } = await postgresOfThisFile()
  const schema = newSchema()
  const nodes = await Promise.all(
    [1, 2].map(async () => {
      const postgres = openPostgres(url, { lookEveryMs: minute, reconnectAfterMs: 5, ...options })
      const engine = postgres.engineFor(schema)
      const store = openStore(engine)
      const seen: Change[] = []
      store.onCommit(change => seen.push(change))
      await store.define([ticket])
      return { postgres, engine, store, seen, tickets: store.records('Ticket') }
    }),
  )
  const [one, two] = nodes
  assert.ok(one && two)
  const close = async () => {
    for (const { store, postgres } of nodes) {
      await store.close()
      await postgres.close()
    }
  }
  return { one, two, [Symbol.asyncDispose]: close }
}

/** Commits a change some time after it has taken its number. */
const slowly = (engine: Engine, id: string) =>
  engine.transaction(function* () {
    yield* addChanges(engine, [{ entity: 'Ticket', id, type: 'delete', before: null, after: null, at: '', by: null }])
    yield sql`select pg_sleep(random() * 0.01)`
  })

test('all processes hear of each other’s changes, each once and in the order of their numbers', async () => {
  await using nodes = await openNodes()
  const { one, two } = nodes
  await Promise.all(
    [one, two].flatMap(({ tickets }, n) => Array.from({ length: 20 }, (_, count) => tickets.create({ title: `${n}/${count}` }))),
  )
  for (const { seen } of [one, two]) {
    await until(() => seen.length >= 40)
    assert.equal(new Set(seen.map(({ id }) => id)).size, 40)
    assert.deepEqual(
      seen.map(({ seq }) => seq),
      seen.map(({ seq }) => seq).sort((a, b) => a - b),
    )
  }
})

test('a reader skips nothing of what is committed late, whoever writes at the same time', async () => {
  await using nodes = await openNodes()
  const { one, two } = nodes
  const ids = Array.from({ length: 60 }, (_, n) => `id${n}`)
  const writing = Promise.all(ids.map((id, n) => slowly((n % 2 ? one : two).engine, id)))
  // Makes the reader look as often as it can, so that a number which is missing for a moment is met.
  for (let n = 0; n < 30; n++) await one.tickets.create({ title: 'x' })
  await writing
  const last = await two.tickets.create({ title: 'last' })
  await until(() => [one, two].every(({ seen }) => seen.some(({ id }) => id === last.id)))
  for (const { seen } of [one, two])
    assert.deepEqual(
      ids.filter(id => !seen.some(change => change.id === id)),
      [],
    )
})

test('what was committed while the connection that listens was cut is heard after it', async () => {
  await using nodes = await openNodes()
  const { one, two } = nodes
  await two.tickets.create({ title: 'before' })
  await until(() => one.seen.length === 1)
  const cut = sql`select pg_terminate_backend(pid) as ended from pg_stat_activity
    where datname = current_database() and application_name = 'plugboard wakes'`
  const [ended] = await two.engine.query(cut)
  assert.ok(ended)
  await two.tickets.create({ title: 'meanwhile' })
  await until(() => one.seen.length === 2)
  await two.tickets.create({ title: 'after' })
  await until(() => one.seen.length === 3)
  assert.deepEqual(
    one.seen.map(({ after }) => after?.title),
    ['before', 'meanwhile', 'after'],
  )
})

test('a change of a process that died before it could tell is found all the same', async () => {
  await using nodes = await openNodes({ lookEveryMs: 20 })
  const { one, two } = nodes
  await slowly(two.engine, 'untold')
  await until(() => one.seen.length === 1)
  assert.equal(one.seen[0]?.id, 'untold')
})
