import assert from 'node:assert/strict'
import { it } from 'node:test'
import { sql } from 'kysely'
import { until } from '../../core/until.fixture.ts'
import { databases } from '../relay.fixture.ts'
import { all, startPublishing } from '../releases/releases.fixture.ts'
import { appOn, hookedApp, withSecret } from './hooks.fixture.ts'

for (const kind of databases)
  it(`requests that waited on ${kind} while a version took one flow away and renamed another: each goes its own way`, async t => {
    const place = await startPublishing(t, { kind })
    const app = appOn(() => place.relay.url, place.access, place.relay.settings, 'desk')
    await app.publish(hookedApp({ dropped: { trigger: {} }, order: { trigger: {} }, paid: { trigger: {} } }))
    await app.publish(hookedApp({ purchase: { trigger: { hook_name: 'order' } }, paid: { trigger: {} } }), 1)

    // As a process leaves them that took them for the first version, and is gone.
    for (const name of ['dropped', 'order', 'paid']) {
      const delivery = { id: `of ${name}`, receivedAt: new Date().toISOString(), data: { name }, headers: {}, query: {} }
      await app.relay(sql`insert into hook_inbox (app_id, hook, flow, delivery_id, delivery, received_at, due_at, tries)
        values ('desk', ${name}, ${name}, ${delivery.id}, ${JSON.stringify(delivery)}, ${Date.now()}, 0, 0)`)
    }
    assert.equal((await fetch(withSecret(await app.hook('paid')), { method: 'POST', body: 'new' })).status, 200)

    const ran = (await app.ended(3)).map(({ name, trigger }) => `${name} ${JSON.stringify(trigger.data)}`)
    assert.deepEqual(ran.toSorted(), ['paid "new"', 'paid {"name":"paid"}', 'purchase {"name":"order"}'])
    const [of] = await until(async () => {
      const found = await app.deliveries('order')
      return found.every(({ outcome }) => outcome !== 'waiting') && found
    })
    assert.partialDeepStrictEqual(of, { outcome: 'taken', run: { state: 'succeeded' } })

    const reason = 'The live version has no flow that takes requests to “dropped” any more.'
    const line = await until(() => place.relay.lines.find(each => each.includes('given up')))
    assert.partialDeepStrictEqual(JSON.parse(line), {
      message: `A webhook was given up. ${reason}`,
      appId: 'desk',
      hook: 'dropped',
    })
    assert.equal((await all(app.releases.rollBack('desk', { number: 1, base: 2 }))).at(-1)?.type, 'live')
    assert.partialDeepStrictEqual(await app.deliveries('dropped'), [{ outcome: 'given_up', reason }])
  })
