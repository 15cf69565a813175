import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { WebClient } from '@slack/web-api'
import { connectors } from '../../connectors/index.ts'
import type { AppModel } from '../../core/app/model.ts'
import { flow } from '../../core/app/flow.ts'
import { boundFetch } from '../../core/bound-fetch.ts'
import { AppError } from '../../core/errors.ts'
import { giveConsent, startAuthorizationServer } from '../../oauth/oidc.fixture.ts'
import { builder } from '../../core/app-user.ts'
import { agreeAs, practiceFor } from '../../practice/practice.fixture.ts'
import { openDatabase } from '../../host/store/database.ts'
import { openVault } from '../vault/vault.ts'
import { connectionsFor, connectWith, type Setup } from './connections.fixture.ts'
import { ticketsConnector } from '../../oauth/tickets.fixture.ts'

const model: AppModel = {
  id: 'desk',
  path: '/desk',
  config: { name: 'Desk' },
  entities: [],
  functions: [
    {
      name: 'notify',
      file: 'functions/notify/entry.ts',
      config: { name: 'notify' } as never,
      uses: [{ connector: 'slackbot', action: 'postMessage' }],
    },
  ],
  flows: [
    {
      name: 'tell',
      file: 'workflows/tell.jsonc',
      flow: flow.parse({
        name: 'tell',
        trigger: { config: { trigger_type: 'manual' } },
        definition: {
          document: { dsl: '1.0.0', namespace: 'desk', name: 'tell', version: '1.0.0' },
          do: [{ post: { call: 'invoke_backend_function', with: { function_name: 'notify' } } }],
        },
      }),
    },
  ],
  connectors: [],
  pages: [],
  problems: [],
}

/** Practice accounts, real emulators behind them. */
async function withPractice(t: TestContext, setup: Setup = {}) {
  const { practice } = await practiceFor(t)
  const room = await connectionsFor(t, { connectors, practice, ...setup })
  const connect = (
    connector: string,
    {
      person = 'robin',
      appId = 'desk',
      ...input
    }: { person?: string; appId?: string; connectionId?: string; name?: string; mode?: 'app-user' } = {},
  ) =>
    connectWith(
      room.connections,
      { appId, connector, scopes: Object.keys(connectors[connector]?.scopes ?? {}), practice: true, ...input },
      agreeAs(person),
    )
  return { ...room, practice, connect }
}

/** Real-looking accounts of the tests' own provider. */
async function withTickets(t: TestContext, setup: Setup = {}) {
  const server = await startAuthorizationServer(t)
  const tickets = ticketsConnector(server.party().provider)
  const room = await connectionsFor(t, { connectors: { tickets }, ...setup })
  await room.connections.clients.set({ provider: 'tickets', clientId: 'desktop' })
  const browse = async (url: string) => (await fetch(await giveConsent(url))).text()
  const connect = (input: { appId?: string; connectionId?: string; name?: string; scopes?: string[] } = {}) =>
    connectWith(room.connections, { appId: 'desk', connector: 'tickets', scopes: ['offline_access', 'tickets:read'], ...input }, browse)
  return { ...server, ...room, tickets, connect, browse }
}

describe('connecting', () => {
  for (const id of ['slackbot', 'slack', 'gmail', 'googlecalendar', 'googlesheets', 'github'])
    it(`goes through the whole sign-in of a practice account: ${id}`, async t => {
      const { connections, connect } = await withPractice(t)
      const { connection, warning, types, tab } = await connect(id)
      assert.deepEqual(types, ['opened', 'exchanging', 'connected'])
      assert.partialDeepStrictEqual(connection, {
        appId: 'desk',
        connector: id,
        state: 'connected',
        practice: true,
        isDefault: true,
        mode: 'shared',
      })
      assert.ok(connection.account?.label)
      assert.equal(warning, null)
      assert.match(String(tab), new RegExp(`${connectors[id]?.name} is connected`))
      const { accessToken, practiceOrigins } = await connections.accessToken({ appId: 'desk', connector: id })
      assert.ok(accessToken && Object.keys(practiceOrigins ?? {}).length > 0)
      assert.deepEqual(
        (await connections.accounts('desk')).map(({ connector, state }) => [connector, state]),
        [[id, 'connected']],
      )
    })

  it('gives a token that Slack’s own client can post with', async t => {
    const { connections, connect } = await withPractice(t)
    await connect('slackbot')
    const { accessToken, practiceOrigins } = await connections.accessToken({ appId: 'desk', connector: 'slackbot' })
    const bound = boundFetch({ accessToken, apiOrigins: ['https://slack.com'], practiceOrigins })
    const { channels = [] } = await new WebClient(undefined, { fetch: bound }).conversations.list()
    assert.ok(channels.length > 0)
  })

  it('keeps the builder’s own practice account working when the shared one is the same and is disconnected', async t => {
    const { connections, connect } = await withPractice(t)
    const { connection } = await connect('googlecalendar')
    await connect('googlecalendar', { mode: 'app-user' })
    await connections.disconnect(connection.id)
    const { accessToken, practiceOrigins } = await connections.accessToken({ appId: 'desk', connector: 'googlecalendar', user: builder })
    const bound = boundFetch({ accessToken, apiOrigins: ['https://www.googleapis.com'], practiceOrigins })
    assert.equal((await bound('https://www.googleapis.com/calendar/v3/calendars/primary/events')).status, 200)
  })

  it('says in one line what a real account needs, and refuses before the browser opens', async t => {
    const opened: string[] = []
    const { connections } = await withPractice(t, { openBrowser: url => void opened.push(url) })
    const facts = await connections.catalogue()
    assert.match(facts.find(({ id }) => id === 'gmail')?.missing ?? '', /^Add the client id and secret of your own .* in Settings/)
    assert.ok(facts.every(({ practice }) => practice))
    await assert.rejects(
      connectWith(connections, { appId: 'desk', connector: 'gmail', scopes: [] }, async () => {}),
      {
        code: 'validation',
        action: { kind: 'settings', section: 'clients' },
      },
    )
    assert.deepEqual(opened, [])
  })

  it('refuses before the browser opens while secrets cannot be kept', async t => {
    const { practice, home } = await practiceFor(t)
    const vault = await openVault({
      home,
      keychain: { read: async () => null, write: async () => Promise.reject(new Error('none')), delete: async () => {} },
    })
    const { connections } = await connectionsFor(t, { connectors, practice, vault })
    const attempt = () => connectWith(connections, { appId: 'desk', connector: 'slackbot', scopes: [], practice: true }, agreeAs('robin'))
    await assert.rejects(attempt(), { code: 'unauthorized', action: { kind: 'unlock' } })
    await vault.useSession()
    assert.equal((await attempt()).connection.state, 'connected')
  })

  it('complaint 8: renews the account that is connected already instead of doubling it', async t => {
    const { connections, connect } = await withTickets(t)
    const first = await connect()
    const second = await connect({ name: 'Another name' })
    assert.equal(second.connection.id, first.connection.id)
    assert.equal(second.connection.name, first.connection.name)
    assert.match(second.warning ?? '', /was connected already/)
    assert.equal((await connections.list('desk')).length, 1)
  })

  it('keeps id, name, references and permissions when reconnecting', async t => {
    const { connections, connect, connection, issuer } = await (async () => {
      const room = await withTickets(t)
      return { ...room, ...(await room.connect({ name: 'Support desk' })) }
    })()
    await connections.disconnect(connection.id)
    const { connection: again, warning } = await connect({ connectionId: connection.id, scopes: ['tickets:write'] })
    assert.partialDeepStrictEqual(again, {
      id: connection.id,
      name: 'Support desk',
      isDefault: true,
      state: 'connected',
      createdAt: connection.createdAt,
    })
    assert.deepEqual(again.scopesGranted.toSorted(), ['offline_access', 'openid', 'tickets:read', 'tickets:write'])
    assert.equal(warning, null)
    const credential = await connections.accessToken({ appId: 'desk', connector: 'tickets', connection: 'Support desk' })
    assert.equal((await fetch(`${issuer}/me`, { headers: { authorization: `Bearer ${credential.accessToken}` } })).status, 200)
  })

  it('complaint 8: asks which account to use when it is another one than before, and uses the new one from then on', async t => {
    const { connections, connect } = await withPractice(t)
    const { connection } = await connect('github', { person: 'robin' })
    const { connection: again, warning, types } = await connect('github', { connectionId: connection.id, person: 'mia' })
    assert.deepEqual(types, ['opened', 'exchanging', 'choose', 'connected'])
    assert.match(warning ?? '', /another account than before: .* instead of /)
    assert.partialDeepStrictEqual(again, { id: connection.id, name: again.account?.label, isDefault: true, state: 'connected' })
    assert.notEqual(again.account?.id, connection.account?.id)
    assert.equal((await connections.list('desk')).length, 1)
  })

  it('leaves everything as it is when the user keeps the account in use', async t => {
    const { connections, connect } = await withPractice(t)
    const { connection } = await connect('github', { person: 'robin' })
    const before = await connections.accessToken({ appId: 'desk', connector: 'github' })
    const input = { appId: 'desk', connector: 'github', scopes: [], connectionId: connection.id }
    const types: string[] = []
    for await (const event of connections.connect(input)) {
      types.push(event.type)
      if (event.type === 'opened') void agreeAs('mia')(event.authorizationUrl)
      if (event.type !== 'choose') continue
      assert.match(`${event.inUse} ${event.signedIn}`, /robin.* .*mia/i)
      connections.choose(event.questionId, 'kept')
      assert.throws(() => connections.choose('another', 'new'), { code: 'not_found' })
    }
    assert.deepEqual(types, ['opened', 'exchanging', 'choose'])
    const [row] = await connections.list('desk')
    assert.deepEqual([row?.account, row?.name], [connection.account, connection.name])
    assert.equal((await connections.accessToken({ appId: 'desk', connector: 'github' })).accessToken, before.accessToken)
  })

  it('keeps a name that the user gave when the account changes', async t => {
    const { connections, connect } = await withPractice(t)
    const { connection } = await connect('github', { person: 'robin' })
    await connections.rename(connection.id, 'Help desk')
    assert.equal((await connect('github', { connectionId: connection.id, person: 'mia' })).connection.name, 'Help desk')
  })

  it('keeps several accounts apart by name, one of them the default', async t => {
    const { connections, connect } = await withPractice(t)
    const robin = await connect('github', { person: 'robin', name: 'Work' })
    const mia = await connect('github', { person: 'mia', name: 'Work' })
    assert.deepEqual([robin.connection.isDefault, mia.connection.isDefault], [true, false])
    assert.equal(mia.connection.name, 'Work 2')
    const wanted = { appId: 'desk', connector: 'github' }
    assert.equal((await connections.accessToken(wanted)).connectionId, robin.connection.id)
    assert.equal((await connections.accessToken({ ...wanted, connection: 'Work 2' })).connectionId, mia.connection.id)
    await connections.setDefault(mia.connection.id)
    assert.equal((await connections.accessToken(wanted)).connectionId, mia.connection.id)
    assert.deepEqual(
      (await connections.list('desk')).map(each => each.isDefault),
      [false, true],
    )
    await assert.rejects(connections.rename(mia.connection.id, 'Work'), { code: 'conflict' })
    await connections.rename(mia.connection.id, 'Private')
    await assert.rejects(connections.accessToken({ ...wanted, connection: 'Work 2' }), { code: 'needs_connection' })
    assert.equal((await connections.accessToken({ ...wanted, connection: 'Private' })).connectionId, mia.connection.id)
  })

  it('keeps apps apart', async t => {
    const { connections, connect } = await withPractice(t)
    const { connection } = await connect('slackbot')
    await assert.rejects(connections.accessToken({ appId: 'shop', connector: 'slackbot' }), {
      code: 'needs_connection',
      action: { kind: 'connect', connector: 'slackbot' },
    })
    await assert.rejects(connections.accessToken({ appId: 'shop', connector: 'slackbot', connection: connection.id }), {
      code: 'needs_connection',
    })
    await assert.rejects(connect('slackbot', { appId: 'shop', connectionId: connection.id }), { code: 'validation' })
    assert.deepEqual(await connections.list('shop'), [])
  })

  it('warns when an account gives less than was asked for', async t => {
    const { connections, browse } = await withTickets(t)
    const { connection, warning } = await connectWith(
      connections,
      { appId: 'desk', connector: 'tickets', scopes: ['tickets:read', 'unknown:scope'] },
      browse,
    )
    assert.equal(connection.renewable, true)
    assert.match(warning ?? '', /did not give: unknown:scope/)
  })

  it('warns when an account gives no lasting access', async t => {
    const { connections, tickets, browse, knobs } = await withTickets(t)
    tickets.identity = async () => ({ id: '1', label: 'ada' })
    knobs.intercept = (_, response) =>
      Boolean(
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"x","token_type":"bearer","expires_in":600}'),
      )
    const { connection, warning } = await connectWith(connections, { appId: 'desk', connector: 'tickets', scopes: [] }, browse)
    assert.equal(connection.renewable, false)
    assert.match(warning ?? '', /^Tickets gave no lasting access: connect again when it ends on 2\d{3}-/)
  })

  it('ends the attempt before when another one for the same tool starts', async t => {
    const { connections, connect } = await withTickets(t)
    const first = connections.connect({ appId: 'desk', connector: 'tickets', scopes: ['tickets:read'] })
    await first.next()
    const waiting = first.next()
    const second = connect()
    await assert.rejects(waiting, { code: 'cancelled', message: 'You started to connect again, so this attempt ended.' })
    assert.equal((await second).connection.state, 'connected')
  })

  it('ends when the stream is left or its signal aborts, and listens no longer', async t => {
    const { connections } = await withTickets(t)
    const redirectOf = (event: unknown) =>
      new URL(new URL((event as { authorizationUrl: string }).authorizationUrl).searchParams.get('redirect_uri') ?? '')
    const left = connections.connect({ appId: 'desk', connector: 'tickets', scopes: [] })
    const opened = await left.next()
    const waiting = left.next()
    const ended = left.return(undefined)
    await assert.rejects(waiting, { code: 'cancelled' })
    await ended
    await assert.rejects(fetch(redirectOf(opened.value)))

    const controller = new AbortController()
    const aborted = connections.connect({ appId: 'desk', connector: 'tickets', scopes: [] }, controller.signal)
    const again = await aborted.next()
    controller.abort()
    await assert.rejects(aborted.next(), { code: 'cancelled' })
    await assert.rejects(fetch(redirectOf(again.value)))
    assert.deepEqual(await connections.list('desk'), [])
  })

  it('ends in one sentence when nobody comes back in time', async t => {
    const { connections } = await withTickets(t, { signInLimitMs: 30 })
    await assert.rejects(
      connectWith(connections, { appId: 'desk', connector: 'tickets', scopes: [] }, async () => {}),
      { code: 'timeout', message: 'You did not finish signing in to Tickets in time. Try again.' },
    )
  })

  it('ends in one sentence when the service does not say whose account it is', async t => {
    const { connections, tickets, browse } = await withTickets(t)
    tickets.identity = async () => {
      throw new TypeError('fetch failed')
    }
    let tab: Promise<string> | undefined
    await assert.rejects(
      connectWith(connections, { appId: 'desk', connector: 'tickets', scopes: [] }, url => (tab = browse(url))),
      { code: 'unavailable', message: 'Tickets did not say which account this is. Try again in a minute.' },
    )
    assert.match((await tab) ?? '', /Tickets is not connected/)
    assert.deepEqual(await connections.list('desk'), [])
  })
})

describe('a connected account', () => {
  it('shows who uses it, for what, and when it was used', async t => {
    const call = {
      id: '1',
      at: '2026-01-02T03:04:05.000Z',
      connector: 'slackbot',
      action: 'postMessage',
      status: 'ok',
      errorCode: null,
      durationMs: 5,
      by: { kind: 'flow', name: 'tell' },
    } as const
    let used = ''
    const { connections, connect } = await withPractice(t, {
      model,
      activity: async (_, id) => (id === used ? [{ ...call, connectionId: id }] : []),
    })
    const { connection } = await connect('slackbot')
    used = connection.id
    const [row] = await connections.list('desk')
    const users = [
      { kind: 'function', name: 'notify' },
      { kind: 'flow', name: 'tell' },
    ]
    assert.deepEqual(row?.usedBy, users)
    assert.equal(row?.lastUsedAt, call.at)
    const access = await connections.access(connection.id)
    assert.equal(access.calls.length, 1)
    const write = access.permissions.find(({ scope }) => scope === 'chat:write')
    assert.ok(write?.granted && !write.text.includes('chat:write'))
    assert.deepEqual(write.neededBy, users)
  })

  it('is still listed when the host is away', async t => {
    const { connections, connect } = await withPractice(t, { activity: async () => Promise.reject(new AppError('unavailable', 'away')) })
    await connect('slackbot')
    assert.equal((await connections.list('desk'))[0]?.lastUsedAt, null)
  })

  it('is withdrawn at the provider when it is disconnected', async t => {
    const { connections, connect, isActive, vault } = await withTickets(t)
    const { connection } = await connect()
    const { accessToken } = await connections.accessToken({ appId: 'desk', connector: 'tickets' })
    assert.deepEqual(await connections.disconnect(connection.id), {
      revoked: true,
      message: 'Disconnected, and Tickets has withdrawn the access.',
      accountPageUrl: null,
    })
    assert.equal(await isActive(accessToken), false)
    assert.deepEqual(vault.ids(), [])
    assert.partialDeepStrictEqual((await connections.list('desk'))[0], { state: 'disconnected', scopesGranted: [] })
    await assert.rejects(connections.accessToken({ appId: 'desk', connector: 'tickets' }), {
      code: 'needs_connection',
      action: { kind: 'reconnect', connectionId: connection.id },
    })
    await connections.forget(connection.id)
    assert.deepEqual(await connections.list('desk'), [])
  })

  it('is not withdrawn while another connection lives on the same grant, and says where to do it', async t => {
    const { connections, connect, isActive } = await withTickets(t)
    await connect({ appId: 'shop', name: 'Shop' })
    const { connection } = await connect()
    const { accessToken } = await connections.accessToken({ appId: 'shop', connector: 'tickets' })
    const { revoked, message } = await connections.disconnect(connection.id)
    assert.equal(revoked, false)
    assert.match(message, /because “Shop” uses the same account/)
    assert.equal(await isActive(accessToken), true)
  })

  it('is disconnected here also where the provider has no way to withdraw access', async t => {
    const { connections, connect, tickets } = await withTickets(t)
    const { connection } = await connect()
    tickets.provider = { ...tickets.provider, revocation: undefined, accountPageUrl: 'https://tickets.example/apps' }
    assert.deepEqual(await connections.disconnect(connection.id), {
      revoked: false,
      message: 'Disconnected here. Tickets lets nobody withdraw the access from outside; you can end it on your account page.',
      accountPageUrl: 'https://tickets.example/apps',
    })
  })

  it('must be disconnected before it is forgotten, and hands the default on', async t => {
    const { connections, connect } = await withPractice(t)
    const robin = await connect('github', { person: 'robin' })
    const mia = await connect('github', { person: 'mia' })
    await assert.rejects(connections.forget(robin.connection.id), { code: 'conflict' })
    await connections.disconnect(robin.connection.id)
    await connections.forget(robin.connection.id)
    assert.deepEqual(
      (await connections.list('desk')).map(({ id, isDefault }) => [id, isDefault]),
      [[mia.connection.id, true]],
    )
    await assert.rejects(connections.disconnect(robin.connection.id), { code: 'not_found' })
  })

  it('goes with its app', async t => {
    const { connections, connect, isActive, vault } = await withTickets(t)
    await connect()
    const { accessToken } = await connections.accessToken({ appId: 'desk', connector: 'tickets' })
    await connections.forgetApp('desk')
    assert.deepEqual([await connections.list('desk'), vault.ids(), await isActive(accessToken)], [[], [], false])
  })

  it('is told of each change to those who watch', async t => {
    const { connections, connect } = await withPractice(t)
    const controller = new AbortController()
    const states: string[][] = []
    const watching = (async () => {
      for await (const rows of connections.watch('desk', controller.signal)) {
        states.push(rows.map(({ state }) => state))
        if (states.at(-1)?.[0] === 'disconnected') controller.abort()
      }
    })()
    const { connection } = await connect('slackbot')
    await connections.disconnect(connection.id)
    await watching
    assert.deepEqual(states, [[], ['connected'], ['disconnected']])
  })

  it('shows as locked while the vault is, and works again when it opens', async t => {
    const { practice, home } = await practiceFor(t)
    const keychain = { read: async () => null, write: async () => Promise.reject(new Error('none')), delete: async () => {} }
    const setup = { connectors, practice, home }
    const wanted = { appId: 'desk', connector: 'slackbot' }
    const first = await openVault({ home, keychain })
    await first.usePassphrase('correct horse')
    const room = await connectionsFor(t, { ...setup, vault: first })
    await connectWith(room.connections, { ...wanted, scopes: [], practice: true }, agreeAs('robin'))

    const vault = await openVault({ home, keychain })
    const { connections } = await connectionsFor(t, { ...setup, vault })
    assert.equal((await connections.list('desk'))[0]?.state, 'locked')
    assert.deepEqual(
      (await connections.accounts('desk')).map(({ state }) => state),
      ['locked'],
    )
    await assert.rejects(connections.accessToken(wanted), { code: 'unauthorized', action: { kind: 'unlock' } })
    await vault.unlock('correct horse')
    assert.equal((await connections.list('desk'))[0]?.state, 'connected')
    assert.ok((await connections.accessToken(wanted)).accessToken)
  })

  it('complaint 9: needs a reconnect when its key is gone, and everything else works', async t => {
    const { practice, home } = await practiceFor(t)
    const keychain = { read: async () => null, write: async () => Promise.reject(new Error('none')), delete: async () => {} }
    const setup = { connectors, practice, home }
    const session = await openVault({ home, keychain })
    await session.useSession()
    const room = await connectionsFor(t, { ...setup, vault: session })
    const sign = (to: typeof room, connector: string) =>
      connectWith(to.connections, { appId: 'desk', connector, scopes: [], practice: true }, agreeAs('robin'))
    const { connection: lost } = await sign(room, 'slackbot')
    await room.connections.close()

    const vault = await openVault({ home, keychain })
    await vault.usePassphrase('correct horse')
    const again = await connectionsFor(t, { ...setup, vault })
    await sign(again, 'github')
    const rows = await again.connections.list('desk')
    assert.deepEqual(
      rows.map(({ connector, state, reason }) => [connector, state, reason]),
      [
        ['slackbot', 'needs_reconnect', 'Its keys are not on this computer any more.'],
        ['github', 'connected', null],
      ],
    )
    await assert.rejects(again.connections.accessToken({ appId: 'desk', connector: 'slackbot' }), {
      code: 'unauthorized',
      action: { kind: 'reconnect', connectionId: lost.id },
    })
    assert.ok((await again.connections.accessToken({ appId: 'desk', connector: 'github' })).accessToken)
    assert.equal((await sign(again, 'slackbot')).connection.id, lost.id)
    assert.ok((await again.connections.accessToken({ appId: 'desk', connector: 'slackbot' })).accessToken)
  })

  it('of a session is kept when a passphrase is chosen before the session ends', async t => {
    const { practice, home } = await practiceFor(t)
    const keychain = { read: async () => null, write: async () => Promise.reject(new Error('none')), delete: async () => {} }
    const first = await openVault({ home, keychain })
    await first.useSession()
    const room = await connectionsFor(t, { connectors, practice, home, vault: first })
    await connectWith(room.connections, { appId: 'desk', connector: 'slackbot', scopes: [], practice: true }, agreeAs('robin'))
    await first.usePassphrase('correct horse')
    await room.connections.close()
    const vault = await openVault({ home, keychain })
    await vault.unlock('correct horse')
    const { connections } = await connectionsFor(t, { connectors, practice, home, vault })
    assert.ok((await connections.accessToken({ appId: 'desk', connector: 'slackbot' })).accessToken)
  })

  it('survives a damaged list: it is kept, reported, and an entry of another version is left alone', async t => {
    const { practice, home } = await practiceFor(t)
    const setup = { connectors, practice, home }
    const room = await connectionsFor(t, setup)
    await connectWith(room.connections, { appId: 'desk', connector: 'slackbot', scopes: [], practice: true }, agreeAs('robin'))
    await room.connections.close()
    const file = join(home, 'connections.db')
    const bodies = (change?: string) => {
      const database = openDatabase(file)
      if (change) database.sqlite.exec(change)
      const found = database.sqlite.prepare('select body from connections order by seq').all()
      database.close()
      return found.map(({ body }) => JSON.parse(String(body)))
    }
    bodies(
      `update connections set body = json_set(body, '$.later', 'kept'); insert into connections (id, body) values ('future', '{"new":1}')`,
    )
    const again = await connectionsFor(t, setup)
    const [row, ...others] = await again.connections.list('desk')
    assert.deepEqual(others, [])
    await again.connections.rename(row?.id ?? '', 'Renamed')
    await again.connections.close()
    assert.partialDeepStrictEqual(bodies(), [{ name: 'Renamed', later: 'kept' }, { new: 1 }])

    await writeFile(file, 'no database '.repeat(1000))
    const third = await connectionsFor(t, setup)
    assert.deepEqual(await third.connections.list('desk'), [])
    assert.match(third.reports[0]?.message ?? '', /damaged. It is kept as/)
    assert.match(await readFile(/kept as (\S+);/.exec(third.reports[0]?.message ?? '')?.[1] ?? '', 'utf8'), /^no database/)
  })
})
