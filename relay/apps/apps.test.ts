import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../host/store/store.fixture.ts'
import { openApps } from './apps.fixture.ts'

for (const kind of ['SQLite', 'Postgres'] as const) {
  test(`an app wakes for a request, and sleeps when nobody needs it (${kind})`, async () => {
    await using relay = await openApps(kind)
    const { apps } = relay
    assert.equal(apps.awake(), 0)
    const name = await apps.use('desk', async app => app.model().config.name)
    assert.deepEqual([name, apps.awake()], ['Desk', 1])
    await until(() => apps.awake() === 0)
    assert.deepEqual(relay.reports, [])
  })

  test(`a record starts its flow, which goes on while the app sleeps in between (${kind})`, async () => {
    await using relay = await openApps(kind, { wait: 'PT0.6S' })
    const { apps, work } = relay
    // Once run, its triggers are armed.
    await work.add('desk')
    await until(() => apps.awake() === 1)
    await until(() => apps.awake() === 0)
    await apps.use('desk', app => app.store.records('Ticket').create({ title: 'Printer' }))
    const states = () => apps.use('desk', async app => (await app.flows.runs.list()).items.map(({ state }) => state))
    await until(() => apps.awake() === 0)
    await until(async () => (await states())[0] === 'waiting')
    await until(() => apps.awake() === 0)
    await until(async () => (await states())[0] === 'succeeded')
    assert.equal((await states()).length, 1)
    assert.deepEqual(relay.reports, [])
  })

  test(`an app that somebody uses does not sleep, and a new release waits for nobody (${kind})`, async () => {
    await using relay = await openApps(kind)
    const { apps } = relay
    const first = Promise.withResolvers<void>()
    const slow = apps.use('desk', async app => {
      const held = app
      await first.promise
      return { held, count: await app.store.records('Ticket').count() }
    })
    const before = await apps.use('desk', async app => app)
    await apps.changed('desk')
    const after = await apps.use('desk', async app => app)
    assert.notEqual(after, before)
    first.resolve()
    const { held, count } = await slow
    assert.deepEqual([held === before, count], [true, 0])
    assert.deepEqual(relay.reports, [])
  })

  test(`an app that is not published is refused, and the next request asks again (${kind})`, async () => {
    await using relay = await openApps(kind)
    for (let n = 0; n < 2; n++)
      await assert.rejects(
        relay.apps.use('missing', async () => null),
        { code: 'not_found' },
      )
    assert.equal(relay.apps.awake(), 0)
  })

  test(`what people do at the same time runs each flow once (${kind})`, async () => {
    await using relay = await openApps(kind)
    const { apps, work } = relay
    await work.add('desk')
    await until(() => apps.awake() === 1)
    await until(() => apps.awake() === 0)
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => apps.use('desk', app => app.store.records('Ticket').create({ title: `Ticket ${n}` }))),
    )
    await until(() =>
      apps.use('desk', async app => {
        const { items } = await app.flows.runs.list({ limit: 100 })
        return items.length === 20 && items.every(({ state }) => state === 'succeeded')
      }),
    )
    assert.deepEqual(relay.reports, [])
  })
}
