import assert from 'node:assert/strict'
import { it } from 'node:test'
import { spawnRelay } from '../process.fixture.ts'
import { createBrowser, databases, startTestRelay, testSettings } from '../relay.fixture.ts'
import { openPublisher } from '../releases/releases.fixture.ts'
import { appOn, hookedApp, sendSigned } from './hooks.fixture.ts'

for (const kind of databases)
  it(`a relay on ${kind} that is killed right after its answer runs the flow once when it is back, also for what is sent again`, async t => {
    const settings = await testSettings(t, kind)
    const dying = spawnRelay(t, settings)
    const place = { url: await dying.url() }
    const [, setupUrl = ''] = await dying.line(/Set it up, once: (\S+)/)
    const { access } = await openPublisher({ url: place.url, setupUrl, browser: () => createBrowser(place.url) })
    const app = appOn(() => place.url, access, settings, 'desk')
    await app.publish(hookedApp({ issue: { trigger: { source: 'github' } } }))
    const hook = await app.hook('issue')
    const send = async (n: number) => {
      const url = hook.url.replace(/^http:\/\/[^/]+/, place.url)
      return { n, status: (await sendSigned({ ...hook, url }, JSON.stringify({ n }), { id: `d-${n}` })).status }
    }
    const numbers = Array.from({ length: 12 }, (_, n) => n)
    const deliveries = async () => (await app.ended(1)).map(({ trigger }) => trigger.delivery_id)

    const sent = numbers.map(send)
    await Promise.any(sent)
    dying.child.kill('SIGKILL')
    await dying.exit
    const answered = (await Promise.allSettled(sent)).flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
    assert.ok(answered.length > 0 && answered.every(({ status }) => status === 200))

    // A minute later: what a node that is gone had begun is anyone's then.
    const again = await startTestRelay(t, { settings, now: () => Date.now() + 60_000 })
    place.url = again.url
    await app.ended(answered.length)
    const ran = await deliveries()
    for (const { n } of answered) assert.equal(ran.filter(id => id === `d-${n}`).length, 1)

    // Who had no answer sends again, and who had one may, too.
    for (const { status } of await Promise.all(numbers.map(send))) assert.equal(status, 200)
    await app.ended(numbers.length)
    assert.deepEqual((await deliveries()).sort(), numbers.map(n => `d-${n}`).sort())
  })
