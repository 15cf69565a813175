import assert from 'node:assert/strict'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import { giveConsent, startAuthorizationServer } from '../../oauth/oidc.fixture.ts'
import { connectionsFor, connectWith } from '../connections/connections.fixture.ts'
import { ticketsConnector } from '../../oauth/tickets.fixture.ts'
import { until } from '../../core/until.fixture.ts'
import type { Connections } from '../connections/connections.ts'
import { caller, createWorld, member } from './custody.fixture.ts'
import { Mortal } from './mortal.fixture.ts'

const appId = 'desk'
const wanted = { appId, connector: 'tickets' }

/** An account that was connected on this desktop, which is signed in to a relay. */
async function connected(t: TestContext, options: { relayIdOf?: () => Promise<string> } = {}) {
  const server = await startAuthorizationServer(t)
  const world = await createWorld(t, { party: server.party() })
  const relay = await world.openRelay()
  const setup = {
    connectors: { tickets: ticketsConnector(server.party().provider) },
    relay: world.linkOf(caller),
    custodyTiming: { retryMs: 5, longestRetryMs: 20 },
    ...options,
  }
  const room = await connectionsFor(t, setup)
  await room.connections.clients.set({ provider: 'tickets', clientId: 'desktop' })
  const connect = () =>
    connectWith(room.connections, { ...wanted, scopes: ['offline_access', 'tickets:read'] }, async url =>
      (await fetch(await giveConsent(url))).text(),
    )
  const { connection } = await connect()
  server.knobs.tokenRequests = 0
  const reopen = async () => (await connectionsFor(t, { ...setup, home: room.home })).connections
  const row = async () => (await room.connections.list(appId))[0]
  const onRelay = async () => (await relay.custody.ofApp('w1', appId))[0]?.record
  return { ...server, ...room, server, reopen, world, relay, id: connection.id, connect, row, onRelay }
}

const told = /Tickets has withdrawn the access/
const isTold = async (connections: Connections): Promise<boolean> => (await connections.lately(appId)).some(({ text }) => told.test(text))

describe('a connection that is given to the relay', { concurrency: true }, () => {
  it('is shown there, stays usable here with the relay’s short-lived tokens, and is renewed by the relay alone', async t => {
    const { connections, id, row, onRelay, knobs, isActive } = await connected(t)
    const { custody } = await connections.moveTo(id, 'relay')
    assert.deepEqual(custody, { state: 'relay', want: 'relay', otherAccount: null, problem: null, mayReturn: true })
    assert.partialDeepStrictEqual(await row(), { state: 'connected', reason: null, scopesGranted: ['offline_access', 'tickets:read'] })
    assert.deepEqual((await onRelay())?.about?.account?.id, 'ada')
    const first = await connections.accessToken(wanted)
    assert.ok(await isActive(first.accessToken))
    assert.equal(knobs.tokenRequests, 0)
    const rejected = { connectionId: id, generation: first.generation }
    const next = await connections.accessToken({ ...wanted, rejected })
    assert.notEqual(next.accessToken, first.accessToken)
    assert.ok(await isActive(next.accessToken))
    assert.equal(knobs.tokenRequests, 1)
  })

  it('is that of the app under the id that it has there', async t => {
    const { connections, id, relay, onRelay } = await connected(t, { relayIdOf: async () => 'desk-2' })
    await connections.moveTo(id, 'relay')
    assert.equal(await onRelay(), undefined)
    assert.equal((await relay.custody.ofApp('w1', 'desk-2'))[0]?.record.about?.appId, 'desk-2')
    assert.ok((await connections.accessToken(wanted)).accessToken)
  })

  it('works as before when it was taken back', async t => {
    const { connections, id, onRelay, row, isActive } = await connected(t)
    await connections.moveTo(id, 'relay')
    const first = await connections.accessToken(wanted)
    await connections.accessToken({ ...wanted, rejected: { connectionId: id, generation: first.generation } })
    assert.equal((await connections.moveTo(id, 'here')).custody?.state, 'here')
    assert.equal((await onRelay())?.state.role, 'released')
    const { generation } = await connections.accessToken(wanted)
    assert.ok(await isActive((await connections.accessToken(wanted)).accessToken))
    assert.equal((await row())?.state, 'connected')
    assert.ok(generation > 0)
  })

  it('is published again when the user connects it again here, and is gone on both sides when it is disconnected', async t => {
    const { connections, id, onRelay, connect, row } = await connected(t)
    await connections.moveTo(id, 'relay')
    const before = await onRelay()
    await connect()
    assert.equal((await connections.moveTo(id, 'relay')).custody?.state, 'relay')
    assert.ok(((await onRelay())?.state.turn ?? 0) > (before?.state.turn ?? 0))
    await connections.disconnect(id)
    assert.equal((await onRelay())?.state.role, 'off')
    assert.equal((await row())?.state, 'disconnected')
    await assert.rejects(connections.accessToken(wanted), { code: 'needs_connection' })
  })

  it('is withdrawn at the provider by the relay, which has the access, when it is disconnected here', async t => {
    const { connections, id, isActive } = await connected(t)
    await connections.moveTo(id, 'relay')
    const { accessToken } = await connections.accessToken(wanted)
    assert.ok(await isActive(accessToken))
    const { revoked, message } = await connections.disconnect(id)
    assert.deepEqual([revoked, message], [true, 'Disconnected, and Tickets has withdrawn the access.'])
    assert.equal(await isActive(accessToken), false)
  })

  it('is withdrawn once the relay can be reached again, and the user is told so', async t => {
    const { connections, id, isActive, world } = await connected(t)
    await connections.moveTo(id, 'relay')
    const { accessToken } = await connections.accessToken(wanted)
    world.mishaps.push('lost', 'lost')
    assert.match((await connections.disconnect(id)).message, /once it can be reached/)
    await until(async () => !(await isActive(accessToken)), 'the withdrawal')
    await until(async () => isTold(connections), 'word of it')
  })

  it('is told to be withdrawn once, also when the answer was lost and Plugboard was closed meanwhile', async t => {
    const { connections, id, isActive, world, reopen } = await connected(t)
    await connections.moveTo(id, 'relay')
    const { accessToken } = await connections.accessToken(wanted)
    world.mishaps.push(...Array<'answerLost'>(50).fill('answerLost'))
    assert.match((await connections.disconnect(id)).message, /once it can be reached/)
    assert.equal(await isActive(accessToken), false)
    await connections.close()
    world.mishaps.length = 0
    const again = await reopen()
    await until(async () => isTold(again), 'word of it')
    await again.close()
    const third = await reopen()
    assert.equal((await third.lately(appId)).filter(({ text }) => told.test(text)).length, 1)
  })

  it('is withdrawn by a relay that was ended before it had told the provider', async t => {
    const { connections, id, isActive, world, relay } = await connected(t)
    await connections.moveTo(id, 'relay')
    const { accessToken } = await connections.accessToken(wanted)
    await relay.close()
    const opening = new Mortal()
    await (await world.openRelay({ mortal: opening })).close()
    const dying = new Mortal({ commit: opening.commits + 1, when: 'after' })
    const second = await world.openRelay({ mortal: dying })
    world.mishaps.push('fine', ...Array<'lost'>(50).fill('lost'))
    await connections.disconnect(id)
    assert.deepEqual([dying.isDead, await isActive(accessToken)], [true, true])
    await second.close()
    await world.openRelay()
    await until(async () => !(await isActive(accessToken)), 'the withdrawal')
  })

  it('cannot be taken back once it was connected on the relay with the client of the workspace, and says why in one sentence', async t => {
    const { connections, id, relay, row, server } = await connected(t)
    await connections.moveTo(id, 'relay')
    const grant = { accessToken: 'a', refreshToken: 'r', accessExpiresAt: null, refreshExpiresAt: null, scopesGranted: [] }
    const account = { id: 'ada', label: 'ada@tickets.example' }
    await relay.custody.connect(member, id, { grant, client: server.party().client, account, facts: {}, at: 0, stays: true })
    await assert.rejects(connections.moveTo(id, 'here'), { code: 'forbidden', message: /OAuth client of your workspace, which stays/ })
    assert.partialDeepStrictEqual(await row(), { state: 'connected', custody: { state: 'relay', want: 'relay', mayReturn: false } })
    assert.equal((await connections.accessToken(wanted)).accessToken, 'a')
    assert.equal((await connections.moveTo(id, 'relay')).custody?.state, 'relay')
  })

  it('is left to the relay by a home directory that is restored to before it was given, as the keychain remembers', async t => {
    const { connections, id, home, reopen, knobs, onRelay } = await connected(t)
    const files = new DatabaseSync(join(home, 'connections.db'))
    files.exec(`vacuum into '${join(home, 'backup.db')}'`)
    files.close()
    await connections.moveTo(id, 'relay')
    await connections.close()
    for (const end of ['-wal', '-shm']) await rm(join(home, `connections.db${end}`), { force: true })
    await rename(join(home, 'backup.db'), join(home, 'connections.db'))
    const again = await reopen()
    const { accessToken, generation } = await again.accessToken(wanted)
    assert.ok(accessToken)
    assert.equal((await again.list(appId))[0]?.custody?.state, 'relay')
    await again.accessToken({ ...wanted, rejected: { connectionId: id, generation } })
    assert.deepEqual([knobs.tokenRequests, (await onRelay())?.state.role], [1, 'active'])
  })

  it('says why it cannot be given while the relay is away, and works on here', async t => {
    const { connections, id, world, relay } = await connected(t)
    await relay.close()
    world.relayIs(null)
    world.mishaps.push(...Array<'lost'>(50).fill('lost'))
    const { custody } = await connections.moveTo(id, 'relay')
    assert.equal(custody?.state, 'moving')
    assert.match(custody?.problem ?? '', /cannot be reached/)
    assert.ok((await connections.accessToken(wanted)).accessToken)
  })
})
