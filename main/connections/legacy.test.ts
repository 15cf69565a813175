import assert from 'node:assert/strict'
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { startAuthorizationServer } from '../../oauth/oidc.fixture.ts'
import type { Vault } from '../vault/vault.ts'
import { connectionsFor } from './connections.fixture.ts'
import { ticketsConnector } from '../../oauth/tickets.fixture.ts'

const at = '2026-05-04T03:02:01.000Z'
const past = Date.parse(at)
const future = Date.now() + 3_600_000

/** An entry as version 0.1.0 wrote it. */
const entryOf = (id: string, more: object = {}) => ({
  id,
  appId: 'desk',
  connector: 'tickets',
  provider: 'tickets',
  name: id,
  mode: 'shared',
  practice: false,
  isDefault: id === 'first',
  account: { id: 'ada', label: 'ada@tickets.example' },
  scopesGranted: ['tickets:read'],
  scopesAsked: ['tickets:read'],
  clientId: 'desktop',
  createdAt: at,
  state: 'connected',
  reason: null,
  since: at,
  nextTryAt: null,
  renewable: true,
  accessExpiresAt: null,
  grantId: `grant of ${id}`,
  generation: 3,
  attempt: null,
  answerLost: false,
  failures: 0,
  ...more,
})

const secretOf = (id: string, more: object = {}) => ({
  v: 1,
  grantId: `grant of ${id}`,
  generation: 3,
  accessToken: `access of ${id}`,
  refreshToken: `refresh of ${id}`,
  accessExpiresAt: future,
  refreshExpiresAt: null,
  obtainedAt: past,
  scopesGranted: ['tickets:read'],
  client: { clientId: 'desktop' },
  ...more,
})

/** A home of version 0.1.0. `open` starts this version in it. */
async function earlierHome(t: TestContext, entries: object[], secrets: Record<string, object>) {
  const server = await startAuthorizationServer(t)
  const connectors = { tickets: ticketsConnector(server.party().provider) }
  const { home, vault, connections } = await connectionsFor(t, { connectors })
  await connections.close()
  for (const name of (await readdir(home)).filter(each => each.startsWith('connections.db'))) await writeFile(join(home, name), '')
  const list = join(home, 'connections.json')
  await writeFile(list, JSON.stringify({ v: 1, connections: entries }))
  await copyFile(list, join(home, 'list-of-the-test.json'))
  for (const [id, secret] of Object.entries(secrets)) await vault.write(`connection/${id}`, JSON.stringify(secret))
  const open = (other: { vault?: Vault } = {}) => connectionsFor(t, { connectors, home, ...other })
  return { home, list, vault, open, knobs: server.knobs }
}

const tokenOf = (connections: Awaited<ReturnType<typeof connectionsFor>>['connections'], connection: string) =>
  connections.accessToken({ appId: 'desk', connector: 'tickets', connection })

describe('a home of version 0.1.0', () => {
  it('keeps its connections with names, states and tokens, and its vault holds none any more', async t => {
    const { home, open } = await earlierHome(
      t,
      [
        entryOf('first'),
        entryOf('ended', { state: 'needs_reconnect', reason: 'invalid_grant: gone' }),
        entryOf('withdrawn', { state: 'revoked', reason: 'token_revoked' }),
        entryOf('off', { state: 'disconnected', scopesGranted: [] }),
        entryOf('forgotten session'),
      ],
      { first: secretOf('first'), ended: secretOf('ended'), withdrawn: secretOf('withdrawn') },
    )
    const { connections, vault } = await open()
    assert.deepEqual(
      (await connections.list('desk')).map(({ name, isDefault, state, reason, since }) => [name, isDefault, state, reason, since]),
      [
        ['first', true, 'connected', null, at],
        ['ended', false, 'needs_reconnect', 'invalid_grant: gone', at],
        ['withdrawn', false, 'needs_reconnect', 'token_revoked', at],
        ['off', false, 'disconnected', null, at],
        ['forgotten session', false, 'needs_reconnect', 'Its keys are not on this computer any more.', at],
      ],
    )
    assert.partialDeepStrictEqual(await tokenOf(connections, 'first'), { accessToken: 'access of first', generation: 3 })
    assert.deepEqual(vault.ids(), [])
    assert.ok((await readdir(home)).includes('connections.json.moved'))
  })

  it('loses nothing when it is killed before the list was put aside, or before a token left the vault', async t => {
    const { home, list, vault, open } = await earlierHome(t, [entryOf('first')], { first: secretOf('first') })
    const reached = Promise.withResolvers<void>()
    const killed = () => {
      reached.resolve()
      return new Promise<void>(() => {})
    }
    void open({ vault: { ...vault, delete: killed } })
    await reached.promise
    await copyFile(join(home, 'list-of-the-test.json'), list)
    assert.deepEqual(vault.ids(), ['connection/first'])

    const again = await open()
    assert.partialDeepStrictEqual(await tokenOf(again.connections, 'first'), { accessToken: 'access of first', generation: 3 })
    assert.equal((await again.connections.list('desk')).length, 1)
    assert.deepEqual(again.vault.ids(), [])
  })

  it('never takes an old token for a newer one', async t => {
    const { vault, open } = await earlierHome(t, [entryOf('first')], { first: secretOf('first') })
    const first = await open()
    await first.connections.close()
    await vault.write('connection/first', JSON.stringify(secretOf('first', { accessToken: 'stale' })))
    const { connections } = await open()
    assert.equal((await tokenOf(connections, 'first')).accessToken, 'access of first')
  })

  it('waits with its tokens for the vault to open', async t => {
    const { vault, open } = await earlierHome(t, [entryOf('first')], { first: secretOf('first') })
    const listeners = new Set<() => void>()
    const lock = { isLocked: true }
    const locked: Vault = {
      ...vault,
      status: () => (lock.isLocked ? { ...vault.status(), protection: 'locked', message: 'Unlock it.' } : vault.status()),
      onChange: listener => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    }
    const { connections } = await open({ vault: locked })
    assert.equal((await connections.list('desk'))[0]?.state, 'locked')
    lock.isLocked = false
    for (const listener of listeners) listener()
    assert.equal((await tokenOf(connections, 'first')).accessToken, 'access of first')
    assert.equal((await connections.list('desk'))[0]?.state, 'connected')
  })

  it('that died in the middle of a renewal waits before it tries again', async t => {
    const { open, knobs } = await earlierHome(t, [entryOf('first', { attempt: { generation: 3, openedAt: at } })], {
      first: secretOf('first', { accessExpiresAt: past }),
    })
    const { connections } = await open()
    await assert.rejects(tokenOf(connections, 'first'), { code: 'unavailable' })
    assert.partialDeepStrictEqual((await connections.list('desk'))[0], {
      state: 'retrying',
      reason: 'Plugboard stopped while the access was being renewed.',
    })
    assert.equal(knobs.tokenRequests, 0)
  })

  it('uses the newer token where the list was written too late', async t => {
    const { open } = await earlierHome(t, [entryOf('first', { attempt: { generation: 3, openedAt: at }, state: 'retrying' })], {
      first: secretOf('first', { generation: 4, accessToken: 'newer' }),
    })
    const { connections } = await open()
    assert.partialDeepStrictEqual(await tokenOf(connections, 'first'), { accessToken: 'newer', generation: 4 })
    assert.equal((await connections.list('desk'))[0]?.state, 'connected')
  })

  it('whose list is damaged says so and keeps it', async t => {
    const { list, open } = await earlierHome(t, [], {})
    await writeFile(list, '{"v":1,')
    const { connections, reports } = await open()
    assert.deepEqual(await connections.list('desk'), [])
    const kept = /kept as (\S+);/.exec(reports[0]?.message ?? '')?.[1] ?? ''
    assert.equal(await readFile(kept, 'utf8'), '{"v":1,')
  })
})
