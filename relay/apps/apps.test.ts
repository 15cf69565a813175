import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppError } from '../../core/errors.ts'
import { until } from '../../core/until.fixture.ts'
import type { RunningApp } from '../../host/running-app.ts'
import { openApps } from './apps.fixture.ts'
import { unsteady } from './unsteady.fixture.ts'

/** A relay whose apps lose their databases after as many transactions as are `left`. */
async function openUnsteady(kind: 'SQLite' | 'Postgres') {
  const states: ReturnType<typeof unsteady>['state'][] = []
  const relay = await openApps(kind, {
    wrap(engine) {
      const made = unsteady(engine)
      states.push(made.state)
      return made.engine
    },
  })
  return {
    ...relay,
    goAway: ({ left }: { left: number }) => states.forEach(state => (state.left = left)),
    failed: () => states.reduce((sum, { failed }) => sum + failed, 0),
  }
}

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
    // On a slow machine the wait is over by now.
    await until(async () => ['waiting', 'succeeded'].includes((await states())[0] ?? ''))
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
    await apps.changed('desk', 'release')
    const after = await apps.use('desk', async app => app)
    assert.notEqual(after, before)
    first.resolve()
    const { held, count } = await slow
    assert.deepEqual([held === before, count], [true, 0])
    assert.deepEqual(relay.reports, [])
  })

  test(`a long use of an old release holds up no flow, and what it still changes starts flows, too (${kind})`, async () => {
    await using relay = await openApps(kind)
    const { apps, work } = relay
    const isRun = async () => (await work.states()).get('desk')?.isRun
    // Once run, its triggers are armed.
    await work.add('desk')
    await until(isRun)
    await until(async () => !(await isRun()))
    const untilRuns = (count: number) =>
      until(() =>
        apps.use('desk', async ({ flows }) => {
          const { items } = await flows.runs.list({ limit: 10 })
          return items.length === count && items.every(({ state }) => state === 'succeeded')
        }),
      )
    const [begun, gate] = [Promise.withResolvers<RunningApp>(), Promise.withResolvers<void>()]
    const slow = apps.use('desk', async app => {
      begun.resolve(app)
      await gate.promise
      await app.store.records('Ticket').create({ title: 'from the old release' })
    })
    const old = await begun.promise
    await work.add('desk')
    await until(isRun)
    await apps.changed('desk', 'release')
    await apps.use('desk', app => app.store.records('Ticket').create({ title: 'from the new release' }))
    await untilRuns(1)
    await until(async () => !(await isRun()))
    gate.resolve()
    await slow
    await untilRuns(2)
    await until(() =>
      old.store
        .records('Ticket')
        .count()
        .then(
          () => false,
          ({ code }: AppError) => code === 'unavailable',
        ),
    )
    assert.deepEqual(relay.reports, [])
  })

  test(`who uses an app for ever does not keep a relay from ending, and nobody uses one after that (${kind})`, async () => {
    await using relay = await openApps(kind)
    const { apps } = relay
    const begun = Promise.withResolvers<void>()
    void apps.use('desk', async () => {
      begun.resolve()
      await new Promise(() => {})
    })
    await begun.promise
    await apps.close()
    await assert.rejects(
      apps.use('desk', async () => null),
      { code: 'unavailable', message: 'This relay is about to end. Try again in a moment.' },
    )
    assert.deepEqual(relay.reports, [])
  })

  test(`nobody is woken to count the runs that failed, also when nothing ever ran (${kind})`, async () => {
    await using relay = await openApps(kind)
    assert.deepEqual([await relay.apps.failedSince('desk', 0), relay.apps.awake()], [0, 0])
    await relay.apps.use('desk', app => app.store.records('Ticket').count())
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

  test(`a database that goes away while the flows of an app are about to start does not keep a relay from ending (${kind})`, async () => {
    await using relay = await openUnsteady(kind)
    const { apps, work } = relay
    await apps.use('desk', async () => {
      // With the one that is left, this process takes over the flows.
      relay.goAway({ left: 1 })
      await work.add('desk')
      await until(() => relay.failed() > 0)
    })
    await apps.close()
    assert.ok(relay.reports.every(({ code }) => code === 'unavailable'))
  })

  test(`what waits to be stored in a database that is away does not keep a relay from ending (${kind})`, async () => {
    await using relay = await openUnsteady(kind)
    const { apps } = relay
    const stored = apps.use('desk', async app => {
      await app.store.records('Ticket').create({ title: 'Printer' })
      relay.goAway({ left: 0 })
      return app.flows.runNow('nap')
    })
    const refused = assert.rejects(stored, { code: 'unavailable' })
    await until(() => relay.failed() > 0)
    await apps.close()
    await refused
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
