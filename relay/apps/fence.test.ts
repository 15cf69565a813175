import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'
import { newSchema, onEachDatabase, postgresOfThisFile } from '../../host/store/each-database.fixture.ts'
import { until } from '../../core/until.fixture.ts'
import { openFence } from './fence.ts'

const note = (database: Database, text: string) =>
  database.transaction(function* () {
    yield sql`insert into notes (text) values (${text})`
  })

async function makeNotes(engine: Database): Promise<() => Promise<unknown[]>> {
  const { serial, text, strict } = engine.types
  await engine.migrate('notes', function* () {
    yield sql`create table notes (seq ${serial}, text ${text} not null) ${strict}`
  })
  return async () => (await engine.query(sql`select text from notes order by seq`)).map(row => row.text)
}

onEachDatabase('who comes later puts all who came before out, and they write nothing any more', async ({ engine }) => {
  const notes = await makeNotes(engine)
  const [first, second] = [await openFence(engine), await openFence(engine)]
  await note(first.database, 'before it owns')
  await first.raise(1)
  await note(first.database, 'first')
  await second.raise(2)
  await assert.rejects(note(first.database, 'late'), { code: 'conflict', message: /Another node/ })
  await note(second.database, 'second')
  assert.deepEqual(await notes(), ['before it owns', 'first', 'second'])
  assert.deepEqual([first.lost.aborted, second.lost.aborted], [true, false])
  await assert.rejects(first.raise(1), { code: 'conflict' })
})

// On SQLite nothing comes in between the steps of one.
test('a transaction that is under way is waited for (Postgres)', async () => {
  const { postgres, again } = await postgresOfThisFile()
  const schema = newSchema()
  const engine = postgres.engineFor(schema)
  const notes = await makeNotes(engine)
  const [first, second] = [await openFence(engine), await openFence(again().engineFor(schema))]
  await first.raise(1)
  const writing = first.database.transaction(function* () {
    yield sql`insert into notes (text) values ('first')`
    yield sql`select pg_sleep(0.3)`
  })
  const asleep = sql`select 1 from pg_stat_activity where wait_event = 'PgSleep'`
  await until(async () => (await engine.query(asleep)).length > 0)
  await second.raise(2)
  assert.deepEqual(await notes(), ['first'], 'the second owns it only after the first has written')
  await writing
})
