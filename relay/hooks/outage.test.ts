import assert from 'node:assert/strict'
import { it } from 'node:test'
import { makeCluster } from '../../host/store/postgres-cluster.fixture.ts'
import { onPostgres } from '../relay.fixture.ts'
import { startPublishing } from '../releases/releases.fixture.ts'
import { appOn, hookedApp, sendSigned } from './hooks.fixture.ts'

it('a database that goes away: senders are told when to come back, what was taken before runs once, and what comes after, too', async t => {
  const cluster = await makeCluster({ fsync: false })
  const ends: (() => Promise<void> | void)[] = [cluster.remove]
  t.after(async () => {
    for (const end of ends) await end()
  })
  const settings = onPostgres(cluster.url)
  const { relay, access } = await startPublishing({ after: end => void ends.unshift(end) }, { settings })
  const app = appOn(() => relay.url, access, { ...relay.settings, ...settings }, 'desk')
  await app.publish(hookedApp({ issue: { trigger: { source: 'github' } } }))
  const hook = await app.hook('issue')
  const send = async (id: string) => {
    const response = await sendSigned(hook, JSON.stringify({ id }), { id })
    return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() }
  }

  assert.deepEqual(new Set((await Promise.all(['a', 'b', 'c'].map(send))).map(({ status }) => status)), new Set([200]))
  await cluster.stop('immediate')
  const away = await Promise.all(['d', 'e'].map(send))
  for (const { status, retryAfter, text } of away) {
    assert.deepEqual([status, retryAfter], [503, '10'])
    assert.match(text, /^\{"code":"unavailable","message":"The database cannot be reached\. [^"]*"\}$/)
  }
  assert.equal((await fetch(`${relay.url}/readyz`)).status, 503)
  assert.equal((await fetch(`${relay.url}/healthz`)).status, 200, 'the process is alive')

  await cluster.start()
  // A sender comes back with the same delivery.
  assert.deepEqual(
    (await Promise.all(['d', 'e', 'a'].map(send))).map(({ status }) => status),
    [200, 200, 200],
  )
  const runs = await app.ended(5)
  assert.deepEqual(runs.map(({ trigger }) => trigger.delivery_id).sort(), ['a', 'b', 'c', 'd', 'e'])
  assert.ok(runs.every(({ state }) => state === 'succeeded'))
})
