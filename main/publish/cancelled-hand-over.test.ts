import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import { catalogueOf } from '../../connectors/catalogue.ts'
import { relayInfo } from '../../core/contract/relay.ts'
import { orAbort } from '../../core/or-abort.ts'
import { until } from '../../core/until.fixture.ts'
import { giveConsent, startAuthorizationServer } from '../../oauth/oidc.fixture.ts'
import { ticketsConnector } from '../../oauth/tickets.fixture.ts'
import { requestWith, startPublishing } from '../../relay/releases/releases.fixture.ts'
import { connectionsFor, connectWith } from '../connections/connections.fixture.ts'
import type { RelaySession } from '../relay/session.ts'
import { publishingDesktop } from './publish.fixture.ts'

/** An app that works with two accounts of its builder. What hands the second one over is on its way until `arrive` is called. */
async function openDesktop(t: TestContext) {
  const server = await startAuthorizationServer(t)
  const { provider } = server.party()
  const connectors = { tickets: ticketsConnector(provider), desks: { ...ticketsConnector(provider), id: 'desks', name: 'Desks' } }
  const { relay, access } = await startPublishing(t, { catalogue: catalogueOf(connectors) })
  const info = relayInfo.parse(await (await fetch(`${relay.url}/.well-known/plugboard-relay`)).json())
  const request = requestWith(() => relay.url, access)
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
  const waits = { id: '', isSent: false }
  const { connections } = await connectionsFor(t, {
    connectors,
    relay: {
      read: async () => ({ info, tokens: {} }) as unknown as RelaySession,
      async request(path, init) {
        const body = String(init?.body)
        if (waits.id !== '' && body.includes('"Offer"') && body.includes(waits.id)) {
          waits.isSent = true
          await orAbort(arrived, init?.signal ?? assert.fail())
        }
        return request(path, init)
      },
    },
    custodyTiming: { retryMs: 5, longestRetryMs: 20 },
  })
  const { whereabouts: list, give, callOff } = connections
  const desktop = await publishingDesktop(t, { url: relay.url, access }, { accounts: { list, give, callOff } })
  const { appId } = await desktop.projects.create({ name: 'Takes along' })
  await connections.clients.set({ provider: provider.id, clientId: 'desktop' })
  const ids: string[] = []
  for (const connector of ['tickets', 'desks']) {
    await desktop.edit(appId, `connectors/${connector}.jsonc`, JSON.stringify({ type: connector, mode: 'shared' }))
    const wanted = { appId, connector, scopes: ['offline_access', 'tickets:read'] }
    const { connection } = await connectWith(connections, wanted, async url => (await fetch(await giveConsent(url))).text())
    await connections.rename(connection.id, `Our ${connector}`)
    ids.push(connection.id)
  }
  waits.id = ids[1] ?? assert.fail()
  const places = async () =>
    (await connections.whereabouts(appId)).map(({ name, custody }) => `${name}: ${custody?.state} ${custody?.want}`)
  /** What the relay has of accounts. */
  async function onRelay(): Promise<string[]> {
    const tables = new DatabaseSync(join(relay.settings['PLUGBOARD_RELAY_DATA'] ?? '', 'relay.db'), { readOnly: true })
    const rows = tables.prepare("select connection_id, role from custody where role not in ('none', 'released', 'off')").all()
    tables.close()
    return rows.map(row => `${row['connection_id']} ${row['role']}`)
  }
  return { ...desktop, connections, appId, ids, waits, arrive, places, onRelay }
}

describe('a publish that is cancelled while it hands accounts to the relay', () => {
  it('keeps here what is still here, leaves on the relay what is there, and says which that is', async t => {
    const { publish, appId, end, connections, ids, waits, arrive, places, onRelay } = await openDesktop(t)
    const [first] = ids
    await publish.start(appId, null, 'First')
    await until(() => waits.isSent)
    await publish.cancel(appId)
    assert.deepEqual((await end(appId)).outcome, { type: 'cancelled', given: ['Our tickets'] })
    const settled = ['Our tickets: relay relay', 'Our desks: here here']
    assert.deepEqual((await places()).sort(), settled.toSorted())
    // What was on its way arrives, and is taken from the relay again.
    arrive()
    await until(async () => (await onRelay()).join() === `${first} active`)
    assert.deepEqual((await places()).sort(), settled.toSorted())
    await connections.accessToken({ appId, connector: 'desks' })
    // Another publish takes it along.
    await publish.start(appId, null, 'First')
    assert.equal((await end(appId)).outcome?.type, 'live')
    assert.deepEqual((await places()).sort(), ['Our desks: relay relay', 'Our tickets: relay relay'])
  })

  it('leaves alone what its user had wanted on the relay before', async t => {
    const { publish, appId, end, connections, ids, waits, arrive, places } = await openDesktop(t)
    const [, second = ''] = ids
    const moving = connections.moveTo(second, 'relay')
    await until(() => waits.isSent)
    await publish.start(appId, null, 'First')
    await until(async () => (await connections.whereabouts(appId)).some(({ custody }) => custody?.state === 'relay'))
    await publish.cancel(appId)
    assert.deepEqual((await end(appId)).outcome, { type: 'cancelled', given: ['Our tickets'] })
    arrive()
    await moving
    assert.deepEqual((await places()).sort(), ['Our desks: relay relay', 'Our tickets: relay relay'])
  })
})
