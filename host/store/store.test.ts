import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { entity as entitySchema, type Entity } from '../../core/app/entity.ts'
import type { AppError } from '../../core/errors.ts'
import { onEachDatabase, type Place } from './each-database.fixture.ts'
import type { Engine } from './engine.ts'
import { fieldsOf } from './fields.ts'
import { planQuery, selectRecords } from './query.ts'
import { until } from '../../core/until.fixture.ts'
import { fails, ticket } from './store.fixture.ts'
import { openStore, type Change } from './store.ts'

async function open({ engine }: Pick<Place, 'engine'>, entities: Entity[] = [ticket], now?: () => number) {
  const store = openStore(engine, now && { now })
  await store.define(entities)
  return { engine, store, tickets: store.records('Ticket') }
}

const outboxOf = (engine: Engine) => engine.query(sql`select * from changes order by seq`)

onEachDatabase('a record is created with defaults and built-in fields, changed in part, and deleted', async place => {
  const { tickets } = await open(place)
  const made = await tickets.create({ title: 'Printer', id: 'mine', created_by: 'mallory', note: 'not in the schema' })
  assert.match(String(made.id), /^[0-9a-f]{24}$/)
  assert.equal(made.created_by, null)
  assert.equal(made.status, 'open')
  assert.equal(made.note, 'not in the schema')
  const changed = await tickets.update(String(made.id), { priority: 2 })
  assert.deepEqual({ ...changed, updated_date: made.updated_date }, { ...made, priority: 2 })
  assert.deepEqual(await tickets.get(String(made.id)), changed)
  assert.deepEqual(await tickets.delete(String(made.id)), changed)
  await assert.rejects(tickets.get(String(made.id)), fails('not_found', /no Ticket/))
  await assert.rejects(tickets.update(String(made.id), {}), fails('not_found', /no Ticket/))
})

onEachDatabase('data that does not fit the schema is refused with the name of the field', async place => {
  const { store, tickets } = await open(place)
  const cases: [Record<string, unknown>, RegExp][] = [
    [{}, /Ticket needs “Title”/],
    [{ title: null }, /Ticket needs “Title”/],
    [{ title: 5 }, /“Title” must be text/],
    [{ title: 'x', status: 'lost' }, /“status” must be one of open, closed/],
    [{ title: 'x', priority: 1.5 }, /“priority” must be a whole number/],
    [{ title: 'x', due: '2026-02-30' }, /“due” must be a date such as/],
    [{ title: 'x', email: 'nobody' }, /“email” must be an email address/],
    [{ title: 'x', tags: ['a', 1] }, /“tags 2” must be text/],
    [{ title: 'x', address: { city: 1 } }, /“address.city” must be text/],
    [{ title: 'a\0b' }, /valid Unicode/],
    [{ title: 'x', n: Number.NaN }, /finite/],
  ]
  for (const [data, words] of cases) await assert.rejects(tickets.create(data as never), fails('validation', words))
  assert.deepEqual(await store.counts(), { Ticket: 0 })
})

onEachDatabase('a record of over 1 MB or 64 levels is refused', async place => {
  const { tickets } = await open(place)
  let deep: never = {} as never
  for (let level = 0; level < 70; level++) deep = { deep } as never
  await assert.rejects(tickets.create({ title: 'x'.repeat(1024 * 1024) }), fails('validation', /1 MB/))
  await assert.rejects(tickets.create({ title: 'x', deep }), fails('validation', /64 levels/))
})

onEachDatabase('a record that an older schema allowed can still be changed in its other fields', async place => {
  const { store, tickets } = await open(place)
  const made = await tickets.create({ title: 'x', priority: 1 })
  const stricter = entitySchema.parse({
    ...ticket,
    properties: { ...ticket.properties, priority: { type: 'string' } },
    required: ['title', 'due'],
  })
  await store.define([stricter])
  assert.equal((await tickets.update(String(made.id), { title: 'y' })).title, 'y')
  await assert.rejects(tickets.update(String(made.id), { title: null }), fails('validation', /needs “Title”/))
})

onEachDatabase('an entity that leaves and comes back finds its records', async place => {
  const { store, tickets } = await open(place)
  await tickets.create({ title: 'x' })
  await store.define([])
  await assert.rejects(tickets.list(), fails('not_found', /no entity named “Ticket”/))
  await store.define([ticket])
  assert.equal(await tickets.count(), 1)
})

onEachDatabase('pages follow one another, know the total, and are not shifted by records that come and go', async place => {
  const { tickets } = await open(place)
  await tickets.createMany(Array.from({ length: 50 }, (_, i) => ({ title: `t${i}`, priority: i % 5 })))
  const first = await tickets.page({ sort: 'priority', limit: 20 })
  assert.equal(first.total, 50)
  await tickets.create({ title: 'new', priority: -1 })
  const rest = await tickets.page({ cursor: first.nextCursor, limit: 100 })
  assert.equal(new Set([...first.items, ...rest.items].map(({ id }) => id)).size, 50)
  assert.deepEqual([rest.nextCursor, rest.total], [null, 51])
  assert.equal((await tickets.page({ q: { priority: -1 } })).total, 1)
})

onEachDatabase('a forged cursor is refused as input', async place => {
  const { tickets } = await open(place)
  for (const token of [
    'x',
    Buffer.from('{"sort":"a","after":[{}]}').toString('base64url'),
    Buffer.from('{"q":{},"sort":"a","after":[1]}').toString('base64url'),
  ])
    await assert.rejects(tickets.page({ cursor: token }), fails('validation', /page does not exist/))
})

onEachDatabase('records made in the same millisecond, or while the clock goes back, keep the order of their making', async place => {
  const times = [5000, 5000, 3000, 3000]
  const { tickets } = await open(place, [ticket], () => times.shift() ?? 3000)
  const made = await tickets.createMany([{ title: 'a' }, { title: 'b' }])
  assert.deepEqual(
    (await tickets.list({ sort: 'id' })).map(({ id }) => id),
    made.map(({ id }) => id),
  )
})

onEachDatabase('each commit tells its change afterwards, and the outbox keeps it with before and after', async place => {
  const { store, engine } = await open(place)
  const seen: Change[] = []
  store.onCommit(change => seen.push(change))
  const tickets = store.records('Ticket', { kind: 'function', name: 'import' })
  const made = await tickets.create({ title: 'a' })
  await tickets.update(String(made.id), { title: 'b' })
  await tickets.delete(String(made.id))
  await until(() => seen.length === 3)
  assert.deepEqual(
    seen.map(({ type, before, after }) => [type, before?.title, after?.title]),
    [
      ['create', undefined, 'a'],
      ['update', 'a', 'b'],
      ['delete', 'b', undefined],
    ],
  )
  assert.deepEqual(
    (await outboxOf(engine)).map(row => [row.seq, row.type, row.by]),
    seen.map(({ seq, type, by }) => [seq, type, JSON.stringify(by)]),
  )
})

onEachDatabase('many records made at once are told one by one, each with the number that the outbox has for it', async place => {
  const { store, engine, tickets } = await open(place)
  const seen: Change[] = []
  store.onCommit(change => seen.push(change))
  await tickets.createMany(Array.from({ length: 250 }, (_, n) => ({ title: `t${n}` })))
  await until(() => seen.length === 250)
  assert.deepEqual(
    seen.map(({ after }) => after?.title),
    seen.map((_, n) => `t${n}`),
  )
  assert.deepEqual(
    (await outboxOf(engine)).map(row => [row.seq, row.id]),
    seen.map(({ seq, id }) => [seq, id]),
  )
})

onEachDatabase('when one of many records is refused, none is kept and no change is told', async place => {
  const { store, engine, tickets } = await open(place)
  const told: unknown[] = []
  store.onCommit(({ after }) => told.push(after?.title))
  await assert.rejects(tickets.createMany([{ title: 'a' }, { title: 5 }]), fails('validation', /text/))
  assert.equal(await tickets.count(), 0)
  assert.deepEqual(await outboxOf(engine), [])
  await tickets.create({ title: 'later' })
  await until(() => told.length > 0)
  assert.deepEqual(told, ['later'])
})

onEachDatabase('a listener that throws changes nothing about the commit', async ({ engine }) => {
  const reported: AppError[] = []
  const store = openStore(engine, { report: error => reported.push(error) })
  await store.define([ticket])
  store.onCommit(() => {
    throw new Error('listener')
  })
  await store.records('Ticket').create({ title: 'a' })
  assert.equal(await store.records('Ticket').count(), 1)
  await until(() => reported.length === 1)
})

onEachDatabase('changes are pruned only when they are old and read', async place => {
  let time = Date.now()
  const { store, engine, tickets } = await open(place, [ticket], () => time)
  await tickets.createMany([{ title: 'a' }, { title: 'b' }])
  const left = async () => (await outboxOf(engine)).map(({ seq }) => seq)
  await store.prune(2)
  assert.deepEqual(await left(), [1, 2])
  time += 2 * 60 * 60 * 1000
  await store.prune(1)
  assert.deepEqual(await left(), [2])
})

onEachDatabase('a filter or sort over more than 2,000 records makes an index, once, and a new store finds and uses it', async place => {
  const { engine, store, tickets } = await open(place)
  const indexes = () =>
    engine.transaction(function* () {
      return [...((yield* engine.tablesThere(['e_Ticket'])).get('e_Ticket') ?? [])].sort()
    })
  await tickets.createMany(Array.from({ length: 2000 }, (_, i) => ({ title: `t${i}`, priority: i % 100, Priority: -i })))
  await tickets.list({ q: { priority: 5 } })
  assert.deepEqual(await indexes(), [])
  await tickets.create({ title: 'one more', priority: 5, Priority: 1 })
  assert.equal(await tickets.count({ priority: 5 }), 21)
  assert.deepEqual(await indexes(), ['priority'])
  assert.equal((await tickets.list({ sort: '-Priority', limit: 1 }))[0]?.title, 'one more')
  assert.deepEqual(await indexes(), ['Priority', 'priority'])
  await store.close()
  const again = await place.reopen()
  const reopened = openStore(again)
  await reopened.define([ticket])
  assert.equal(await reopened.records('Ticket').count({ priority: { $gte: 99 } }), 20)
  const query = planQuery({ q: { priority: 5 } }, 50)
  const source = { table: 'e_Ticket', fields: fieldsOf(ticket), dialect: again.dialect(new Set(['priority'])) }
  const explain = place.kind === 'SQLite' ? sql`explain query plan` : sql`explain`
  const plan = await again.query(sql`${explain} ${selectRecords(source, query, 50)}`)
  assert.match(JSON.stringify(plan), /e_Ticket\.priority/)
})

onEachDatabase('names of entities and fields that look like tables and indexes of others do not meet', async place => {
  const shape = (name: string) =>
    entitySchema.parse({ name, properties: { c: { type: 'string' }, b_x_c: { type: 'string' }, created_date_: { type: 'string' } } })
  const { store } = await open(place, ['A', 'A_created_date', 'A_x_b', 'select', 'changes'].map(shape))
  for (const name of ['A', 'A_created_date', 'A_x_b', 'select', 'changes']) await store.records(name).create({ c: name })
  assert.deepEqual(await store.counts(), { A: 1, A_created_date: 1, A_x_b: 1, select: 1, changes: 1 })
})

onEachDatabase('text of 100,000 characters fits an indexed field and is found by equality', async place => {
  const { tickets } = await open(place)
  await tickets.createMany(Array.from({ length: 2001 }, (_, i) => ({ title: `t${i}` })))
  const long = Array.from({ length: 100_000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20000))).join('')
  await tickets.createMany([{ title: long }, { title: `${long}x` }])
  assert.equal(await tickets.count({ title: long }), 1)
})

onEachDatabase(
  'filters that have no one meaning are refused: look-around, unknown operators, objects as values, odd names',
  async place => {
    const { tickets } = await open(place)
    const refused = [
      { a: { $regex: '(?=x)' } },
      { a: { $regex: '(a)\\1' } },
      { a: { $regex: 'a**' } },
      { a: { $where: '1' } },
      { a: { b: 1 } },
      { 'a"b': 1 },
      { 'a..b': 1 },
      { $where: '1' },
      { a: { $in: 'x' } },
    ]
    for (const q of refused) await assert.rejects(tickets.list({ q }), fails('validation', /./), JSON.stringify(q))
  },
)

onEachDatabase('updates of different fields at the same time lose none of them', async place => {
  const { tickets } = await open(place)
  const { id } = await tickets.create({ title: 'shared' })
  const names = Array.from({ length: 20 }, (_, n) => `field${n}`)
  await Promise.all(names.map(name => tickets.update(String(id), { [name]: name })))
  const record = await tickets.get(String(id))
  assert.deepEqual(
    names.filter(name => record[name] !== name),
    [],
  )
})

onEachDatabase('names and paths of any length and letter keep their records and their indexes apart', async place => {
  const long = 'E'.repeat(62)
  const shape = (name: string) => entitySchema.parse({ name, properties: {} })
  const { store, engine } = await open(place, [shape(`${long}1`), shape(`${long}2`)])
  const deep = Array.from({ length: 8 }, (_, n) => 'ü'.repeat(40) + n).join('.')
  for (const end of ['1', '2']) {
    const records = store.records(long + end)
    await records.createMany(Array.from({ length: 2001 }, (_, n) => ({ n })))
    await records.list({ sort: deep, limit: 1 })
    const table = engine.tableOf(long + end)
    const indexed = (await engine.transaction(() => engine.tablesThere([table]))).get(table) ?? []
    assert.deepEqual([...indexed], [deep])
  }
  await store.records(`${long}1`).create({ n: 0 })
  assert.deepEqual(await store.counts(), { [`${long}1`]: 2002, [`${long}2`]: 2001 })
})

onEachDatabase('what was asked for before closing is kept, and what is asked for after is refused', async place => {
  const { store, tickets } = await open(place)
  const made = tickets.create({ title: 'in time' })
  await store.close()
  await assert.rejects(tickets.create({ title: 'late' }), fails('unavailable', /was closed/))
  const again = await open({ engine: await place.reopen() })
  assert.equal((await made).title, 'in time')
  assert.deepEqual(
    (await again.tickets.list()).map(({ title }) => title),
    ['in time'],
  )
})

onEachDatabase('many entities whose tables are there are found with as many questions as one', async place => {
  const many = Array.from({ length: 30 }, (_, n) => entitySchema.parse({ name: `Kind${n}`, properties: { title: { type: 'string' } } }))
  let asked = 0
  const engine: Engine = {
    ...place.engine,
    transaction: (work, options) =>
      place.engine.transaction(function* () {
        const steps = work()
        let step = steps.next()
        for (; !step.done; step = steps.next(yield step.value)) asked += 1
        return step.value
      }, options),
  }
  const countOf = async (entities: Entity[]) => {
    asked = 0
    const store = openStore(engine)
    await store.define(entities)
    await store.close()
    return asked
  }
  await countOf(many)
  assert.equal(await countOf(many), await countOf(many.slice(0, 1)))
})
