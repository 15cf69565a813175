import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entity } from '../core/app/entity.ts'
import { openDatabase } from '../host/store/database.ts'
import type { Engine } from '../host/store/engine.ts'
import { makeCluster } from '../host/store/postgres-cluster.fixture.ts'
import { openPostgres } from '../host/store/postgres.ts'
import { sqliteEngine } from '../host/store/sqlite-engine.ts'
import { openStore, type Records } from '../host/store/store.ts'
import { percentile } from './percentile.ts'

const size = 100_000
const rounds = 120
const writers = 20

/**
 * One record, a page, a filter and writes among 100,000 records with indexes, on SQLite and on Postgres of this machine, both durable at
 * each commit. They take turns, so what else the machine does meets both; the ratio is Postgres's median to SQLite's.
 */
export async function run(): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
  const database = openDatabase(join(folder, 'app.db'))
  const cluster = await makeCluster({ fsync: true })
  const postgres = openPostgres(cluster.url)
  try {
    const places = { SQLite: await fill(sqliteEngine(database)), Postgres: await fill(postgres.engineFor('bench')) }
    const figures: Record<string, number> = {}
    for (const [what, ask] of Object.entries(asks)) {
      const times = { SQLite: [] as number[], Postgres: [] as number[] }
      for (let round = 0; round < rounds; round++) {
        for (const name of ['SQLite', 'Postgres'] as const) times[name].push(await timeOf(() => ask(places[name], round)))
      }
      const [sqlite, other] = [percentile(times.SQLite, 50), percentile(times.Postgres, 50)]
      Object.assign(figures, { [`${what}, SQLite ms`]: sqlite, [`${what}, Postgres ms`]: other, [`${what}, ratio`]: other / sqlite })
    }
    return figures
  } finally {
    await postgres.close()
    await cluster.remove()
    database.close()
    await rm(folder, { recursive: true, force: true })
  }
}

type Place = { records: Records; ids: string[] }

const ticket = entity.parse({
  name: 'Ticket',
  properties: { title: { type: 'string' }, group: { type: 'integer' }, number: { type: 'integer' }, text: { type: 'string' } },
})

const groups = size / 20

async function fill(engine: Engine): Promise<Place> {
  const store = openStore(engine)
  await store.define([ticket])
  const records = store.records('Ticket')
  const ids: string[] = []
  for (let from = 0; from < size; from += 1000) {
    const some = Array.from({ length: 1000 }, (_, n) => newTicket(from + n))
    ids.push(...(await records.createMany(some)).map(({ id }) => String(id)))
  }
  // Their indexes are made now.
  await records.list({ q: { group: 1 }, sort: 'number', limit: 1 })
  return { records, ids }
}

function newTicket(n: number) {
  return { title: `Ticket ${n}`, group: n % groups, number: (n * 7919) % size, text: 'Printer is on fire. '.repeat(15) }
}

/** Spread over all records, the same ones in each run. */
const at = (round: number) => (round * 48_271) % size

const asks: Record<string, (place: Place, round: number) => Promise<unknown>> = {
  'one record': ({ records, ids }, round) => records.get(ids[at(round)] ?? ''),
  'filter, 20 of 100,000': ({ records }, round) => records.list({ q: { group: at(round) % groups } }),
  'page of 50, sorted': ({ records }, round) => records.list({ q: { number: { $gte: at(round) } }, sort: 'number', limit: 50 }),
  create: ({ records }, round) => records.create(newTicket(round)),
  [`${writers} creates at once`]: ({ records }, round) =>
    Promise.all(Array.from({ length: writers }, () => records.create(newTicket(round)))),
  update: ({ records, ids }, round) => records.update(ids[at(round)] ?? '', { title: `Changed ${round}` }),
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
