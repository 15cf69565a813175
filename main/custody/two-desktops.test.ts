import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { giveConsent, startAuthorizationServer } from '../../oauth/oidc.fixture.ts'
import { ticketsConnector } from '../../oauth/tickets.fixture.ts'
import type { Caller } from '../../relay/custody/handle.ts'
import { until } from '../../core/until.fixture.ts'
import { connectionsFor, connectWith } from '../connections/connections.fixture.ts'
import { caller, createWorld, member, type Mishap, type OpenDesktop, type OpenRelay } from './custody.fixture.ts'

const appId = 'desk'
const wanted = { appId, connector: 'tickets' }
const second: Caller = { ...caller, desktop: { id: 'd2', name: 'Studio' } }
const teammate: Caller = { ...second, member: { ...member, userId: 'u2', name: 'Bea' } }
const viewer: Caller = { ...second, member: { ...member, userId: 'u3', name: 'Vi', role: 'viewer' } }

/** An account that one desktop has connected and given to the relay; `join` opens another one. */
async function shared(t: TestContext) {
  const server = await startAuthorizationServer(t)
  const world = await createWorld(t, { party: server.party() })
  const relay = await world.openRelay()
  const connectors = { tickets: ticketsConnector(server.party().provider) }
  const join = async (who: Caller, options: { appsHere?: () => Promise<Map<string, string>> } = {}) => {
    const { connections, reports } = await connectionsFor(t, {
      connectors,
      relay: world.linkOf(who),
      custodyTiming: { retryMs: 5, longestRetryMs: 20 },
      ...options,
    })
    await connections.lookForShared()
    return { connections, reports, rows: () => connections.list(appId), row: async () => (await connections.list(appId))[0] }
  }
  const first = await join(caller)
  await first.connections.clients.set({ provider: 'tickets', clientId: 'desktop' })
  const { connection } = await connectWith(first.connections, { ...wanted, scopes: ['offline_access', 'tickets:read'] }, async url =>
    (await fetch(await giveConsent(url))).text(),
  )
  await first.connections.moveTo(connection.id, 'relay')
  server.knobs.tokenRequests = 0
  return { ...server, world, relay, join, first, id: connection.id }
}

const byAda = { state: 'relay', want: 'relay', otherAccount: null, problem: null, by: { name: 'A former member' } }

describe('an account that one desktop gave to the relay', { concurrency: true }, () => {
  it('is there on another desktop of its member and on a teammate’s, who use it with the relay’s tokens and connect nothing', async t => {
    const { join, id, isActive, knobs } = await shared(t)
    for (const [who, mayReturn] of [
      [second, true],
      [teammate, false],
    ] as const) {
      const { connections, row } = await join(who)
      assert.partialDeepStrictEqual(await row(), {
        id,
        state: 'connected',
        reason: null,
        isDefault: true,
        account: { id: 'ada' },
        scopesGranted: ['offline_access', 'tickets:read'],
        custody: { ...byAda, mayReturn },
      })
      const token = await connections.accessToken(wanted)
      assert.ok(await isActive(token.accessToken))
      assert.equal(token.connectionId, id)
      assert.deepEqual(
        (await connections.whereabouts(appId)).map(each => each.custody?.state),
        ['relay'],
      )
      await connections.give(id)
      assert.equal((await connections.accounts(appId))[0]?.state, 'connected')
    }
    assert.equal(knobs.tokenRequests, 0)
  })

  it('is that of the app that is this one on the relay, whatever its id is here', async t => {
    const { join } = await shared(t)
    const { connections, rows } = await join(teammate, {
      appsHere: async () =>
        new Map([
          ['desk', 'desk-2'],
          ['other', 'desk'],
        ]),
    })
    assert.deepEqual(await rows(), [])
    assert.equal((await connections.list('desk-2'))[0]?.account?.id, 'ada')
  })

  it('is renewed by the relay once for all of them when a service refuses a token', async t => {
    const { join, first, id, knobs } = await shared(t)
    const { connections } = await join(teammate)
    const { generation } = await connections.accessToken(wanted)
    const rejected = { connectionId: id, generation }
    const tokens = await Promise.all([connections, connections, first.connections].map(each => each.accessToken({ ...wanted, rejected })))
    assert.equal(new Set(tokens.map(({ accessToken }) => accessToken)).size, 1)
    assert.equal(knobs.tokenRequests, 1)
  })

  it('is seen by a viewer, who may not use it', async t => {
    const { join } = await shared(t)
    const { connections, row } = await join(viewer)
    assert.equal((await row())?.state, 'connected')
    await assert.rejects(connections.accessToken(wanted), { code: 'forbidden', message: /As a viewer you may not use shared accounts/ })
  })

  it('is nobody else’s to rename, disconnect or take back', async t => {
    const { join, id, first } = await shared(t)
    const { connections, row } = await join(teammate)
    await assert.rejects(connections.rename(id, 'Mine'), { code: 'conflict' })
    await assert.rejects(connections.disconnect(id), { code: 'conflict', message: /is on the relay/ })
    await assert.rejects(connections.moveTo(id, 'here'), { code: 'not_found', message: /Only who gave an account/ })
    assert.equal((await row())?.custody?.state, 'relay')
    assert.ok((await first.connections.accessToken(wanted)).accessToken)
  })

  it('is found by a call that comes before anyone has looked, and gone with its app', async t => {
    const { join, first, id } = await shared(t)
    const { connections, rows } = await join(teammate)
    await connections.forgetApp(appId)
    assert.deepEqual(await rows(), [])
    assert.equal((await connections.accessToken(wanted)).connectionId, id)
    assert.ok((await first.connections.accessToken(wanted)).accessToken)
  })

  it('stays in the list while the relay is away, and leaves it when it was taken back', async t => {
    const { join, first, id, relay, world } = await shared(t)
    const { connections, rows } = await join(teammate)
    world.relayIs(null)
    await connections.lookForShared()
    assert.equal((await rows())[0]?.state, 'connected')
    await assert.rejects(connections.accessToken(wanted), { code: 'unavailable' })
    world.relayIs(relay)
    assert.equal((await first.connections.moveTo(id, 'here')).custody?.state, 'here')
    await assert.rejects(connections.accessToken(wanted), { code: 'unavailable', message: /taken back to Laptop/ })
    await connections.lookForShared()
    assert.deepEqual(await rows(), [])
    await assert.rejects(connections.accessToken(wanted), { code: 'needs_connection', message: /Connect .* first/ })
  })

  it('does not stand in the way of an account of one’s own, which is another connection', async t => {
    const { join, id } = await shared(t)
    const { connections, rows } = await join(teammate)
    await connections.clients.set({ provider: 'tickets', clientId: 'desktop' })
    const { connection } = await connectWith(connections, { ...wanted, connectionId: id, scopes: ['tickets:read'] }, async url =>
      (await fetch(await giveConsent(url))).text(),
    )
    assert.notEqual(connection.id, id)
    assert.deepEqual(
      (await rows()).map(each => [each.id, each.isDefault]),
      [
        [id, true],
        [connection.id, false],
      ],
    )
  })
})

describe('taking an account back on another desktop', { concurrency: true }, () => {
  it('brings it there; the first desktop learns of it, and uses it again once it is given again', async t => {
    const { join, first, id, isActive, relay } = await shared(t)
    const { connections, row } = await join(second)
    const { custody, state } = await connections.moveTo(id, 'here')
    assert.deepEqual([custody?.state, custody?.problem, state], ['here', null, 'connected'])
    const [there] = await relay.custody.ofApp('w1', appId)
    assert.equal(there?.record.state.role, 'released')
    assert.ok(await isActive((await connections.accessToken(wanted)).accessToken))

    await assert.rejects(first.connections.accessToken(wanted))
    await until(async () => (await first.row())?.custody?.state === 'taken', 'word of it on the first desktop')
    assert.partialDeepStrictEqual(await first.row(), { state: 'disconnected', custody: { by: { name: 'Studio' } } })
    assert.match((await first.connections.lately(appId))[0]?.text ?? '', /was taken back to Studio\.$/)

    assert.equal((await connections.moveTo(id, 'relay')).custody?.state, 'relay')
    assert.equal((await first.connections.accessToken(wanted)).connectionId, id)
    assert.partialDeepStrictEqual(await first.row(), { state: 'connected', custody: { ...byAda, mayReturn: true } })
    assert.equal((await row())?.custody?.state, 'relay')
  })

  it('goes to and fro, each time with the only token that works', async t => {
    const { join, first, id, isActive, knobs } = await shared(t)
    const other = await join(second)
    for (const [taker, waiter] of [
      [other, first],
      [first, other],
      [other, first],
    ] as const) {
      await taker.connections.lookForShared()
      await until(async () => {
        const { custody } = await taker.connections.moveTo(id, 'here')
        return custody?.state === 'here'
      }, 'the account')
      assert.ok(await isActive((await taker.connections.accessToken(wanted)).accessToken))
      await taker.connections.moveTo(id, 'relay')
      assert.ok((await waiter.connections.accessToken(wanted)).accessToken)
      await until(async () => (await waiter.row())?.custody?.by !== undefined, 'it as one that the other gave')
    }
    assert.equal(knobs.tokenRequests, 0)
  })
})

describe('two desktops of a member', { concurrency: true }, () => {
  it('never both refresh one grant, whatever each wishes and the network loses, repeats and reorders', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<Mishap>('lost', 'answerLost', 'twice', 'again', 'fine'), { maxLength: 25 }),
        fc.array(fc.constantFrom('give', 'take', 'take over', 'use', 'speak'), { minLength: 4, maxLength: 12 }),
        fc.infiniteStream(fc.constantFrom(0, 1)),
        async (mishaps, wishes, who) => {
          const ends: (() => Promise<void> | void)[] = []
          const world = await createWorld({ after: end => void ends.unshift(end) })
          const relay = await world.openRelay()
          const one = await world.openDesktop()
          const other = await world.openDesktop({ name: 'other', who: second })
          await one.connect()
          await one.custody.want('c1', 'relay')
          world.mishaps.push(...mishaps)
          for (const wish of wishes) {
            const desktop = who.next().value === 0 ? one : other
            const { role, turn } = (await desktop.entry()).state
            const hasNone = role === 'gone' || (turn === 0 && desktop.refreshToken() === null)
            if (wish === 'give' && role === 'holder' && desktop.refreshToken() !== null) await desktop.custody.want('c1', 'relay')
            if (wish === 'take' && role === 'remote') await desktop.custody.want('c1', 'desktop')
            if (wish === 'speak') await desktop.custody.start()
            if (wish === 'take over' && hasNone) await takeOver(desktop, relay)
            if (wish === 'use') await use(desktop, relay)
          }
          world.mishaps.length = 0
          for (const desktop of [one, other, one]) await desktop.custody.start()
          const settled = async () => ['holder', 'remote', 'gone'].includes((await one.entry()).state.role)
          await until(settled, 'the first desktop at rest')
          const copies = [one, other].filter(each => each.refreshToken() !== null)
          for (const desktop of [one, other]) await use(desktop, relay)
          assert.deepEqual([copies.length < 2, world.provider.seen.replays], [true, 0])
          for (const end of ends) await end()
        },
      ),
      { numRuns: 25 },
    )
  })

  async function takeOver(desktop: OpenDesktop, { custody }: OpenRelay): Promise<void> {
    const taken = await custody.takeOver(second, 'c1', await desktop.custody.desktopId()).catch(() => null)
    if (!taken) return
    await desktop.tookOver(taken)
    await desktop.custody.want('c1', 'desktop')
  }

  /** Both ends renew if they may. */
  async function use(desktop: OpenDesktop, { custody }: OpenRelay): Promise<void> {
    const renew = async (tokens: OpenDesktop['tokens'], ask: (rejected: number) => Promise<unknown>) =>
      ask((await tokens.status('c1'))?.generation ?? 0).catch(() => {})
    await renew(desktop.tokens, rejected => desktop.tokens.accessToken('c1', rejected))
    await renew(custody.renewing, rejected => custody.accessToken('c1', rejected))
  }
})
