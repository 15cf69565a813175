import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { createGateway } from '../../host/gateway/gateway.ts'
import { openActivity } from '../../host/gateway/activity.ts'
import { onEachDatabase } from '../../host/store/each-database.fixture.ts'
import { openDatabase } from '../../host/store/database.ts'
import { sqliteEngine } from '../../host/store/sqlite-engine.ts'
import { createCredentials } from '../credentials.ts'
import { admin } from '../oauth/oauth.fixture.ts'
import { within } from '../within.fixture.ts'
import { asking, openOwnAccountNode } from './own-accounts.fixture.ts'
import type { Asking } from './own-accounts.ts'

const [a, b] = [asking('a'), asking('b')]
const labelOf = async (list: Promise<{ account: { label: string } | null }[]>) => (await list)[0]?.account?.label ?? null

onEachDatabase('each user sees, uses and ends their own account, and nobody else’s', place =>
  within(async t => {
    const { ownAccounts, credentials, connect, node, server } = await openOwnAccountNode(t, place.engine)
    assert.equal((await connect(a, 'ada')).kind, 'done')
    assert.equal(await labelOf(ownAccounts.list(b)), null)
    await assert.rejects(credentials.accessToken(b, { connector: 'tickets' }), { code: 'needs_connection' })
    assert.equal((await connect(b, 'bob')).kind, 'done')

    assert.equal(await labelOf(ownAccounts.list(a)), 'ada@tickets.example')
    assert.equal(await labelOf(ownAccounts.list(b)), 'bob@tickets.example')
    const ofA = await credentials.accessToken(a, { connector: 'tickets' })
    const ofB = await credentials.accessToken(b, { connector: 'tickets' })
    assert.deepEqual([ofA.account?.id, ofA.mode, ofB.account?.id], ['ada', 'app-user', 'bob'])
    assert.notEqual(ofA.accessToken, ofB.accessToken)

    // Neither the id nor the name of another's account leads to it.
    for (const connection of [ofA.connectionId, 'ada@tickets.example'])
      await assert.rejects(credentials.accessToken(b, { connector: 'tickets', connection }), { code: 'needs_connection' })
    assert.equal((await credentials.accessToken(a, { connector: 'tickets', connection: ofA.connectionId })).account?.id, 'ada')
    // A rejected generation of another's connection says nothing about one's own.
    const rejected = { connectionId: ofA.connectionId, generation: ofA.generation }
    assert.equal((await credentials.accessToken(b, { connector: 'tickets', rejected })).generation, ofB.generation)
    // The same id in another app is another person.
    await assert.rejects(credentials.accessToken({ appId: 'other', userId: 'a' }, { connector: 'tickets' }), { code: 'needs_connection' })
    assert.deepEqual(await credentials.accounts({ appId: 'other', userId: 'a' }), [])

    await ownAccounts.disconnect(b, 'tickets')
    assert.deepEqual([await server.isActive(ofB.accessToken), await server.isActive(ofA.accessToken)], [false, true])
    assert.equal(await labelOf(ownAccounts.list(b)), null)
    await assert.rejects(credentials.accessToken(b, { connector: 'tickets' }), { code: 'needs_connection' })
    await assert.rejects(ownAccounts.disconnect(b, 'tickets'), { code: 'not_found' })
    assert.equal((await credentials.accessToken(a, { connector: 'tickets' })).account?.id, 'ada')
    assert.deepEqual(
      (await node.audit.list('w1')).map(({ action }) => action).filter(action => action.startsWith('own_account')),
      ['own_account.disconnected', 'own_account.connected', 'own_account.connected'],
    )
  }),
)

onEachDatabase('connecting the same account again keeps its id and what was agreed to; another account begins anew', place =>
  within(async t => {
    const { ownAccounts, credentials, connect, renewing, server } = await openOwnAccountNode(t, place.engine)
    await connect(a, 'ada', ['remind'])
    const first = await credentials.accessToken(a, { connector: 'tickets', flow: 'remind' })
    await connect(a, 'ada')
    const again = await credentials.accessToken(a, { connector: 'tickets', flow: 'remind' })
    assert.equal(again.connectionId, first.connectionId)
    assert.notEqual(again.accessToken, first.accessToken)
    assert.deepEqual(await credentials.agreedUsers('desk', 'remind'), ['a'])

    await connect(a, 'bob', ['sum'])
    const other = await credentials.accessToken(a, { connector: 'tickets' })
    assert.notEqual(other.connectionId, first.connectionId)
    assert.equal(other.account?.id, 'bob')
    assert.equal(await renewing.status(first.connectionId), null)
    assert.equal(await server.isActive(again.accessToken), false)
    const [shown] = await ownAccounts.list(a)
    assert.deepEqual(
      shown?.flows.map(({ flow, title, agreed }) => [flow, title, agreed]),
      [
        ['remind', 'Flow remind', false],
        ['sum', 'Flow sum', true],
      ],
    )
  }),
)

onEachDatabase('a flow has the account only while its user agrees, and only that flow', place =>
  within(async t => {
    const { ownAccounts, credentials, connect, changes } = await openOwnAccountNode(t, place.engine)
    await connect(a, 'ada', ['sum', 'plain', 'made-up'])
    await connect(b, 'bob', ['remind'])
    const use = (flow: string) => credentials.accessToken(a, { connector: 'tickets', flow })
    assert.equal((await use('sum')).account?.id, 'ada')
    await assert.rejects(use('remind'), { code: 'needs_connection', message: /has not agreed that this flow uses their Tickets account/ })
    for (const flow of ['plain', 'made-up']) await assert.rejects(use(flow), { code: 'needs_connection' })
    assert.deepEqual(await credentials.agreedUsers('desk', 'remind'), ['b'])

    const before = changes.length
    await ownAccounts.agree(a, 'tickets', 'remind', true)
    assert.equal((await use('remind')).account?.id, 'ada')
    assert.deepEqual(await credentials.agreedUsers('desk', 'remind'), ['a', 'b'])
    assert.deepEqual((await credentials.accounts(a))[0]?.flows, ['remind', 'sum'])
    await ownAccounts.agree(a, 'tickets', 'remind', false)
    await assert.rejects(use('remind'), { code: 'needs_connection' })
    assert.equal(changes.length - before, 2)
    await assert.rejects(ownAccounts.agree(a, 'tickets', 'plain', true), { code: 'not_found' })
    await assert.rejects(ownAccounts.agree(a, 'slackbot', 'remind', true), { code: 'not_found' })
    // What is done with the user there needs no agreement.
    assert.equal((await credentials.accessToken(a, { connector: 'tickets' })).account?.id, 'ada')
  }),
)

onEachDatabase('with a user go their accounts, and a sign-in that comes too late brings none', place =>
  within(async t => {
    const { ownAccounts, credentials, connect, users, server } = await openOwnAccountNode(t, place.engine)
    await connect(a, 'ada', ['sum'])
    await connect(b, 'bob', ['sum'])
    const { accessToken } = await credentials.accessToken(a, { connector: 'tickets' })
    users.delete('a')
    await ownAccounts.endUser(a, { member: 'admin', ip: null })
    assert.equal(await server.isActive(accessToken), false)
    assert.deepEqual(await credentials.agreedUsers('desk', 'sum'), ['b'])
    const late = await connect(a, 'ada')
    assert.equal(
      late.kind === 'failed' && late.error.message,
      'You are not signed in to the app any more, so nothing was connected. Sign in there and connect it again.',
    )
    assert.deepEqual(await credentials.accounts(a), [])
    assert.equal((await credentials.accessToken(b, { connector: 'tickets' })).account?.id, 'bob')
  }),
)

onEachDatabase('members see whose account works and never as whom, and only an admin of the workspace ends it', place =>
  within(async t => {
    const { ownAccounts, credentials, connect, node, server } = await openOwnAccountNode(t, place.engine)
    await connect(a, 'ada')
    await connect(b, 'bob')
    const viewer = { ...admin, role: 'viewer' as const }
    const { accessToken, connectionId } = await credentials.accessToken(a, { connector: 'tickets' })
    const [first, second] = await ownAccounts.overview(viewer)
    assert.ok(first && second)
    const { connectedAt, usedAt, ...shown } = first
    assert.ok(usedAt !== null && usedAt >= connectedAt && second.usedAt === null)
    assert.deepEqual(shown, {
      connectionId,
      appId: 'desk',
      connector: 'tickets',
      tool: 'Tickets',
      email: 'a@example.com',
      practice: false,
      state: 'connected',
      reason: null,
    })
    assert.deepEqual(await ownAccounts.overview({ ...admin, workspaceId: 'w2' }), [])

    await assert.rejects(ownAccounts.revoke({ ...admin, role: 'editor' }, connectionId, null), { code: 'forbidden' })
    await assert.rejects(ownAccounts.revoke({ ...admin, workspaceId: 'w2' }, connectionId, null), { code: 'not_found' })
    assert.equal(await server.isActive(accessToken), true)
    await ownAccounts.revoke(admin, connectionId, '10.0.0.9')
    assert.equal(await server.isActive(accessToken), false)
    assert.deepEqual(
      (await ownAccounts.overview(viewer)).map(({ email }) => email),
      ['b@example.com'],
    )
    await assert.rejects(ownAccounts.revoke(admin, connectionId, null), { code: 'not_found' })
    const [ended, ...before] = await node.audit.list('w1', { filter: { kind: 'connections' } })
    assert.partialDeepStrictEqual(ended, { action: 'own_account.ended', actor: admin.userId, detail: 'a@example.com', ip: '10.0.0.9' })
    assert.equal(before.find(({ action }) => action === 'own_account.connected')?.appUser, 'b@example.com')
  }),
)

it('calls of many users at the same moment are each answered with their own account, whatever the order', () =>
  within(async t => {
    const database = openDatabase(':memory:')
    t.after(() => database.close())
    const engine = sqliteEngine(database)
    const { credentials, connect, catalogue } = await openOwnAccountNode(t, engine)
    await connect(a, 'ada', ['sum'])
    await connect(b, 'bob', ['sum'])
    const shared = { ofApp: async () => [] } as unknown as Parameters<typeof createCredentials>[0]['custody']
    const gateway = createGateway({
      appId: 'desk',
      credentials: createCredentials({ custody: shared, own: credentials, workspaceId: 'w1', appId: 'desk' } as Parameters<
        typeof createCredentials
      >[0]),
      modeOf: () => 'app-user',
      activity: await openActivity(engine),
      load: catalogue.load,
    })
    const logins = { a: 'ada', b: 'bob' } as const
    const call = (user: 'a' | 'b', kind: 'flow' | 'function') =>
      gateway.call({
        connector: 'tickets',
        action: 'whoAmI',
        input: {},
        caller: { user, runId: null, stepId: null, by: { kind, name: 'sum' } },
      })
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.constantFrom('a' as const, 'b' as const), fc.constantFrom('flow' as const, 'function' as const), fc.boolean()),
          {
            minLength: 2,
            maxLength: 12,
          },
        ),
        async calls => {
          const answers = await Promise.all(
            calls.map(async ([user, kind, forgets]) => {
              if (forgets) gateway.forget()
              return call(user, kind)
            }),
          )
          assert.deepEqual(
            answers,
            calls.map(([user]) => ({ id: logins[user] })),
          )
        },
      ),
      { numRuns: 25 },
    )
    const nobody = { runId: null, stepId: null, by: { kind: 'function' as const, name: 'read' } }
    await assert.rejects(gateway.call({ connector: 'tickets', action: 'whoAmI', input: {}, caller: nobody }), {
      code: 'needs_connection',
      message: 'Tickets is each user’s own account in this app, and no user of the app asked for this.',
    })
  }))

it('without a client of the workspace it says so before anything is begun: to users whom to ask, to members what to do', () =>
  within(async t => {
    const database = openDatabase(':memory:')
    t.after(() => database.close())
    const { ownAccounts } = await openOwnAccountNode(t, sqliteEngine(database), { hasClient: false })
    const sentence = 'Tickets cannot be connected here yet. Ask the people of Northwind to set it up.'
    const lack = 'Tickets cannot be connected yet: Northwind has no OAuth client for Tickets.'
    const shownTo = async (member: Asking['member']) => (await ownAccounts.list(asking('a', { member })))[0]?.missing
    assert.deepEqual(await shownTo(null), { message: sentence, mendUrl: null })
    assert.deepEqual(await shownTo({ role: 'editor' }), { message: `${lack} Ask an admin to add one on the relay.`, mendUrl: null })
    assert.deepEqual(await shownTo({ role: 'admin' }), { message: lack, mendUrl: 'https://relay.example/clients/tickets' })
    await assert.rejects(ownAccounts.connect(a, 'tickets', { flows: [], returnTo: '/' }), { code: 'needs_connection', message: sentence })
    await assert.rejects(ownAccounts.connect(a, 'slackbot', { flows: [], returnTo: '/' }), { code: 'not_found' })
  }))

it('an account that is lost cannot be connected again once the client is gone, and says so before the click', () =>
  within(async t => {
    const database = openDatabase(':memory:')
    t.after(() => database.close())
    const { ownAccounts, connect, node, renewing, credentials, server } = await openOwnAccountNode(t, sqliteEngine(database))
    await connect(a, 'ada')
    await node.clients.remove(admin, 'tickets', null)
    assert.equal((await ownAccounts.list(a))[0]?.missing, null, 'what works needs nothing')
    const { connectionId, generation } = await credentials.accessToken(a, { connector: 'tickets' })
    server.knobs.intercept = (_, response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}')
      return true
    }
    await renewing.accessToken(connectionId, generation).catch(() => {})
    const [shown] = await ownAccounts.list(a)
    assert.deepEqual([shown?.state, shown?.missing?.mendUrl], ['needs_reconnect', null])
  }))

it('what the provider asks is answered before the sign-in, checked, and known when it is connected again', () =>
  within(async t => {
    const database = openDatabase(':memory:')
    t.after(() => database.close())
    const shop = { id: 'shop', label: 'Shop', hint: 'The name before .tickets.example.', placeholder: 'kite', pattern: '[a-z]+' }
    const { ownAccounts, connect } = await openOwnAccountNode(t, sqliteEngine(database), { provider: { fields: [shop] } })
    const fieldOf = async () => (await ownAccounts.list(a))[0]?.fields[0]
    assert.deepEqual(await fieldOf(), { id: 'shop', label: 'Shop', hint: shop.hint, placeholder: 'kite', suffix: null, default: null })
    const begin = (answers: Record<string, string>) => ownAccounts.connect(a, 'tickets', { flows: [], answers, returnTo: '/' })
    await assert.rejects(begin({}), { code: 'validation', message: /Tickets needs to know: Shop/ })
    await assert.rejects(begin({ shop: 'evil.example/' }), { code: 'validation' })
    await connect(a, 'ada', [], { shop: 'kite' })
    assert.equal((await fieldOf())?.default, 'kite')
    await begin({})
  }))

it('keeps no token in clear, and shows none', () =>
  within(async t => {
    const database = openDatabase(':memory:')
    t.after(() => database.close())
    const engine = sqliteEngine(database)
    const { ownAccounts, credentials, connect } = await openOwnAccountNode(t, engine)
    await connect(a, 'ada')
    const { accessToken } = await credentials.accessToken(a, { connector: 'tickets' })
    const tables = ['own_accounts', 'own_account_flows', 'connection_tokens', 'sign_ins', 'audit']
    const rows = JSON.stringify(await Promise.all(tables.map(table => engine.query(sql`select * from ${sql.id(table)}`))))
    assert.ok(rows.includes('ada@tickets.example') && !rows.includes(accessToken))
    assert.ok(!JSON.stringify(await ownAccounts.list(a)).includes(accessToken))
  }))
