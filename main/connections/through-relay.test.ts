import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, describe, it, type TestContext } from 'node:test'
import { relayInfo } from '../../core/contract/relay.ts'
import { AppError } from '../../core/errors.ts'
import { giveConsent } from '../../oauth/oidc.fixture.ts'
import { ticketsConnector } from '../../oauth/tickets.fixture.ts'
import { signInDesktop } from '../../relay/desktops/desktop.fixture.ts'
import { signInAt, startBroker } from '../../relay/oauth/broker.fixture.ts'
import { requestWith } from '../../relay/releases/releases.fixture.ts'
import type { RelaySession } from '../relay/session.ts'
import type { ConnectEvent, ConnectInput } from './connections.ts'
import { connectionsFor, connectWith } from './connections.fixture.ts'

const wanted = { connector: 'tickets', scopes: ['offline_access', 'tickets:read'] }

const ends: (() => Promise<void> | void)[] = []
let shared: ReturnType<typeof startBroker> | undefined
/** One relay for all of these tests, started by the first. */
const broker = () => (shared ??= startBroker({ after: end => void ends.unshift(end) }))
after(async () => {
  for (const end of ends) await end()
})

/** A desktop that is signed in to a relay whose workspace has the client of a tool, with an app of its own. `line.url`: where its requests go. */
async function openDesktop(t: TestContext, options: { relayIdOf?: (appId: string) => Promise<string> } = {}) {
  const { relay, provider, owner, server, saveClient } = await broker()
  const { access } = await signInDesktop(relay.url, owner)
  const appId = `app-${randomUUID()}`
  const info = relayInfo.parse(await (await fetch(`${relay.url}/.well-known/plugboard-relay`)).json())
  const line = { url: relay.url }
  const sent: string[] = []
  const request = requestWith(() => line.url, access)
  const clock = { aheadMs: 0 }
  const session = { info, tokens: {} } as unknown as RelaySession
  const room = await connectionsFor(t, {
    connectors: { tickets: ticketsConnector(provider) },
    relay: {
      read: async () => session,
      request: (path, init) => {
        sent.push(String(init?.body))
        return request(path, init)
      },
    },
    custodyTiming: { retryMs: 5, longestRetryMs: 20 },
    now: () => Date.now() + clock.aheadMs,
    ...options,
  })
  const row = async () => (await room.connections.list(appId))[0]
  /** Connects, the member doing their part in the browser: as whom, or not at all. */
  async function connect(input: Partial<ConnectInput> = {}, login = 'ada', choice: 'new' | 'kept' = 'new') {
    const events: ConnectEvent[] = []
    let tab = Promise.resolve('')
    for await (const event of room.connections.connect({ ...wanted, appId, ...input })) {
      events.push(event)
      if (event.type === 'opened') tab = signInAt(owner, event.authorizationUrl, 'agree', login).then(({ text }) => text)
      if (event.type === 'choose') room.connections.choose(event.questionId, choice)
    }
    const last = events.at(-1)
    return { types: events.map(({ type }) => type), connection: last?.type === 'connected' ? last.connection : null, tab: await tab }
  }
  return { ...room, relay, provider, owner, server, saveClient, appId, line, sent, clock, row, connect }
}

describe('an account that a desktop connects through its relay', () => {
  it('is there that of the app under the id that the relay knows it by', async t => {
    const { connect, row, sent, appId } = await openDesktop(t, { relayIdOf: async id => `${id}-2` })
    await connect()
    assert.equal((await row())?.appId, appId)
    const named = sent.flatMap(body => (body.includes('"appId"') ? [(JSON.parse(body) as { appId?: string }).appId] : []))
    assert.deepEqual([...new Set(named)], [`${appId}-2`])
  })

  it('is the relay’s from its first moment, shown with its account and scopes, and used here with short-lived tokens', async t => {
    const { connections, connect, row, server, home, appId } = await openDesktop(t)
    const { types, connection, tab } = await connect()
    assert.deepEqual(types, ['opened', 'exchanging', 'connected'])
    assert.match(tab, /You are signed in as ada@tickets\.example/)
    assert.partialDeepStrictEqual(await row(), {
      id: connection?.id,
      name: 'ada@tickets.example',
      state: 'connected',
      account: { id: 'ada' },
      scopesGranted: ['openid', 'offline_access', 'tickets:read'],
      isDefault: true,
      custody: { state: 'relay', want: 'relay', problem: null, mayReturn: false },
    })
    const given = await connections.accessToken({ appId, connector: 'tickets' })
    assert.ok(await server.isActive(given.accessToken))
    const kept = [
      await readFile(join(home, 'connections.db'), 'latin1'),
      await readFile(join(home, 'vault.json'), 'latin1').catch(() => ''),
    ]
    assert.equal(kept.join().includes(given.accessToken), false)
  })

  it('needs no client here, and says what is missing once the workspace has none', async t => {
    const { connections, owner, relay, connect, clock, saveClient } = await openDesktop(t)
    const missing = async () => (await connections.catalogue()).find(({ id }) => id === 'tickets')?.missing
    const { host, origin } = new URL(relay.url)
    assert.equal(await missing(), null)
    const [listed] = await connections.clients.list()
    assert.deepEqual(listed?.workspace, { relay: host, page: `${origin}/clients`, clientId: 'post' })
    await owner.post('/clients/tickets/remove', {})
    t.after(async () => void (await saveClient()))
    clock.aheadMs = 60_000
    const lacking = `Add the client id and secret of your own Tickets app in Settings, have an admin add one to ${host}.`
    assert.equal(await missing(), lacking)
    await assert.rejects(connect(), { code: 'validation', message: lacking })
  })

  it('can be connected anew, allowed more, and switched to another account, which is asked about first', async t => {
    const { connect, row, connections, appId } = await openDesktop(t)
    const { connection } = await connect()
    const connectionId = connection?.id ?? ''
    const again = await connect({ connectionId, scopes: ['tickets:write'] })
    assert.deepEqual(again.types, ['opened', 'exchanging', 'connected'])
    assert.ok((await row())?.scopesGranted.includes('tickets:write'))

    const kept = await connect({ connectionId, scopes: [] }, 'bob', 'kept')
    assert.deepEqual(kept.types, ['opened', 'exchanging', 'choose'])
    assert.equal((await row())?.account?.id, 'ada')

    await connect({ connectionId, scopes: [] }, 'bob', 'new')
    assert.partialDeepStrictEqual(await row(), { id: connectionId, name: 'bob@tickets.example', account: { id: 'bob' } })
    assert.ok((await connections.accessToken({ appId, connector: 'tickets' })).accessToken)
    assert.equal((await connections.list(appId)).length, 1)
  })

  it('connected a second time is renewed instead of doubled', async t => {
    const { connect, connections, appId } = await openDesktop(t)
    const first = await connect()
    const second = await connect()
    assert.equal(second.connection?.id, first.connection?.id)
    assert.equal((await connections.list(appId)).length, 1)
  })

  it('stays on the relay: it cannot be taken back, because the client is not here', async t => {
    const { connect, connections, row } = await openDesktop(t)
    const { connection } = await connect()
    await assert.rejects(connections.moveTo(connection?.id ?? '', 'here'), { code: 'forbidden', message: /OAuth client of your workspace/ })
    assert.equal((await row())?.custody?.state, 'relay')
  })

  it('is disconnected on the relay as well', async t => {
    const { connect, connections, owner, appId } = await openDesktop(t)
    const { connection } = await connect()
    await connections.disconnect(connection?.id ?? '')
    assert.match((await owner.get('/connections')).text, /Disconnected/)
    await assert.rejects(connections.accessToken({ appId, connector: 'tickets' }), { code: 'needs_connection' })
  })

  it('is held here once it is connected anew with a client of one’s own, and then goes wherever it is wanted', async t => {
    const { connect, connections, row, appId } = await openDesktop(t)
    const { connection } = await connect()
    await connections.clients.set({ provider: 'tickets', clientId: 'post', clientSecret: 'post:secret' })
    const browse = async (url: string) => fetch(await giveConsent(url))
    const own = await connectWith(connections, { ...wanted, appId }, browse)
    assert.equal(own.connection.id, connection?.id)
    assert.partialDeepStrictEqual((await connections.moveTo(own.connection.id, 'here')).custody, { state: 'here', mayReturn: true })
    assert.equal((await row())?.account?.id, 'ada')
  })
})

describe('an attempt through the relay that does not end well', () => {
  it('is cancelled: what came is dropped, and the page says so', async t => {
    const { connections, owner, appId } = await openDesktop(t)
    const stop = new AbortController()
    let page = ''
    await assert.rejects(
      async () => {
        for await (const event of connections.connect({ ...wanted, appId }, stop.signal))
          if (event.type === 'opened') {
            page = event.authorizationUrl
            stop.abort()
          }
      },
      { code: 'cancelled' },
    )
    assert.match((await owner.get(new URL(page).pathname)).text, /cancelled where it was begun/)
    assert.deepEqual(await connections.list(appId), [])
  })

  it('tells what the member did not allow', async t => {
    const { connections, owner, appId } = await openDesktop(t)
    const attempt = async () => {
      for await (const event of connections.connect({ ...wanted, appId }))
        if (event.type === 'opened') await signInAt(owner, event.authorizationUrl, 'refuse')
    }
    await assert.rejects(attempt, { code: 'cancelled', message: /did not give access to Tickets/ })
  })

  it('goes on after the relay was away for a moment', async t => {
    const { connections, owner, relay, line, appId } = await openDesktop(t)
    let last: ConnectEvent | undefined
    let back: Promise<unknown> = Promise.resolve()
    for await (const event of connections.connect({ ...wanted, appId })) {
      last = event
      if (event.type !== 'opened') continue
      line.url = 'http://127.0.0.1:1'
      back = signInAt(owner, event.authorizationUrl).then(() => (line.url = relay.url))
    }
    await back
    assert.equal(last?.type, 'connected')
  })

  it('says that the relay cannot be reached when it does not begin', async t => {
    const { connections, line, row, appId } = await openDesktop(t)
    await connections.catalogue()
    line.url = 'http://127.0.0.1:1'
    await assert.rejects(
      async () => {
        for await (const event of connections.connect({ ...wanted, appId })) assert.fail(event.type)
      },
      (error: unknown) => AppError.from(error).code === 'unavailable',
    )
    assert.equal(await row(), undefined)
  })
})
