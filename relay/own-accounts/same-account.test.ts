import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Database } from '../../host/store/engine.ts'
import { onEachDatabase } from '../../host/store/each-database.fixture.ts'
import { postClient } from '../../oauth/oidc.fixture.ts'
import { withdraw } from '../custody/disconnect.ts'
import { writeRecord, type CustodyRecord } from '../custody/record.ts'
import type { Teardown } from '../relay.fixture.ts'
import { within } from '../within.fixture.ts'
import { asking, openOwnAccountNode } from './own-accounts.fixture.ts'

const [a, b] = [asking('a'), asking('b')]
const ofAnotherApp = asking('a', { appId: 'other' })

/** A provider that, as Google does, ends everything an account gave to a client with the first withdrawal: it cannot tell grants apart. */
async function openNode(t: Teardown, database: Database) {
  const withdrawn: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += String(part)
    withdrawn.push(new URLSearchParams(body).get('token') ?? '')
    response.end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => void server.close())
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/revoke`
  const node = await openOwnAccountNode(t, database, {
    provider: { revocation: { endpoint, by: 'client', token: 'both', ends: 'grant' }, accountPageUrl: 'https://tickets.example/apps' },
  })
  return { ...node, withdrawn }
}

const sharedWith = (login: string): CustodyRecord => ({
  connectionId: 'shared',
  workspaceId: 'w1',
  userId: 'u1',
  state: { role: 'active', turn: 1, own: 1, ownFloor: 0, by: '', pendingTurn: null, unsure: false },
  seq: 1,
  pending: null,
  about: {
    appId: 'desk',
    connector: 'tickets',
    name: 'Team tickets',
    mode: 'shared',
    isDefault: true,
    practice: false,
    account: { id: login, label: `${login}@tickets.example` },
    facts: {},
  },
  desktop: 'laptop',
  keeper: '',
  since: 0,
})

const kept = (because: string) => `Disconnected here. Tickets keeps the access because ${because}; you can end it on your account page.`

onEachDatabase('an account that two users connected, or one in two apps, is withdrawn only with its last use', ({ engine }) =>
  within(async t => {
    const { ownAccounts, credentials, connect, withdrawn } = await openNode(t, engine)
    for (const who of [a, b, ofAnotherApp]) assert.equal((await connect(who, 'ada')).kind, 'done')
    const because = 'a user of an app has connected the same account as their own'
    for (const who of [a, ofAnotherApp]) {
      assert.deepEqual(await ownAccounts.disconnect(who, 'tickets'), {
        message: kept(because),
        accountPageUrl: 'https://tickets.example/apps',
      })
      assert.deepEqual(withdrawn, [])
      assert.equal((await credentials.accessToken(b, { connector: 'tickets' })).account?.id, 'ada')
      await assert.rejects(credentials.accessToken(who, { connector: 'tickets' }), { code: 'needs_connection' })
    }
    assert.match((await ownAccounts.disconnect(b, 'tickets')).message, /Tickets has withdrawn the access/)
    assert.equal(withdrawn.length, 2)
  }),
)

onEachDatabase('disconnecting a user’s own account leaves the shared connection to the same account alone, and says so', ({ engine }) =>
  within(async t => {
    const { ownAccounts, connect, withdrawn } = await openNode(t, engine)
    await engine.transaction(() => writeRecord(sharedWith('ada')))
    await connect(a, 'ada')
    await connect(b, 'bob')
    assert.equal((await ownAccounts.disconnect(a, 'tickets')).message, kept('“Team tickets” uses the same account'))
    assert.deepEqual(withdrawn, [])
    assert.match((await ownAccounts.disconnect(b, 'tickets')).message, /has withdrawn the access/)
  }),
)

onEachDatabase('disconnecting the shared connection leaves a user’s own account alone, and does not say whose it is', ({ engine }) =>
  within(async t => {
    const { credentials, connect, node, ...place } = await openNode(t, engine)
    await connect(a, 'ada')
    const held = { accessToken: 'shared access', refreshToken: null, client: { clientId: postClient.clientId } }
    const { tickets = assert.fail() } = place.catalogue.tools
    const partyOf = () => node.parties.forGrant({ workspaceId: 'w1', appId: 'desk', practice: false }, tickets, held.client)
    const drop = () => withdraw(engine, { record: sharedWith('ada'), held }, partyOf)
    const { revoked, message } = await drop()
    assert.deepEqual([revoked, message], [false, kept('a user of an app has connected the same account as their own')])
    assert.deepEqual(place.withdrawn, [])
    assert.equal((await credentials.accessToken(a, { connector: 'tickets' })).account?.id, 'ada')
    await place.ownAccounts.endUser(a, { member: 'admin', ip: null })
    assert.equal(place.withdrawn.length, 2)
    assert.equal((await drop()).revoked, true)
  }),
)

onEachDatabase('a sign-in that comes too late for its user takes nothing from others with the same account', ({ engine }) =>
  within(async t => {
    const { users, connect, withdrawn, credentials } = await openNode(t, engine)
    await connect(b, 'ada')
    users.delete('a')
    for (const login of ['ada', 'bob']) assert.equal((await connect(a, login)).kind, 'failed')
    assert.equal(withdrawn.length, 2, 'only what nobody else uses')
    assert.equal((await credentials.accessToken(b, { connector: 'tickets' })).account?.id, 'ada')
  }),
)
