import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../core/errors.ts'
import { makeCluster } from '../store/postgres-cluster.fixture.ts'
import { openPostgres } from '../store/postgres.ts'
import { openStore } from '../store/store.ts'
import { ticket } from '../store/store.fixture.ts'
import { until } from '../../core/until.fixture.ts'
import { callFunction, modelOf, ticketCreated } from './fixture.ts'
import { openFlows } from './flows.ts'

test('a database that goes away: requests say so, and runs go on where they were when it is back, each step once', async t => {
  const cluster = await makeCluster({ fsync: false })
  const postgres = openPostgres(cluster.url, { connections: 5, reconnectAfterMs: 50, lookEveryMs: 200 })
  t.after(async () => {
    await postgres.close()
    await cluster.remove()
  })
  const engine = postgres.engineFor('app-outage')
  const store = openStore(engine)
  await store.define([ticket])
  const model = modelOf({ desk: { trigger: ticketCreated, do: [callFunction('one'), callFunction('two'), callFunction('three')] } })
  const ran: string[] = []
  const reports: AppError[] = []
  const gate = Promise.withResolvers<void>()
  const flows = await openFlows({
    appId: 'desk',
    database: engine,
    model: () => model,
    async runFunction(name, _input, { caller }) {
      ran.push(String(caller.stepId))
      if (name === 'two') await gate.promise
      return name
    },
    callAction: async () => null,
    accounts: async () => [],
    newestRecord: async () => null,
    report: error => reports.push(error),
    tickMs: 50,
  })
  store.onCommit(flows.wake)
  await flows.start()
  await store.records('Ticket').createMany(Array.from({ length: 8 }, (_, n) => ({ title: `Ticket ${n}` })))
  // Four are in the middle of their second step, and four wait for their turn.
  await until(() => ran.length === 8, 'four second steps')

  await cluster.stop('immediate')
  await assert.rejects(store.records('Ticket').list(), { code: 'unavailable', message: /^The database cannot be reached/ })
  await assert.rejects(flows.runs.list(), { code: 'unavailable' })
  // The steps end while nobody can store what they gave.
  gate.resolve()
  await until(() => reports.length > 0, 'a report')
  const said = reports.length
  await cluster.start()

  await until(async () => {
    const { items } = await flows.runs.list({ limit: 50 }).catch(() => ({ items: [] }))
    return items.length === 8 && items.every(({ state }) => state === 'succeeded')
  }, 'all runs')
  assert.equal(ran.length, 24)
  assert.equal(new Set(ran).size, 24)
  assert.equal(said, 1, 'an outage is reported once')
  assert.ok(reports.every(({ code }) => code === 'unavailable'))
  await flows.close()
  await store.close()
})
