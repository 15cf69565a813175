import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { onEachDatabase } from '../../host/store/each-database.fixture.ts'
import { joinAs } from '../relay.fixture.ts'
import { startBroker } from './broker.fixture.ts'
import { admin, openOAuthNode, startTickets } from './oauth.fixture.ts'

onEachDatabase('the client of a workspace opens for no other, and an earlier one is found by its id', async ({ engine }) => {
  const ends: (() => Promise<void> | void)[] = []
  const { provider, catalogue } = await startTickets({ after: end => void ends.unshift(end) })
  try {
    const { clients } = await openOAuthNode(engine, { catalogue })
    const save = (clientId: string, clientSecret?: string) => clients.save(admin, { provider: 'tickets', clientId, clientSecret }, null)
    await assert.rejects(save('one'), { code: 'validation', message: /needs the client secret too/ })
    await save('one', 'the first secret')
    await save('one')
    assert.deepEqual(await clients.of('w1', provider), { clientId: 'one', clientSecret: 'the first secret' })
    await assert.rejects(save('two'), { code: 'validation' }, 'a secret belongs to one client')
    await save('two', 'the second secret')
    assert.deepEqual(await clients.of('w1', provider), { clientId: 'two', clientSecret: 'the second secret' })
    assert.deepEqual(await clients.of('w1', provider, 'one'), { clientId: 'one', clientSecret: 'the first secret' })
    assert.equal(await clients.of('w2', provider), null)
    await engine.query(sql`update oauth_clients set workspace_id = 'w2'`)
    assert.equal(await clients.of('w2', provider), null, 'another workspace has another key')
    await assert.rejects(clients.remove(admin, 'tickets', null), { code: 'not_found' })
    await engine.query(sql`update oauth_clients set workspace_id = 'w1'`)
    await clients.remove(admin, 'tickets', null)
    assert.equal(await clients.of('w1', provider, 'one'), null)
  } finally {
    for (const end of ends) await end()
  }
})

describe('the page of OAuth clients', () => {
  it('tells an admin how to make one and never shows its secret, lets others look, and is in the audit log', async t => {
    const { relay, owner } = await startBroker(t)
    const form = await owner.get('/clients/tickets')
    assert.ok(form.text.includes(`<code>${relay.url}/oauth/callback</code>`))
    const refused = await owner.post('/clients/tickets', { clientId: 'has spaces', clientSecret: '' })
    assert.deepEqual([refused.status, /Enter the client id as the provider shows it/.test(refused.text)], [400, true])
    const saved = await owner.post('/clients/tickets', { clientId: 'new-id', clientSecret: 'a-new-secret' })
    const pages = [form, saved, await owner.get('/clients/tickets'), await owner.get('/audit')].map(({ text }) => text)
    assert.match(pages.join('\n'), /new-id/)
    assert.doesNotMatch([...pages, ...relay.lines].join('\n'), /a-new-secret|post:secret/)
    assert.match(pages.at(-1) ?? '', /Saved an OAuth client/)
    for (const role of ['viewer', 'editor'] as const) {
      const member = await joinAs(relay, owner, { email: `${role}@example.com`, role })
      const list = await member.get('/clients')
      assert.ok(list.status === 200 && list.text.includes('new-id') && !list.text.includes('/clients/tickets'), role)
      assert.equal((await member.get('/clients/tickets')).status, 403)
      assert.equal((await member.post('/clients/tickets', { clientId: 'x', clientSecret: 'y' })).status, 403)
      assert.equal((await member.post('/clients/tickets/remove', {})).status, 403)
    }
    assert.equal((await owner.get('/clients/nothing')).status, 404)
    await owner.post('/clients/tickets/remove', {})
    assert.match((await owner.get('/clients')).text, /Not set up/)
    assert.match((await owner.get('/audit')).text, /Removed an OAuth client/)
  })
})
