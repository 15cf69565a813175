import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connect, createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import { makeCluster, type Cluster } from './postgres-cluster.fixture.ts'
import { openPostgres } from './postgres.ts'
import { until } from '../../core/until.fixture.ts'
import { fails, ticket } from './store.fixture.ts'
import { openStore } from './store.ts'

// A server of its own, with fsync as in real life: others' tests go on while it is away.
let cluster: Cluster
before(async () => {
  cluster = await makeCluster({ fsync: true })
})
after(() => cluster.remove())

test('a database that crashes under writes and comes back: clear answers meanwhile, nothing answered is lost, all goes on by itself', async () => {
  const postgres = openPostgres(cluster.url, { lookEveryMs: 20, reconnectAfterMs: 5 })
  const reports: AppError[] = []
  const store = openStore(postgres.engineFor('outage'), { report: error => reports.push(error) })
  await store.define([ticket])
  const tickets = store.records('Ticket')
  const told = new Set<string>()
  store.onCommit(({ id }) => told.add(id))

  const answered: string[] = []
  const refused: AppError[] = []
  const over = new AbortController()
  const writers = [1, 2, 3, 4].map(async () => {
    while (!over.signal.aborted) {
      try {
        answered.push(String((await tickets.create({ title: 'x' })).id))
      } catch (error) {
        refused.push(AppError.from(error))
        await pause(5)
      }
    }
  })
  await until(() => answered.length > 20)
  await cluster.stop('immediate')
  await until(() => refused.length > 10)
  assert.deepEqual(new Set(refused.map(({ code }) => code)), new Set(['unavailable']))
  await assert.rejects(tickets.list(), fails('unavailable', /cannot be reached\. Plugboard goes on by itself/))
  const before = answered.length
  await cluster.start()
  await until(() => answered.length > before + 20)
  over.abort()
  await Promise.all(writers)

  const kept = new Set((await tickets.list()).map(({ id }) => String(id)))
  assert.deepEqual(
    answered.filter(id => !kept.has(id)),
    [],
  )
  await until(() => answered.every(id => told.has(id)))
  // Whoever followed the changes was away for as long, and said so once.
  assert.ok(reports.length <= 2 && reports.every(({ code }) => code === 'unavailable'), String(reports))
  await store.close()
  await postgres.close()
})

test('a database that says nothing any more is given up, and asked again over a new connection', async () => {
  const { searchParams } = new URL(cluster.url)
  const sockets = new Set<Socket>()
  let isSilent = false
  const proxy = createServer(client => {
    const server = connect(`${searchParams.get('host')}/.s.PGSQL.5432`)
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => to.destroy())
      from.on('data', data => {
        if (!isSilent) to.write(data)
      })
    }
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  assert.ok(typeof address === 'object' && address)
  const postgres = openPostgres(`postgres://postgres@127.0.0.1:${address.port}/postgres`, {
    statementTimeoutMs: 300,
    connectTimeoutMs: 1000,
  })
  const engine = postgres.engineFor('silent')
  await engine.migrate('own', function* () {
    yield sql`create table own (n integer)`
  })
  isSilent = true
  await assert.rejects(engine.query(sql`select 1`), fails('unavailable', /cannot be reached/))
  await assert.rejects(
    engine.transaction(function* () {
      yield sql`insert into own values (1)`
    }),
    fails('unavailable', /cannot be reached/),
  )
  isSilent = false
  assert.deepEqual(await engine.query(sql`select n from own`), [])

  // The answer to a commit is what gets lost: it may have been made, and the sentence says so.
  const commit = engine.transaction(function* () {
    yield sql`insert into own values (2)`
    isSilent = true
  })
  await assert.rejects(commit, fails('unavailable', /Look whether it is there/))
  await postgres.close()
  for (const socket of sockets) socket.destroy()
  proxy.close()
})
