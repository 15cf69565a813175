import assert from 'node:assert/strict'
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import type { DesktopRole } from '../../core/custody/desktop.ts'
import type { Database } from '../../host/store/engine.ts'
import { until } from '../../core/until.fixture.ts'
import { createWorld, member, type OpenDesktop, type OpenRelay } from './custody.fixture.ts'
import { Mortal } from './mortal.fixture.ts'
import type { Memory } from './memory.ts'

/** Keeps a copy of the desktop's file as it was when its connection first stood in a role, before the commit that led on from there. */
class BackedUp extends Mortal {
  private readonly from: string
  private readonly to: string
  private readonly role: DesktopRole
  constructor(folder: string, role: DesktopRole) {
    super()
    this.from = join(folder, 'connections.db')
    this.to = join(folder, 'backup.db')
    this.role = role
  }
  override through<T extends Pick<Database, 'transaction'>>(database: T): T {
    const transaction: Database['transaction'] = work => {
      this.look()
      return database.transaction(work)
    }
    return { ...database, transaction }
  }
  private look(): void {
    const file = new DatabaseSync(this.from)
    const role = file.prepare('select role from custody').get()?.['role'] ?? 'holder'
    if (role === this.role && !existsSync(this.to)) file.exec(`vacuum into '${this.to}'`)
    file.close()
  }
  restore(): void {
    for (const end of ['-wal', '-shm']) rmSync(this.from + end, { force: true })
    copyFileSync(this.to, this.from)
  }
}

function keychain(): Memory {
  const kept = new Map<string, string>()
  return { read: async name => kept.get(name) ?? null, write: async (name, value) => void kept.set(name, value) }
}

/** A desktop that has lived through `life`, and was then restored to when its connection stood in `role`. */
async function restoredTo(t: TestContext, role: DesktopRole, life: (desktop: OpenDesktop, relay: OpenRelay) => Promise<unknown>) {
  const world = await createWorld(t)
  const relay = await world.openRelay()
  const first = await world.openDesktop()
  await first.connect()
  await first.close()
  const backup = new BackedUp(world.folder, role)
  const memory = keychain()
  const living = await world.openDesktop({ mortal: backup, memory })
  await life(living, relay)
  await living.close()
  backup.restore()
  const desktop = await world.openDesktop({ memory })
  assert.equal((await desktop.entry()).state.role, role)
  await desktop.custody.compare(['c1'])
  // Whoever comes first must not renew what another one has.
  await desktop.tokens.accessToken('c1', 1).catch(() => {})
  return { ...world, relay, desktop }
}

const roleOf = async (desktop: OpenDesktop) => (await desktop.entry()).state.role

describe('a home directory that is restored from a backup, with the keychain as it was,', { concurrency: true }, () => {
  for (const [role, what] of [
    ['holder', 'before anything was offered'],
    ['offering', 'before the offer was taken'],
    ['released', 'before the relay had begun'],
    ['remote', 'before the relay renewed it'],
  ] as const)
    it(`to ${what}, finds the account on the relay and renews nothing itself`, async t => {
      const { desktop, relay, provider } = await restoredTo(t, role, async (living, at) => {
        await living.custody.want('c1', 'relay')
        await at.custody.accessToken('c1', 1)
        await living.custody.start()
      })
      await desktop.custody.start()
      await until(async () => (await roleOf(desktop)) === 'remote', 'the account on the relay')
      assert.equal(desktop.refreshToken(), null)
      assert.ok((await relay.custody.accessToken('c1')).token.accessToken)
      assert.deepEqual(provider.seen, { requests: 1, exchanges: 1, replays: 0 })
      // What the user wishes now counts as ever.
      await desktop.custody.want('c1', 'desktop')
      await until(async () => (await roleOf(desktop)) === 'holder', 'it back')
      assert.ok(provider.works(desktop.refreshToken() ?? ''))
    })

  for (const [role, what] of [
    ['remote', 'before it was taken back'],
    ['reclaiming', 'before the relay returned it'],
    ['heldBack', 'before it could be used'],
  ] as const)
    it(`to ${what}, has the account again, from what it had handed over or held back`, async t => {
      const { desktop, relay, provider } = await restoredTo(t, role, async living => {
        await living.custody.want('c1', 'relay')
        await living.custody.want('c1', 'desktop')
      })
      await desktop.custody.start()
      await until(async () => ['remote', 'holder'].includes(await roleOf(desktop)), 'the account somewhere')
      if ((await roleOf(desktop)) === 'remote') await relay.custody.accessToken('c1', (await relay.custody.statusOf('c1'))?.generation)
      else assert.ok(provider.works(desktop.refreshToken() ?? ''))
      assert.equal(provider.seen.replays, 0)
    })

  it('does nothing with it while the relay is away, and says why', async t => {
    const { desktop, relay, provider, relayIs } = await restoredTo(t, 'holder', living => living.custody.want('c1', 'relay'))
    relayIs(null)
    await assert.rejects(desktop.custody.accessToken('c1'), { code: 'unavailable', message: /restored from a backup/ })
    assert.equal((await desktop.tokens.accessToken('c1', 1)).kind, 'elsewhere')
    assert.equal(await desktop.custody.giveWay('c1'), false)
    assert.equal(provider.seen.requests, 0)
    relayIs(relay)
    assert.ok((await desktop.custody.accessToken('c1')).accessToken)
  })

  it('to before another desktop took it over, leaves it to that one', async t => {
    const { desktop, provider } = await restoredTo(t, 'remote', async (living, relay) => {
      await living.custody.want('c1', 'relay')
      await living.custody.start()
      await relay.custody.takeOver({ member, desktop: { id: 'd2', name: 'Studio' }, ip: null }, 'c1', 'd2')
      await living.custody.start()
    })
    await desktop.custody.start()
    await until(async () => (await roleOf(desktop)) === 'gone', 'word of it')
    assert.equal((await desktop.entry()).takenBy, 'Studio')
    assert.equal(provider.seen.requests, 0)
  })
})
