import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { entity as entitySchema } from '../../core/app/entity.ts'
import { AppError } from '../../core/errors.ts'
import { filters, paths, patterns, sorts } from './arbitrary-queries.ts'
import { data, texts } from './arbitrary.ts'
import { openDatabase } from './database.ts'
import { newSchema, postgresOfThisFile } from './each-database.fixture.ts'
import type { Engine } from './engine.ts'
import { fieldsOf, isBuiltIn } from './fields.ts'
import { parseFilter, parsePath } from './filter.ts'
import { matches, valueAt } from './matches.ts'
import { compareText, compareValues } from './order.ts'
import { sqliteEngine } from './sqlite-engine.ts'
import { openStore, type Records } from './store.ts'
import { canonical, type Doc } from './values.ts'

// The same operations on SQLite, on Postgres and on a plain array: the answers and their order must be equal. RUNS=200 OPERATIONS=100 SEED=7 for a long run.
const runs = Number(process.env.RUNS ?? 20)
const operations = Number(process.env.OPERATIONS ?? 40)
const seed = process.env.SEED ? { seed: Number(process.env.SEED) } : {}

// `m` is not declared; `o.city`, `m`, `s` and `n` are indexed, the others are not.
const random = entitySchema.parse({
  name: 'Random',
  properties: { s: { type: 'string' }, n: { type: 'number' }, b: { type: 'boolean' }, tags: { type: 'array' }, o: { type: 'object' } },
})
const fields = fieldsOf(random)

type Place = { name: string; engine: Engine; records: Records }

const places: Place[] = []
let array: Doc[] = []
let serial = 0

before(async () => {
  const { postgres } = await postgresOfThisFile()
  for (const [name, engine] of Object.entries({
    sqlite: sqliteEngine(openDatabase(':memory:')),
    postgres: postgres.engineFor(newSchema()),
  })) {
    const store = openStore(engine)
    await store.define([random])
    for (const path of ['s', 'n', 'm', 'o.city']) await engine.createIndex('e_Random', path.split('.'))
    // A new start, so that the store finds the indexes.
    const again = openStore(engine)
    await again.define([random])
    places.push({ name, engine, records: again.records('Random') })
  }
})

const operation = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('list' as const),
      q: filters,
      sort: sorts,
      limit: fc.integer({ min: 0, max: 60 }),
      skip: fc.integer({ min: 0, max: 10 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('probe' as const),
      index: fc.nat(39),
      path: paths,
      operator: fc.constantFrom('$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$in', '$regex', '$all'),
      sort: sorts,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('walk' as const), q: filters, sort: sorts, limit: fc.integer({ min: 3, max: 20 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('count' as const), q: filters }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('insert' as const), data: fc.array(data, { maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('update' as const), index: fc.nat(39), patch: data }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), index: fc.nat(39) }) },
)
type Step = typeof operation extends fc.Arbitrary<infer T> ? T : never

test('random queries have the same answers in the same order from SQLite, Postgres and memory', async () => {
  const plan = fc.tuple(
    fc.array(data, { minLength: 10, maxLength: 40 }),
    fc.array(operation, { minLength: operations, maxLength: operations }),
  )
  await fc.assert(
    fc.asyncProperty(plan, async ([first, steps]) => {
      await clear()
      await insert(first)
      for (const step of steps) await perform(step)
    }),
    { numRuns: runs, ...seed },
  )
})

test('a pattern finds the same texts in SQLite, Postgres, in memory and with JavaScript’s own RegExp', async () => {
  const plan = fc.tuple(
    fc.array(texts, { minLength: 60, maxLength: 60 }),
    fc.array(fc.tuple(patterns, fc.boolean()), { minLength: operations, maxLength: operations }),
  )
  await fc.assert(
    fc.asyncProperty(plan, async ([all, some]) => {
      await clear()
      await insert(all.map(s => ({ s })))
      for (const [pattern, ignoreCase] of some) await tryPattern(pattern, ignoreCase)
    }),
    { numRuns: Math.ceil(runs / 4), ...seed },
  )
})

async function tryPattern(pattern: string, ignoreCase: boolean): Promise<void> {
  const q = { s: { $regex: pattern, ...(ignoreCase && { $options: 'i' }) } }
  if (isRefused(q)) return
  const found = expected(q)
  for (const { name, records } of places) assert.deepEqual(await records.list({ q, sort: 'id' }), found, `${name}: ${pattern}`)
  if (ignoreCase || pattern.startsWith('(?i)') || /\\[sSwWdD]/.test(pattern)) return
  const plain = javaScript(pattern)
  // JavaScript's `.` leaves out more kinds of line end than ours, which is RE2's.
  const isUsual = (record: Doc) => !/[\r\u2028\u2029]/.test(String(record.s))
  if (plain)
    assert.deepEqual(
      found.filter(isUsual),
      array.filter(record => isUsual(record) && plain.test(String(record.s))),
      pattern,
    )
}

function javaScript(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u')
  } catch {
    return undefined // It refuses some escapes that we take, as \<
  }
}

function isRefused(q: unknown): boolean {
  try {
    parseFilter(q)
    return false
  } catch (error) {
    if (error instanceof AppError && error.code === 'validation') return true
    throw error
  }
}

async function clear(): Promise<void> {
  array = []
  for (const { engine } of places) await engine.query(sql`delete from ${sql.id('e_Random')}`)
}

/** Past the door, so that fields hold what their schema does not say, as after a change of schema. */
async function insert(all: readonly Doc[]): Promise<void> {
  const rows = all.map(own => {
    const id = (++serial).toString(16).padStart(24, '0')
    const created = new Date(1_700_000_000_000 + (serial % 7) * 1000).toISOString()
    const by = ['', 'a@x', 'B@x', 'é@x'][serial % 4] ?? ''
    return { id, created_date: created, updated_date: created, created_by: by, created_by_id: '', data: JSON.stringify(canonical(own)) }
  })
  if (rows.length === 0) return
  const values = sql.join(rows.map(row => sql`(${sql.join(Object.values(row))})`))
  for (const { engine } of places)
    await engine.query(
      sql`insert into ${sql.id('e_Random')} (id, created_date, updated_date, created_by, created_by_id, data) values ${values}`,
    )
  for (const { data: own, ...row } of rows)
    array.push({ ...row, created_by: row.created_by || null, created_by_id: null, ...JSON.parse(own) })
}

async function perform(step: Step): Promise<void> {
  const said = JSON.stringify(step)
  switch (step.do) {
    case 'probe':
      return perform(probe(step))
    case 'insert':
      return insert(step.data)
    case 'update':
      return update(array[step.index % (array.length || 1)], JSON.parse(JSON.stringify(step.patch)) as Doc, said)
    case 'delete': {
      const [gone] = array.splice(step.index % (array.length || 1), 1)
      for (const { name, records } of places) if (gone) assert.deepEqual(await records.delete(String(gone.id)), gone, `${name}: ${said}`)
      return
    }
    default:
      if (isRefused(step.q)) {
        for (const { records } of places) await assert.rejects(records.list({ q: step.q }), AppError)
        return
      }
      for (const { name, records } of places) await ask(records, step, `${name}: ${said}`)
  }
}

async function ask(records: Records, step: Step & { do: 'list' | 'walk' | 'count' }, said: string): Promise<void> {
  switch (step.do) {
    case 'list':
      return assertSame(await records.list(step), expected(step.q, step.sort).slice(step.skip, step.skip + step.limit), said)
    case 'walk':
      return assertSame(await walk(records, step), expected(step.q, step.sort), said)
    case 'count':
      return assert.equal(await records.count(step.q), expected(step.q).length, said)
  }
}

/** As text, so that the order of a record's fields counts too. */
function assertSame(answer: Doc[], wanted: Doc[], said: string): void {
  assert.deepEqual(answer, wanted, said)
  assert.equal(JSON.stringify(answer), JSON.stringify(wanted), said)
}

/** A field that does not fit the schema is refused by all; one that fits is set, and what does not fit elsewhere stays. */
async function update(record: Doc | undefined, patch: Doc, said: string): Promise<void> {
  if (!record) return
  const outcomes = await Promise.all(
    places.map(({ records }) => records.update(String(record.id), patch).then(timeless, error => AppError.from(error).code)),
  )
  const wanted = outcomes[0] === 'validation' ? 'validation' : timeless({ ...record, ...patch })
  for (const outcome of outcomes) assert.deepEqual(outcome, wanted, said)
  if (wanted === 'validation') return
  for (const { engine } of places)
    await engine.query(sql`update ${sql.id('e_Random')} set updated_date = ${record.updated_date} where id = ${record.id}`)
  const builtIn = Object.fromEntries(Object.entries(record).filter(([name]) => isBuiltIn([name])))
  const own = Object.entries({ ...record, ...patch }).filter(([name]) => !isBuiltIn([name]))
  array[array.indexOf(record)] = { ...builtIn, ...(canonical(Object.fromEntries(own)) as Doc) }
}

function timeless(record: Doc): Doc {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'updated_date'))
}

/** Asks for a value that some record has: random values alone seldom meet. */
function probe({ index, path, operator, sort }: Step & { do: 'probe' }): Step {
  const value = valueAt(array[index % (array.length || 1)] ?? {}, parsePath(path))
  const one = Array.isArray(value) ? value[0] : value
  const wanted = typeof one === 'object' || one === undefined ? null : one
  const quoted = `^${String(wanted)
    .slice(0, 100)
    .replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')}`
  const operand = operator === '$in' || operator === '$all' ? [wanted] : operator === '$regex' ? quoted : wanted
  return { do: 'list', q: { [path]: { [operator]: operand } }, sort, limit: 100, skip: 0 }
}

async function walk(records: Records, { q, sort, limit }: { q: Doc; sort: string; limit: number }): Promise<Doc[]> {
  const all: Doc[] = []
  let cursor: string | null = null
  do {
    const page = await records.page(cursor ? { cursor, limit } : { q, sort, limit })
    all.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  return all
}

function expected(q: unknown, sort = 'id'): Doc[] {
  const filter = parseFilter(q)
  const path = parsePath((sort || '-created_date').replace(/^[+-]/, ''))
  const sign = sort.startsWith('-') ? -1 : 1
  const inOrder = (a: Doc, b: Doc) =>
    compareValues(valueAt(a, path), valueAt(b, path)) ||
    compareText(String(a.created_date), String(b.created_date)) ||
    compareText(String(a.id), String(b.id))
  return array.filter(record => matches(filter, record, fields)).sort((a, b) => sign * inOrder(a, b))
}
