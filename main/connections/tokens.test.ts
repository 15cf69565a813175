import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { until } from '../../core/until.fixture.ts'
import { openDatabase } from '../../host/store/database.ts'
import { giveConsent, startAuthorizationServer } from '../../oauth/oidc.fixture.ts'
import { connectionsFor, connectWith, type Setup } from './connections.fixture.ts'
import { ticketsConnector } from '../../oauth/tickets.fixture.ts'

const minute = 60_000
const scopes = ['offline_access', 'tickets:read']
const wanted = { appId: 'desk', connector: 'tickets' }

/** A connected account of a provider whose refresh tokens serve once, and a clock that can be moved. */
async function connected(t: TestContext, setup: Setup = {}) {
  const server = await startAuthorizationServer(t)
  const connectors = { tickets: ticketsConnector(server.party().provider) }
  const clock = { at: Date.now() }
  const options: Setup = { connectors, now: () => clock.at, ...setup }
  const room = await connectionsFor(t, options)
  await room.connections.clients.set({ provider: 'tickets', clientId: 'desktop' })
  const connect = () =>
    connectWith(room.connections, { ...wanted, scopes }, async url => {
      const response = await fetch(await giveConsent(url))
      return response.text()
    })
  const { connection } = await connect()
  server.knobs.tokenRequests = 0
  const row = async () => (await room.connections.list('desk')).find(each => each.id === connection.id)
  return { ...server, ...room, options, clock, connection, connect, row }
}

describe('the tokens of a connection', () => {
  it('are handed out as they are while they are good', async t => {
    const { connections, knobs, issuer, connection } = await connected(t)
    const credential = await connections.accessToken(wanted)
    assert.partialDeepStrictEqual(credential, { connectionId: connection.id, generation: 1, mode: 'shared', practiceOrigins: null })
    const { sub } = await (await fetch(`${issuer}/me`, { headers: { authorization: `Bearer ${credential.accessToken}` } })).json()
    assert.equal(sub, 'ada')
    assert.equal(knobs.tokenRequests, 0)
  })

  it('are renewed once for fifty callers that come together, and all get the same', async t => {
    const { connections, knobs, clock, isActive } = await connected(t)
    clock.at += 11 * minute
    const credentials = await Promise.all(Array.from({ length: 50 }, () => connections.accessToken(wanted)))
    assert.equal(knobs.tokenRequests, 1)
    assert.equal(new Set(credentials.map(({ accessToken }) => accessToken)).size, 1)
    assert.equal(credentials[0]?.generation, 2)
    assert.ok(await isActive(credentials[0]?.accessToken ?? ''))
  })

  it('are renewed before they end, without anyone waiting for it', async t => {
    const { connections, knobs, clock } = await connected(t)
    clock.at += 9 * minute + 50_000
    assert.equal((await connections.accessToken(wanted)).generation, 1)
    await until(async () => (await connections.accessToken(wanted)).generation === 2, 'the renewal')
    assert.equal(knobs.tokenRequests, 1)
  })

  it('are renewed when the service refused them, and a late refusal of the old one changes nothing', async t => {
    const { connections, knobs, connection } = await connected(t)
    const rejected = { connectionId: connection.id, generation: 1 }
    assert.equal((await connections.accessToken({ ...wanted, rejected })).generation, 2)
    assert.equal((await connections.accessToken({ ...wanted, rejected })).generation, 2)
    assert.equal(knobs.tokenRequests, 1)
  })

  it('survive a restart, the renewed ones', async t => {
    const { connections, clock, options, home, isActive } = await connected(t)
    clock.at += 11 * minute
    await connections.accessToken(wanted)
    const again = await connectionsFor(t, { ...options, home })
    clock.at += 11 * minute
    const credential = await again.connections.accessToken(wanted)
    assert.equal(credential.generation, 3)
    assert.ok(await isActive(credential.accessToken))
  })

  it('outlive an outage of a day: the connection waits, says when it tries again, and heals', async t => {
    const { connections, knobs, clock, row } = await connected(t, { timing: { drainMs: 1000, retryMs: 1000, longestRetryMs: 60 * minute } })
    knobs.intercept = (_, response) => Boolean(response.writeHead(503).end('<html>'))
    clock.at += 11 * minute
    for (let hour = 0; hour < 24; hour += 1) {
      await assert.rejects(connections.accessToken(wanted), { code: 'unavailable', action: { kind: 'retry' } })
      const asked = knobs.tokenRequests
      await assert.rejects(connections.accessToken(wanted), { code: 'unavailable' })
      assert.equal(knobs.tokenRequests, asked, 'not asked again before its time')
      const shown = await row()
      assert.equal(shown?.state, 'retrying')
      assert.ok(Date.parse(shown.nextTryAt ?? '') > clock.at)
      clock.at += 73 * minute
    }
    knobs.intercept = null
    assert.equal((await connections.accessToken(wanted)).generation, 2)
    assert.partialDeepStrictEqual(await row(), { state: 'connected', reason: null, nextTryAt: null })
  })

  it('heal by themselves, without a call', async t => {
    const { connections, knobs, clock, row } = await connected(t, { timing: { drainMs: 1, retryMs: 1 } })
    knobs.intercept = (_, response) => {
      knobs.intercept = null
      return Boolean(response.writeHead(503).end())
    }
    clock.at += 11 * minute
    await assert.rejects(connections.accessToken(wanted), { code: 'unavailable' })
    await until(async () => {
      clock.at += 100
      return (await row())?.state === 'connected'
    }, 'the recovery')
  })

  it('are gone when the provider withdrew the grant: the reason is shown and nothing is asked again', async t => {
    const { connections, knobs, clock, row, connection } = await connected(t)
    knobs.intercept = (_, response) =>
      Boolean(
        response
          .writeHead(400, { 'content-type': 'application/json' })
          .end('{"error":"invalid_grant","error_description":"grant not found"}'),
      )
    clock.at += 11 * minute
    const reconnect = { code: 'unauthorized', action: { kind: 'reconnect', connectionId: connection.id } }
    await assert.rejects(connections.accessToken(wanted), reconnect)
    assert.partialDeepStrictEqual(await row(), { state: 'needs_reconnect', reason: 'invalid_grant: grant not found', nextTryAt: null })
    await assert.rejects(connections.accessToken(wanted), reconnect)
    assert.equal(knobs.tokenRequests, 1)
    assert.deepEqual(
      (await connections.accounts('desk')).map(({ state }) => state),
      ['needs_reconnect'],
    )
  })

  it('wait for a client that is not accepted to be put right', async t => {
    const { connections, knobs, clock, row } = await connected(t, { timing: { retryMs: 1000 } })
    knobs.intercept = (_, response) =>
      Boolean(response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"invalid_client"}'))
    clock.at += 11 * minute
    await assert.rejects(connections.accessToken(wanted), { code: 'unavailable' })
    assert.match((await row())?.reason ?? '', /OAuth client is not accepted \(invalid_client\)/)
    knobs.intercept = null
    clock.at += minute
    assert.equal((await connections.accessToken(wanted)).generation, 2)
  })

  it('stay those of the reconnect when an answer to the old ones comes late', async t => {
    const { connections, knobs, clock, connect, connection, isActive } = await connected(t)
    const held = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    knobs.intercept = (_, response) => {
      knobs.intercept = null
      arrived.resolve()
      void held.promise.then(() =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"access_token":"late","token_type":"bearer","expires_in":600}'),
      )
      return true
    }
    clock.at += 11 * minute
    const late = connections.accessToken(wanted)
    await arrived.promise
    assert.equal((await connect()).connection.id, connection.id)
    held.resolve()
    const credential = await late
    assert.notEqual(credential.accessToken, 'late')
    assert.ok(await isActive(credential.accessToken))
    assert.equal((await connections.accessToken(wanted)).accessToken, credential.accessToken)
  })

  it('do not come back when an answer arrives after disconnecting', async t => {
    const { connections, knobs, clock, connection, row, vault } = await connected(t)
    const held = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    knobs.intercept = (_, response) => {
      arrived.resolve()
      void held.promise.then(() =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"late","token_type":"bearer"}'),
      )
      return true
    }
    clock.at += 11 * minute
    const late = connections.accessToken(wanted)
    await arrived.promise
    await connections.disconnect(connection.id)
    held.resolve()
    await assert.rejects(late, { code: 'unauthorized' })
    assert.equal((await row())?.state, 'disconnected')
    assert.deepEqual(vault.ids(), [])
  })

  it('keep the refresh token when the answer brings none', async t => {
    const { connections, knobs, clock } = await connected(t)
    knobs.intercept = (_, response) => {
      knobs.intercept = null
      return Boolean(
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"access_token":"short","token_type":"bearer","expires_in":600}'),
      )
    }
    clock.at += 11 * minute
    assert.equal((await connections.accessToken(wanted)).accessToken, 'short')
    clock.at += 11 * minute
    assert.equal((await connections.accessToken(wanted)).generation, 3)
  })

  it('leave an entry in the journal before a token is sent: killed there, the next process waits, then tries once', async t => {
    const { knobs, clock, options, home, connections } = await connected(t)
    await connections.close()
    const arrived = Promise.withResolvers<void>()
    knobs.intercept = () => {
      arrived.resolve()
      return true
    }
    const provider = options.connectors?.['tickets']?.provider
    const child = fork(join(import.meta.dirname, 'tokens.fixture.ts'), [home, JSON.stringify(provider)], { stdio: 'inherit' })
    await arrived.promise
    child.kill('SIGKILL')
    await once(child, 'exit')
    const file = openDatabase(join(home, 'connections.db'))
    assert.deepEqual(
      file.sqlite
        .prepare('select generation, state from refresh_attempts')
        .all()
        .map(each => ({ ...each })),
      [{ generation: 1, state: 'open' }],
    )
    file.close()

    knobs.intercept = null
    clock.at += 60 * minute
    const again = await connectionsFor(t, { ...options, home })
    const before = knobs.tokenRequests
    await assert.rejects(again.connections.accessToken(wanted), { code: 'unavailable' })
    assert.equal(knobs.tokenRequests, before)
    assert.match((await again.connections.list('desk'))[0]?.reason ?? '', /stopped while the access was being renewed/)
    clock.at += 91_000
    assert.equal((await again.connections.accessToken(wanted)).generation, 2)
    assert.equal(knobs.tokenRequests, before + 1)
  })

  it('tell a loss of our own from a withdrawal', async t => {
    const { knobs, clock, row, connections } = await connected(t, { timing: { drainMs: 1000 } })
    knobs.intercept = request => Boolean(request.socket.destroy())
    clock.at += 11 * minute
    await assert.rejects(connections.accessToken(wanted), { code: 'unavailable' })
    knobs.intercept = (_, response) =>
      Boolean(response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}'))
    clock.at += 20 * minute
    await assert.rejects(connections.accessToken(wanted), { code: 'unauthorized' })
    assert.match(
      (await row())?.reason ?? '',
      /^Tickets’s answer was lost on its way at \d\d:\d\d\. Tickets accepts each key once, so please connect again\.$/,
    )
  })

  it('are tried again after a refusal by the service, even while they look good', async t => {
    const { connections, knobs, clock, connection, row } = await connected(t, { timing: { drainMs: 1, retryMs: 1 } })
    knobs.intercept = (_, response) => {
      knobs.intercept = null
      return Boolean(response.writeHead(503).end())
    }
    const rejected = { connectionId: connection.id, generation: 1 }
    await assert.rejects(connections.accessToken({ ...wanted, rejected }), { code: 'unavailable' })
    await until(async () => {
      clock.at += 100
      return (await row())?.state === 'connected'
    }, 'the recovery')
    assert.equal((await connections.accessToken(wanted)).generation, 2)
  })

  it('are nowhere in clear on disk', async t => {
    const { connections, clock, home } = await connected(t)
    const first = await connections.accessToken(wanted)
    clock.at += 11 * minute
    const second = await connections.accessToken(wanted)
    const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter(each => each.isFile())
    assert.ok(files.some(each => each.name === 'connections.db'))
    for (const each of files) {
      const text = await readFile(join(each.parentPath, each.name), 'latin1')
      for (const { accessToken } of [first, second]) assert.ok(!text.includes(accessToken), each.name)
    }
  })
})
