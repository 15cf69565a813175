import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { sql } from 'kysely'
import type { Limit } from '../limits.ts'
import { signInDesktop } from '../desktops/desktop.fixture.ts'
import { databases, joinAs } from '../relay.fixture.ts'
import { all, requestWith, startPublishing } from '../releases/releases.fixture.ts'
import { flood, guesses } from './receive.ts'
import { appOn, hookedApp, sendSigned, withSecret } from './hooks.fixture.ts'

const json = { 'content-type': 'application/json' }

for (const kind of databases) {
  describe(`webhooks of a relay on ${kind}`, { concurrency: true }, () => {
    const ends: (() => Promise<void> | void)[] = []
    const clock = { now: Date.now() }
    let place: Awaited<ReturnType<typeof startPublishing>>
    before(async () => {
      place = await startPublishing({ after: end => void ends.unshift(end) }, { kind })
    })
    after(async () => {
      for (const end of ends) await end()
    })
    const newApp = (appId: string, access = place.access) => appOn(() => place.relay.url, access, place.relay.settings, appId)

    it('an app that sleeps is woken by a signed request, and its flow runs with what the request says', async () => {
      const app = newApp('woken')
      await app.publish(hookedApp({ issue: { trigger: { source: 'github' } } }))
      const hook = await app.hook('issue')
      assert.deepEqual([hook.title, hook.secretFrom, hook.isActive, hook.lastReceivedAt], ['Flow issue', 'relay', true, null])
      const response = await sendSigned(hook, '{"action":"opened","issue":{"title":"Größe"}}', { id: 'd-1' })
      assert.deepEqual([response.status, await response.text()], [200, ''])
      const [run] = await app.ended(1)
      assert.deepEqual(run?.trigger.data, { action: 'opened', issue: { title: 'Größe' } })
      assert.equal(run?.trigger.headers['x-github-event'], 'issues')
      assert.equal(JSON.stringify(run).includes('sha256='), false, 'the signature stays outside')
      assert.ok((await app.hook('issue')).lastReceivedAt)
    })

    it('a delivery that is sent again is answered alike and starts nothing, also when it comes twice at once', async () => {
      const app = newApp('repeated')
      await app.publish(hookedApp({ issue: { trigger: { source: 'github' } } }))
      const hook = await app.hook('issue')
      const statuses = await Promise.all([1, 2, 3].map(async () => (await sendSigned(hook, '{"n":1}', { id: 'same' })).status))
      await app.ended(1)
      statuses.push((await sendSigned(hook, '{"n":1}', { id: 'same' })).status)
      await sendSigned(hook, '{"n":2}', { id: 'other' })
      assert.deepEqual(statuses, [200, 200, 200, 200])
      assert.deepEqual(
        (await app.ended(2)).map(({ trigger }) => trigger.data),
        [{ n: 1 }, { n: 2 }],
      )
    })

    it('a request that is not genuine is refused, and starts nothing', async () => {
      const app = newApp('forged')
      await app.publish(hookedApp({ issue: { trigger: { source: 'github' } }, open: { trigger: {} } }))
      const hook = await app.hook('issue')
      const forged = await sendSigned({ ...hook, secret: 'another secret of someone' }, '{}')
      assert.deepEqual(
        [forged.status, ((await forged.json()) as { message: string }).message],
        [401, 'The signature is wrong. Is the secret the same on both sides?'],
      )
      const { url, secret } = await app.hook('open')
      for (const address of [url, `${url}/wrong`]) assert.equal((await fetch(address, { method: 'POST' })).status, 401)
      assert.equal(
        (
          await fetch(withSecret({ url, secret }), {
            method: 'POST',
            body: 'a=1&b=2&b=3',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          })
        ).status,
        200,
      )
      const found = await app.ended(1)
      assert.deepEqual(
        found.map(({ trigger }) => trigger.data),
        [{ a: '1', b: ['2', '3'] }],
      )
    })

    it('an address that is not there, no longer there or switched off says so', async () => {
      const app = newApp('gone')
      const flows = hookedApp({ old: { trigger: {} }, kept: { trigger: {} }, off: { trigger: {}, is_active: false } })
      await app.publish(flows)
      const [kept, off, old] = await Promise.all(['kept', 'off', 'old'].map(app.hook))
      const send = async (url: string | undefined, init: RequestInit = { method: 'POST' }) => {
        const response = await fetch(url ?? '', init)
        return [response.status, ((await response.json()) as { message: string }).message]
      }
      assert.deepEqual(await send(`${kept?.url}x/${kept?.secret}`), [
        404,
        'There is no such web address in this app. Check it where the app is published.',
      ])
      assert.deepEqual(await send(`${off?.url}/${off?.secret}`), [
        404,
        '“Flow off” is switched off, so nothing takes requests at this address.',
      ])
      assert.deepEqual(await send(kept?.url, {}), [405, 'Send requests to this address with POST.'])
      await app.publish(hookedApp({ kept: { trigger: {} } }), 1)
      assert.deepEqual(await send(`${old?.url}/${old?.secret}`), [
        410,
        'This web address is not used any more. Nothing takes requests here.',
      ])
      assert.equal((await app.hook('kept')).secret, kept?.secret, 'the secret outlives a new version')
      assert.equal((await all(app.releases.rollBack('gone', { number: 1, base: 2 }))).at(-1)?.type, 'live')
      assert.equal((await fetch(`${old?.url}/${old?.secret}`, { method: 'POST' })).status, 200, 'with the version its addresses come back')
    })

    it('a secret that the service makes is entered first; a new one ends the old one at once', async () => {
      const app = newApp('entered')
      await app.publish(hookedApp({ paid: { trigger: { source: 'stripe' } }, any: { trigger: {} } }))
      const hook = await app.hook('paid')
      assert.deepEqual([hook.secretFrom, hook.secret], ['sender', null])
      const body = JSON.stringify({ id: 'evt_1', type: 'invoice.paid' })
      const pay = (secret: string) => {
        const at = Math.floor(Date.now() / 1000)
        const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
        return fetch(hook.url, { method: 'POST', body, headers: { ...json, 'stripe-signature': `t=${at},v1=${signature}` } })
      }
      assert.equal((await pay('whsec_of_stripe_1')).status, 503)
      assert.equal((await app.secretChanged('paid')).status, 400)
      for (const wrong of ['short', 'with a space in the middle', 'x'.repeat(501)]) {
        const { status, body: told } = await app.secretChanged('paid', wrong)
        assert.equal(status, 400)
        assert.ok(!JSON.stringify(told).includes(wrong), 'what was typed is not repeated')
      }
      assert.equal((await app.secretChanged('paid', 'whsec_of_stripe_1')).status, 200)
      assert.equal((await pay('whsec_of_stripe_1')).status, 200)
      assert.equal((await app.secretChanged('paid', 'whsec_of_stripe_2')).status, 200)
      assert.equal((await pay('whsec_of_stripe_1')).status, 401)
      assert.equal((await pay('whsec_of_stripe_2')).status, 200)
      assert.equal((await app.ended(1)).length, 1, 'one event of Stripe, whatever it was signed with')
      const before = await app.hook('any')
      const changed = await app.details((await app.secretChanged('any')).body)
      assert.notEqual(changed.secret, before.secret)
      assert.equal((await fetch(`${before.url}/${before.secret}`, { method: 'POST' })).status, 401)
      assert.equal((await fetch(`${changed.url}/${changed.secret}`, { method: 'POST' })).status, 200)
    })

    it('Slack’s question is answered once it is signed, and GitHub’s greeting starts nothing', async () => {
      const app = newApp('asked')
      await app.publish(hookedApp({ events: { trigger: { source: 'slack' } }, issue: { trigger: { source: 'github' } } }))
      await app.secretChanged('events', 'the-signing-secret-of-slack')
      const { url } = await app.hook('events')
      const post = (body: string, secret: string) => {
        const at = String(Math.floor(Date.now() / 1000))
        const signature = createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')
        return fetch(url, {
          method: 'POST',
          body,
          headers: { ...json, 'x-slack-request-timestamp': at, 'x-slack-signature': `v0=${signature}` },
        })
      }
      const question = JSON.stringify({ type: 'url_verification', challenge: 'c-1', token: 't' })
      assert.equal((await post(question, 'another-secret-of-slack')).status, 401)
      const answer = await post(question, 'the-signing-secret-of-slack')
      assert.deepEqual([answer.status, answer.headers.get('content-type'), await answer.text()], [200, 'text/plain; charset=UTF-8', 'c-1'])
      assert.equal((await sendSigned(await app.hook('issue'), '{"zen":"…"}', { event: 'ping' })).status, 200)
      await post(JSON.stringify({ type: 'event_callback', event_id: 'Ev1' }), 'the-signing-secret-of-slack')
      await post(JSON.stringify({ type: 'event_callback', event_id: 'Ev1' }), 'the-signing-secret-of-slack')
      assert.deepEqual(
        (await app.ended(1)).map(({ trigger }) => trigger.delivery_id),
        ['Ev1'],
      )
    })

    it('a body that no flow could read is refused in words', async () => {
      const app = newApp('unreadable')
      await app.publish(hookedApp({ any: { trigger: {} } }))
      const { url, secret } = await app.hook('any')
      const send = async (body: BodyInit, type: string) => {
        const response = await fetch(withSecret({ url, secret }), { method: 'POST', body, headers: { 'content-type': type } })
        return [response.status, ((await response.json()) as { message: string }).message]
      }
      assert.deepEqual(await send('{"a":', 'application/json'), [400, 'The body of the request says it is JSON, and it is not.'])
      assert.deepEqual(await send('x', 'image/png'), [400, 'A hook takes JSON, forms and texts, not image/png.'])
      assert.deepEqual(await send(new Uint8Array([0xff, 0xfe]), 'text/plain'), [400, 'The body of the request is not UTF-8 text.'])
      assert.deepEqual(await send('['.repeat(200_000) + ']'.repeat(200_000), 'application/json'), [
        400,
        'The body of the request is nested more than 100 levels deep.',
      ])
      assert.deepEqual(await send('x'.repeat(1_000_001), 'text/plain'), [413, 'A request may be 1 MB at most. Send less at once.'])
      assert.deepEqual(await app.runs(), [])
    })

    it('nobody else’s member sees a secret: viewers may not, and an app of another name is not there', async () => {
      const app = newApp('owned')
      await app.publish(hookedApp({ any: { trigger: {} } }))
      const viewer = await joinAs(place.relay, place.browser, { email: 'viewer@example.com', role: 'viewer' })
      const { access } = await signInDesktop(place.relay.url, viewer)
      const asViewer = requestWith(() => place.relay.url, access)
      assert.equal((await asViewer('/api/relay/apps/owned/hooks')).status, 403)
      assert.equal((await asViewer('/api/relay/apps/owned/hooks/any/secret', { method: 'POST', body: '{}' })).status, 403)
      for (const path of ['secret', 'deliveries']) assert.equal((await asViewer(`/api/relay/apps/owned/hooks/any/${path}`)).status, 403)
      const sample = { method: 'POST', headers: json, body: '{"body":"{}"}' }
      assert.equal((await asViewer('/api/relay/apps/owned/hooks/any/sample', sample)).status, 403)
      assert.equal(
        JSON.stringify(await app.hooks()).includes((await app.hook('any')).secret ?? '–'),
        false,
        'a secret is asked for by itself',
      )
      assert.equal((await fetch(`${place.relay.url}/api/relay/apps/owned/hooks`)).status, 401)
      assert.equal((await fetch(`${place.relay.url}/api/relay/apps/owned/hooks/any/secret`)).status, 401)
      assert.deepEqual(await newApp('not-owned').hooks(), [])
      assert.equal((await newApp('not-owned').secretChanged('any')).status, 404)
    })

    it('two flows with one address are not published', async () => {
      const app = newApp('twice')
      const flows = hookedApp({ one: { trigger: { hook_name: 'same' } }, two: { trigger: { hook_name: 'same' } } })
      await assert.rejects(app.publish(flows), /Two flows have the web address “same”/)
    })

    it('a flood is held back with the time to wait, and who has no secret keeps nobody out', async t => {
      const flooded = await startPublishing(t, { kind, now: () => clock.now })
      const app = appOn(() => flooded.relay.url, flooded.access, flooded.relay.settings, 'flooded')
      await app.publish(hookedApp({ any: { trigger: {} } }))
      const { url, secret } = await app.hook('any')
      const send = async (count: number, address: string) =>
        Promise.all(Array.from({ length: count }, () => fetch(address, { method: 'POST' })))
      const tried = (limit: Limit, n: number) => app.relay(sql`update tries set n = ${n} where name = ${limit.name}`)
      assert.deepEqual(count(await send(1, `${url}/wrong`)), { 401: 1 })
      await tried(guesses, guesses.most - 2)
      assert.deepEqual(count(await send(4, `${url}/wrong`)), { 401: 2, 429: 2 })
      assert.deepEqual(count(await send(1, withSecret({ url, secret }))), { 200: 1 })
      await tried(flood, flood.most - 2)
      const right = await send(5, withSecret({ url, secret }))
      assert.deepEqual(count(right), { 200: 2, 429: 3 })
      assert.equal(right.find(({ status }) => status === 429)?.headers.get('retry-after'), '60')
      clock.now += 60_001
      assert.deepEqual(count(await send(1, withSecret({ url, secret }))), { 200: 1 })
    })
  })
}

function count(responses: readonly Response[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
