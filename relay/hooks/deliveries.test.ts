import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sql } from 'kysely'
import { until } from '../../core/until.fixture.ts'
import { databases } from '../relay.fixture.ts'
import { startPublishing } from '../releases/releases.fixture.ts'
import { appOn, hookedApp, withSecret } from './hooks.fixture.ts'

const json = { 'content-type': 'application/json' }

for (const kind of databases) {
  describe(`requests to webhooks, looked at afterwards, on ${kind}`, { concurrency: true }, () => {
    const ends: (() => Promise<void> | void)[] = []
    let place: Awaited<ReturnType<typeof startPublishing>>
    before(async () => {
      place = await startPublishing({ after: end => void ends.unshift(end) }, { kind })
    })
    after(async () => {
      for (const end of ends) await end()
    })
    const newApp = (appId: string) => appOn(() => place.relay.url, place.access, place.relay.settings, appId)

    it('whoever may publish sees what became of the last requests: their runs, and why others were refused', async () => {
      const app = newApp('told')
      const condition = '.trigger.data.total > 10'
      await app.publish(hookedApp({ order: { trigger: {}, condition } }))
      const { url, secret } = await app.hook('order')
      assert.deepEqual(await app.deliveries('order'), [])
      const order = (total: number, to = withSecret({ url, secret })) =>
        fetch(to, { method: 'POST', headers: json, body: JSON.stringify({ total }) })
      await order(50)
      await app.ended(1)
      await order(5)
      for (let n = 0; n < 3; n++) await order(7, `${url}/a-wrong-guess`)
      const seen = await until(async () => {
        const found = await app.deliveries('order')
        return found.every(({ outcome }) => outcome !== 'waiting') && found.toSorted((a, b) => a.outcome.localeCompare(b.outcome))
      }, 'all are handed on')
      assert.deepEqual(
        seen.map(each => (each.outcome === 'taken' ? (each.run?.state ?? 'no run') : each.outcome === 'refused' ? each.reason : '')).sort(),
        ['The secret is missing or wrong.', 'no run', 'succeeded'],
      )
      const [run] = seen.flatMap(each => (each.outcome === 'taken' && each.run ? [each.run] : []))
      assert.match((await place.browser.get(new URL(run?.page ?? '').pathname)).text, /Flow order|order/)
      assert.equal(JSON.stringify(seen).includes('a-wrong-guess'), false)
    })

    it('a sample is a request as its sender would sign it, and is taken', async () => {
      const app = newApp('sampled')
      const sources = ['any', 'hmac', 'standard', 'github', 'slack', 'stripe']
      await app.publish(hookedApp(Object.fromEntries(sources.map(source => [source, { trigger: { source } }]))))
      for (const name of ['slack', 'stripe']) await app.secretChanged(name, 'a-signing-secret-of-theirs')
      const body = '{"größe":[1,"a\'b"]}'
      for (const name of sources) {
        const { url, headers } = await app.sample(name, body)
        assert.equal((await fetch(url, { method: 'POST', headers, body })).status, 200, name)
      }
      assert.deepEqual(
        (await app.ended(sources.length)).map(({ trigger }) => JSON.stringify(trigger.data)),
        sources.map(() => body),
      )
    })

    it('a signed request that someone has recorded starts nothing again: soon after it is known, later it is too old', async t => {
      const time = { aheadMs: 0 }
      const replayed = await startPublishing(t, { kind, now: () => Date.now() + time.aheadMs })
      const app = appOn(() => replayed.relay.url, replayed.access, replayed.relay.settings, 'replayed')
      await app.publish(hookedApp({ order: { trigger: { source: 'standard' } }, event: { trigger: { source: 'slack' } } }))
      await app.secretChanged('event', 'a-signing-secret-of-slack')
      for (const name of ['order', 'event']) {
        const recorded = await app.sample(name, '{"n":1}')
        const play = async () => (await fetch(recorded.url, { method: 'POST', headers: recorded.headers, body: '{"n":1}' })).status
        assert.deepEqual([await play(), await play()], [200, 200])
        time.aheadMs += 301_000
        assert.equal(await play(), 401)
        assert.equal((await app.relay(sql`select 1 as one from hook_inbox where hook = ${name}`)).length, 1)
      }
    })
  })
}
