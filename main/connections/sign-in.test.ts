import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { z } from 'zod'
import { connector, type Connector } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import type { Provider } from '../../core/provider.ts'
import { connectionsFor, connectWith } from './connections.fixture.ts'
import type { ConnectEvent } from './connections.ts'

/** A service with a desk for each customer, which has a path of its own: `/{desk}`. It tells where an account's data is kept. */
async function startDesks(t: TestContext) {
  const knobs = { shelf: 'north', approved: false, exchanges: 0, codes: 0 }
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost')
    const [, desk = '', what = ''] = url.pathname.split('/')
    const json = (body: unknown, status = 200) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (what === 'authorize') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.searchParams.set('state', url.searchParams.get('state') ?? '')
      back.searchParams.set('code', 'code')
      return void response.writeHead(302, { location: back.href }).end()
    }
    if (what === 'device') {
      knobs.codes += 1
      return json({
        device_code: 'd',
        user_code: 'ABCD-EFGH',
        verification_uri: 'https://desks.example/device',
        expires_in: 600,
        interval: 0.005,
      })
    }
    if (what === 'token') {
      if (!knobs.approved) return json({ error: 'authorization_pending' }, 400)
      knobs.exchanges += 1
      const access = `${desk}-token-${knobs.exchanges}`
      return json({
        access_token: access,
        token_type: 'bearer',
        refresh_token: `r${knobs.exchanges}`,
        expires_in: 3600,
        shelf: knobs.shelf,
      })
    }
    const holder = /^Bearer (\w+)-token-\d+$/.exec(request.headers.authorization ?? '')?.[1]
    if (holder !== desk) return json({}, 401)
    return what === 'region' ? json({ region: 'eu' }) : json({ login: 'mia' })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const provider: Provider = {
    id: 'desks',
    name: 'Desks',
    authorizationEndpoint: `${origin}/{desk}/authorize`,
    tokenEndpoint: `${origin}/{desk}/token`,
    fields: [{ id: 'desk', label: 'Desk', hint: 'Its name.', placeholder: 'acme', pattern: '[a-z]+', suffix: '.desks.example' }],
    learned: { shelf: { member: 'shelf', pattern: 'north|south' } },
    learn: async (ask, { desk = '' }) => z.object({ region: z.string() }).parse(await ask(`${origin}/${desk}/region`)),
    scopeParameter: 'scope',
    scopeSeparator: ' ',
    authorizationParameters: {},
    clientAuthentication: 'none',
    secretRequired: false,
    pkce: true,
    redirect: { host: '127.0.0.1', path: '/callback', ports: [] },
    grantAt: 'top',
    refreshToken: 'always',
    rotation: 'stable',
    clientPageUrl: 'https://desks.example/clients',
    clientSetup: { steps: [] },
    apiOrigins: [origin],
  }
  return { knobs, origin, provider }
}

const desksConnector = (origin: string, provider: Provider): Connector =>
  connector({
    id: 'desks',
    name: 'Desks',
    provider,
    category: 'Support',
    summary: 'A tool of the tests.',
    icon: 'lucide:ticket',
    scopes: {},
    identityScopes: [],
    async identity(call) {
      const response = await call.fetch(`${origin}/${call.facts['desk'] ?? 'none'}/me`)
      if (!response.ok) throw new AppError('unavailable', `HTTP ${response.status}`)
      const { login } = await response.json()
      return { id: String(login), label: `${login}@desks.example` }
    },
    fields: {},
    actions: {},
    prompts: [],
  })

async function withDesks(t: TestContext, change: (provider: Provider, origin: string) => Provider = same => same) {
  const { knobs, origin, provider } = await startDesks(t)
  const desks = desksConnector(origin, change(provider, origin))
  const { connections } = await connectionsFor(t, { connectors: { desks } })
  await connections.clients.set({ provider: 'desks', clientId: 'client' })
  const input = (answers?: Record<string, string>) => ({ appId: 'desk', connector: 'desks', scopes: [], ...(answers && { answers }) })
  const connect = (answers?: Record<string, string>, connectionId?: string) =>
    connectWith(connections, { ...input(answers), connectionId }, url => fetch(url))
  const token = (rejected?: { connectionId: string; generation: number }) =>
    connections.accessToken({ appId: 'desk', connector: 'desks', ...(rejected && { rejected }) })
  return { knobs, connections, connect, input, token }
}

describe('connecting where the address depends on the account', () => {
  it('asks which one it is, and keeps what was answered and learned', async t => {
    const { knobs, connections, connect, token } = await withDesks(t)
    knobs.approved = true
    const [facts] = await connections.catalogue()
    assert.deepEqual(facts?.fields, [
      { id: 'desk', label: 'Desk', hint: 'Its name.', placeholder: 'acme', suffix: '.desks.example', default: null },
    ])
    const { connection } = await connect({ desk: 'https://Acme.desks.example/' })
    assert.equal(connection.account?.label, 'mia@desks.example')
    assert.deepEqual((await token()).facts, { desk: 'acme', shelf: 'north', region: 'eu' })
    assert.ok(!('facts' in connection))
  })

  it('says what is missing or wrong before a browser opens', async t => {
    const { connections, input } = await withDesks(t)
    const first = (answers?: Record<string, string>) => connections.connect(input(answers)).next()
    await assert.rejects(first(), { code: 'validation', message: 'Desks needs to know: Desk. Its name.' })
    await assert.rejects(first({ desk: 'evil.example' }), { code: 'validation', message: /^“evil.example” cannot be the desk of Desks/ })
  })

  it('keeps the answer on reconnect, and takes the same person elsewhere for another account', async t => {
    const { knobs, connections, connect } = await withDesks(t)
    knobs.approved = true
    const first = await connect({ desk: 'acme' })
    const again = await connect(undefined, first.connection.id)
    assert.equal(again.connection.id, first.connection.id)
    const elsewhere = await connect({ desk: 'other' })
    assert.notEqual(elsewhere.connection.id, first.connection.id)
    const same = await connect({ desk: 'acme' })
    assert.equal(same.connection.id, first.connection.id)
    assert.equal((await connections.list('desk')).length, 2)
  })

  it('follows an account that moves, as a refresh tells', async t => {
    const { knobs, connect, token } = await withDesks(t)
    knobs.approved = true
    await connect({ desk: 'acme' })
    knobs.shelf = 'south'
    const { connectionId, generation, facts } = await token()
    await token({ connectionId, generation })
    const after = await token()
    assert.deepEqual([facts['shelf'], after.facts['shelf']], ['north', 'south'])
    assert.equal(after.facts['desk'], 'acme')
  })

  it('does not connect an account that does not say where it is, or says something impossible', async t => {
    const { knobs, connections, connect } = await withDesks(t)
    knobs.approved = true
    knobs.shelf = 'north.evil.example'
    await assert.rejects(connect({ desk: 'acme' }), { code: 'unavailable', message: /^Desks did not say where this account is reached/ })
    assert.deepEqual(await connections.list('desk'), [])
  })

  it('passes on what the provider’s own question found out', async t => {
    const refusal = new AppError('forbidden', 'This account may not use acme.')
    const { knobs, connect } = await withDesks(t, provider => ({ ...provider, learn: () => Promise.reject(refusal) }))
    knobs.approved = true
    await assert.rejects(connect({ desk: 'acme' }), { code: 'forbidden', message: 'This account may not use acme.' })
  })

  it('needs a relay where only https addresses are taken', async t => {
    const { connections, input } = await withDesks(t, provider => ({ ...provider, relayOnly: true }))
    await assert.rejects(connections.connect(input({ desk: 'acme' })).next(), { code: 'validation', message: /through a relay/ })
  })
})

describe('connecting by a code', () => {
  const withCode = (t: TestContext) =>
    withDesks(t, (provider, origin) => ({ ...provider, secretRequired: true, deviceAuthorizationEndpoint: `${origin}/{desk}/device` }))

  it('shows the code, waits for the user, and connects', async t => {
    const { knobs, connections, input } = await withCode(t)
    const events: ConnectEvent[] = []
    for await (const event of connections.connect(input({ desk: 'acme' }))) {
      events.push(event)
      if (event.type === 'code') knobs.approved = true
    }
    assert.deepEqual(
      events.map(({ type }) => type),
      ['code', 'exchanging', 'connected'],
    )
    const [shown] = events
    assert.ok(shown?.type === 'code')
    const { expiresAt, ...code } = shown
    assert.deepEqual(code, {
      type: 'code',
      userCode: 'ABCD-EFGH',
      verificationUri: 'https://desks.example/device',
      verificationUriComplete: null,
    })
    assert.ok(Date.parse(expiresAt) > Date.now())
  })

  it('ends at once when it is cancelled, and connects nothing later', async t => {
    const { knobs, connections, input } = await withCode(t)
    const attempt = connections.connect(input({ desk: 'acme' }))
    assert.equal((await attempt.next()).value?.type, 'code')
    const ended = assert.rejects(attempt.next(), { code: 'cancelled' })
    await attempt.return(undefined)
    await ended
    knobs.approved = true
    assert.deepEqual([knobs.exchanges, (await connections.list('desk')).length], [0, 0])
  })

  it('gives way to a newer attempt', async t => {
    const { knobs, connections, input } = await withCode(t)
    const older = connections.connect(input({ desk: 'acme' }))
    await older.next()
    const ended = assert.rejects(older.next(), { code: 'cancelled', message: /You started to connect again/ })
    const newer = connections.connect(input({ desk: 'acme' }))
    assert.equal((await newer.next()).value?.type, 'code')
    await ended
    knobs.approved = true
    const events: string[] = []
    for await (const { type } of newer) events.push(type)
    assert.deepEqual(events, ['exchanging', 'connected'])
    assert.equal(knobs.codes, 2)
  })
})
