import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { giveConsent, startAuthorizationServer } from '../../oauth/oidc.fixture.ts'
import { connectionsFor, connectWith } from './connections.fixture.ts'
import { ticketsConnector } from '../../oauth/tickets.fixture.ts'

const minute = 60_000
const wanted = { appId: 'desk', connector: 'tickets' }

/** An account of the tests' own provider, a clock that can be moved, and the sentences told so far, oldest first. */
async function connected(t: TestContext) {
  const server = await startAuthorizationServer(t)
  const connectors = { tickets: ticketsConnector(server.party().provider) }
  const clock = { at: Date.now() }
  const room = await connectionsFor(t, { connectors, now: () => clock.at, timing: { drainMs: 1, retryMs: 1 } })
  await room.connections.clients.set({ provider: 'tickets', clientId: 'desktop' })
  const connect = (input: { connectionId?: string; scopes?: string[] } = {}) =>
    connectWith(room.connections, { ...wanted, scopes: ['offline_access', 'tickets:read'], ...input }, async url =>
      (await fetch(await giveConsent(url))).text(),
    )
  const { connection } = await connect()
  const told = async () => (await room.connections.lately('desk')).map(({ tone, text }) => `${tone}: ${text}`).reverse()
  return { ...server, ...room, clock, connection, connect, told, provider: connectors.tickets.provider.name }
}

describe('what happened to accounts lately', () => {
  it('begins with the connecting and goes on with what the user does', async t => {
    const { connections, connection, connect, told } = await connected(t)
    await connect({ connectionId: connection.id, scopes: ['tickets:write'] })
    await connections.disconnect(connection.id)
    await connect({ connectionId: connection.id })
    assert.deepEqual(await told(), [
      'ok: ada@tickets.example was connected to Tickets.',
      'ok: ada@tickets.example allowed more in Tickets: Change tickets.',
      'off: ada@tickets.example was disconnected from Tickets.',
      'ok: ada@tickets.example was connected to Tickets again.',
    ])
    const [newest] = await connections.lately('desk')
    assert.equal(newest?.connectionId, connection.id)
  })

  it('tells an outage, its end, and the provider’s reason when an account is lost', async t => {
    const { connections, knobs, clock, told, provider } = await connected(t)
    const answerOnce = (status: number, body = '') => {
      knobs.intercept = (_, response) => {
        knobs.intercept = null
        return Boolean(response.writeHead(status, { 'content-type': 'application/json' }).end(body))
      }
    }
    answerOnce(503)
    clock.at += 11 * minute
    await assert.rejects(connections.accessToken(wanted))
    clock.at += 30 * minute
    await connections.accessToken(wanted)
    answerOnce(400, '{"error":"invalid_grant","error_description":"grant not found"}')
    clock.at += 11 * minute
    await assert.rejects(connections.accessToken(wanted))
    assert.deepEqual((await told()).slice(1), [
      `warn: ${provider} stopped answering for ada@tickets.example. Plugboard tries again by itself.`,
      `ok: ${provider} answers again for ada@tickets.example.`,
      'bad: ada@tickets.example has to be connected to Tickets again: invalid_grant: grant not found.',
    ])
  })

  it('is each app’s own, says nothing of what stays as it is, and goes with the app', async t => {
    const { connections, connection, connect, told } = await connected(t)
    await connections.rename(connection.id, 'Support')
    await connect()
    assert.equal((await told()).length, 1)
    assert.deepEqual(await connections.lately('shop'), [])
    await connections.forgetApp('desk')
    assert.deepEqual(await told(), [])
  })
})
