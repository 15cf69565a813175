import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunningApp } from '../../host/running-app.ts'
import { until } from '../../core/until.fixture.ts'
import { openApps } from './apps.fixture.ts'

const add = (title: string) => (app: RunningApp) => app.store.records('Ticket').create({ title })

/** What a page that is open on the app hears. */
async function openPage(apps: Awaited<ReturnType<typeof openApps>>['apps']) {
  const heard: unknown[] = []
  const line = await apps.listen('desk', ({ after }) => heard.push(after?.['title']))
  return { ...line, heard }
}

for (const kind of ['SQLite', 'Postgres'] as const) {
  test(`an open page leaves its app asleep, and hears what is done whenever somebody wakes it (${kind})`, async () => {
    await using relay = await openApps(kind)
    const { apps } = relay
    const page = await openPage(apps)
    assert.equal(apps.awake(), 0)
    const titles = ['one', 'two', 'three']
    for (const title of titles) {
      await apps.use('desk', add(title))
      await until(() => page.heard.includes(title))
      await until(() => apps.awake() === 0)
    }
    assert.deepEqual(page.heard, titles)
    page.close()
    await apps.use('desk', add('unheard'))
    await until(() => apps.awake() === 0)
    assert.deepEqual([page.heard, relay.reports], [titles, []])
  })

  test(`pages of one app hear the same, each for as long as it is open (${kind})`, async () => {
    await using relay = await openApps(kind)
    const { apps } = relay
    const [first, second] = [await openPage(apps), await openPage(apps)]
    await apps.use('desk', add('one'))
    await until(() => first.heard.length + second.heard.length === 2)
    first.close()
    first.close()
    await apps.use('desk', add('two'))
    await until(() => second.heard.length === 2)
    assert.deepEqual([first.heard, second.heard], [['one'], ['one', 'two']])
    second.close()
    const third = await openPage(apps)
    await apps.use('desk', add('three'))
    await until(() => third.heard.length === 1)
    assert.deepEqual([second.heard.length, third.heard], [2, ['three']])
    assert.deepEqual(relay.reports, [])
  })

  test(`a new release ends what is open on an app, also while it sleeps (${kind})`, async () => {
    await using relay = await openApps(kind)
    const { apps } = relay
    const page = await openPage(apps)
    await apps.use('desk', add('one'))
    await until(() => apps.awake() === 0)
    assert.equal(page.over.aborted, false)
    await apps.changed('desk', 'release')
    await until(() => page.over.aborted)
    page.close()
    assert.deepEqual(relay.reports, [])
  })
}

test('a page that is open on another node hears of changes and releases, and wakes nothing there', async () => {
  await using relay = await openApps('Postgres')
  const other = await relay.anotherNode()
  const page = await openPage(other)
  await relay.apps.use('desk', add('one'))
  await until(() => page.heard.length === 1)
  assert.deepEqual([page.heard, other.awake()], [['one'], 0])
  await relay.apps.changed('desk', 'release')
  await until(() => page.over.aborted)
  page.close()
  assert.deepEqual(relay.reports, [])
})
