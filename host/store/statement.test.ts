import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { onEachDatabase } from './each-database.fixture.ts'
import { rowStatement, statement } from './statement.ts'

onEachDatabase('a statement is put into words once, and means what its values are each time', async ({ engine }) => {
  let built = 0
  const add = statement((n: number, text: string | null) => {
    built++
    return sql`insert into notes (n, text, kind) values (${n}, ${text}, ${'fixed'}) on conflict (n) do update set text = ${text}`
  })
  const { text, integer, strict } = engine.types
  await engine.migrate('notes', function* () {
    yield sql`create table notes (n ${integer} primary key, text ${text}, kind ${text}) ${strict}`
  })
  for (const [n, value] of [
    [1, 'a'],
    [2, null],
    [1, 'b'],
  ] as const)
    await engine.query(add(n, value))
  assert.deepEqual(
    (await engine.query(sql`select * from notes order by n`)).map(row => ({ ...row })),
    [
      { n: 1, text: 'b', kind: 'fixed' },
      { n: 2, text: null, kind: 'fixed' },
    ],
  )
  assert.equal(built, 1)
})

onEachDatabase('a statement about a row takes the columns that are given', async ({ engine }) => {
  const { text, integer, strict } = engine.types
  await engine.migrate('notes', function* () {
    yield sql`create table notes (n ${integer} primary key, text ${text}, kind ${text}) ${strict}`
    yield sql`insert into notes (n, text, kind) values (1, 'a', 'x')`
  })
  const change = rowStatement(
    (values: Record<string, unknown>, n: number) =>
      sql`update notes set ${sql.join(Object.entries(values).map(([column, value]) => sql`${sql.ref(column)} = ${value}`))} where n = ${n}`,
  )
  await engine.query(change({ text: 'b' }, 1))
  await engine.query(change({ kind: null, text: 'c' }, 1))
  await engine.query(change({ text: 'd' }, 1))
  assert.deepEqual(
    (await engine.query(sql`select * from notes`)).map(row => ({ ...row })),
    [{ n: 1, text: 'd', kind: null }],
  )
})
