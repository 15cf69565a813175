import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { caller, createWorld, member, newMaster, type Mishap, type OpenDesktop, type OpenRelay, type World } from './custody.fixture.ts'
import { Mortal } from './mortal.fixture.ts'
import { until } from '../../core/until.fixture.ts'

async function published(t: Parameters<typeof createWorld>[0], options: Parameters<typeof createWorld>[1] = {}) {
  const world = await createWorld(t, options)
  const relay = await world.openRelay()
  const desktop = await world.openDesktop()
  await desktop.connect()
  const { entry, problem } = await desktop.custody.want('c1', 'relay')
  assert.deepEqual([entry.state.role, problem], ['remote', null])
  return { ...world, relay, desktop }
}

const roleOn = async ({ custody }: Awaited<ReturnType<World['openRelay']>>) =>
  (await custody.ofApp('w1', 'a1b2c3d4-0000-4000-8000-000000000001'))[0]?.record.state.role

describe('publishing an account', { concurrency: true }, () => {
  it('hands it over and leaves nothing that opens to a token on the desktop', async t => {
    const { desktop, relay, provider, traffic, logs } = await published(t)
    assert.equal(await roleOn(relay), 'active')
    assert.equal(desktop.refreshToken(), null)
    const all = desktop.contents() + traffic.join('\n') + logs.join('\n')
    for (const token of provider.issued) assert.equal(all.includes(token), false)
    assert.deepEqual(provider.seen, { requests: 0, exchanges: 0, replays: 0 })
  })

  it('gives the desktop short-lived tokens, and a new one after a 401', async t => {
    const { desktop, provider } = await published(t)
    const first = await desktop.custody.accessToken('c1')
    assert.ok(provider.issued.includes(first.accessToken))
    assert.equal((await desktop.custody.accessToken('c1')).accessToken, first.accessToken)
    const next = await desktop.custody.accessToken('c1', first.generation)
    assert.notEqual(next.accessToken, first.accessToken)
    assert.deepEqual(provider.seen, { requests: 1, exchanges: 1, replays: 0 })
    assert.equal(desktop.contents().includes(next.accessToken), false)
  })

  it('gives whoever became a viewer one clear no, which is not asked for again by itself, and their account back', async t => {
    const who = { ...caller }
    const world = await createWorld(t)
    await world.openRelay()
    const { custody, connect, entry } = await world.openDesktop({ who })
    await connect()
    await custody.want('c1', 'relay')
    who.member = { ...member, role: 'viewer' }
    await assert.rejects(custody.accessToken('c1'), {
      code: 'forbidden',
      message: /^As a viewer you may not use shared accounts on a desktop\./,
    })
    await custody.start()
    assert.deepEqual([(await entry()).state.role, (await custody.standing('c1')).problem], ['remote', null])
    assert.equal(world.traffic.filter(text => text.includes('"AccessToken"')).length, 1)
    assert.equal((await custody.want('c1', 'desktop')).entry.state.role, 'holder')
  })

  it('and taking it back gives the desktop the only working token', async t => {
    const { desktop, relay, provider } = await published(t)
    await desktop.custody.accessToken('c1', 1)
    const { entry, problem } = await desktop.custody.want('c1', 'desktop')
    assert.deepEqual([entry.state.role, problem, await roleOn(relay)], ['holder', null, 'released'])
    assert.ok(provider.works(desktop.refreshToken() ?? ''))
    await assert.rejects(relay.custody.accessToken('c1'), { code: 'unavailable' })
    assert.equal(provider.seen.replays, 0)
  })

  it('twice at once, and taking back while it is offered, end where the last wish says', async t => {
    const world = await createWorld(t)
    await world.openRelay()
    const desktop = await world.openDesktop()
    await desktop.connect()
    await Promise.all([desktop.custody.want('c1', 'relay'), desktop.custody.want('c1', 'relay'), desktop.custody.want('c1', 'desktop')])
    await until(async () => (await desktop.entry()).state.role === 'holder', 'the account back here')
    assert.ok(world.provider.works(desktop.refreshToken() ?? ''))
    assert.equal(world.provider.seen.replays, 0)
  })
})

describe('a crash', { concurrency: 2 }, () => {
  for (const side of ['desktop', 'relay'] as const)
    for (const when of ['before', 'after'] as const)
      it(`of the ${side} ${when} each of its commits, to the relay and back, costs nothing`, async t => {
        let died = true
        for (let commit = 1; died; commit += 1) {
          const world = await createWorld(t)
          const mortal = new Mortal()
          const first = await world.openDesktop()
          await first.connect()
          await first.close()
          died = false
          for (const want of ['relay', 'desktop'] as const) {
            const dying = new Mortal({ commit, when })
            const before = await world.openRelay({ mortal: side === 'relay' ? dying : mortal }).catch(() => null)
            const doomed = await world.openDesktop({ mortal: side === 'desktop' ? dying : mortal })
            if (before) await doomed.custody.want('c1', want).catch(() => {})
            died ||= dying.isDead
            await doomed.close()
            await before?.close()
            const relay = await world.openRelay()
            const desktop = await world.openDesktop()
            await desktop.custody.want('c1', want)
            const goal = want === 'relay' ? 'remote' : 'holder'
            await until(async () => (await desktop.entry()).state.role === goal, `${goal} after a crash ${when} commit ${commit}`)
            if (want === 'relay') await relay.custody.accessToken('c1', 1)
            else assert.ok(world.provider.works(desktop.refreshToken() ?? ''))
            await desktop.close()
            await relay.close()
          }
          assert.deepEqual([world.provider.seen.replays, world.provider.seen.exchanges], [0, 1])
        }
      })
})

describe('a network', { concurrency: true }, () => {
  it('that loses, repeats and reorders ends where the user wants it, and no token is sent twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<Mishap>('lost', 'answerLost', 'twice', 'again', 'fine'), { maxLength: 25 }),
        fc.array(fc.constantFrom('relay' as const, 'desktop' as const), { minLength: 1, maxLength: 4 }),
        async (mishaps, wants) => {
          const ends: (() => Promise<void> | void)[] = []
          const world = await createWorld({ after: end => void ends.unshift(end) })
          const relay = await world.openRelay()
          const desktop = await world.openDesktop()
          await desktop.connect()
          world.mishaps.push(...mishaps)
          for (const want of wants) await desktop.custody.want('c1', want)
          const last = wants.at(-1)
          await until(
            async () => (await desktop.entry()).state.role === (last === 'relay' ? 'remote' : 'holder'),
            `the account at the ${last}`,
          )
          world.mishaps.length = 0
          if (last === 'relay') await relay.custody.accessToken('c1', 1)
          else assert.ok(world.provider.works(desktop.refreshToken() ?? ''))
          assert.equal(world.provider.seen.replays, 0)
          for (const end of ends) await end()
        },
      ),
      { numRuns: 12 },
    )
  })
})

describe('another account', { concurrency: true }, () => {
  const at = (provider: World['provider'], id: string) => ({
    grant: provider.signIn(),
    client: provider.party.client,
    at: 0,
    stays: false,
    account: { id, label: `${id}@example.com` },
    facts: {},
  })

  it('connected on the relay while it is remote is used, and never replaced by the older one', async t => {
    const { desktop, relay, provider } = await published(t)
    await relay.custody.connect(member, 'c1', at(provider, 'acc2'))
    assert.ok((await desktop.custody.accessToken('c1')).accessToken)
    assert.partialDeepStrictEqual((await desktop.entry()).state, { role: 'remote', base: 'own1', seen: 1 })
    await desktop.custody.want('c1', 'desktop')
    assert.ok(provider.isOfLastSignIn(desktop.refreshToken() ?? ''))
  })

  for (const choice of ['desktop', 'relay'] as const)
    it(`on both sides is a question; the one of the ${choice} is kept when the user picks it`, async t => {
      const { desktop, relay, provider, mishaps } = await published(t)
      await relay.custody.connect(member, 'c1', at(provider, 'acc2'))
      await desktop.connect()
      mishaps.push('twice')
      const { entry } = await desktop.custody.want('c1', 'relay')
      assert.deepEqual([entry.state.role, entry.otherAccount?.id], ['conflict', 'acc2'])
      const here = desktop.refreshToken() ?? ''
      await desktop.custody.pick('c1', choice)
      await until(async () => (await desktop.entry()).state.role === 'remote', 'the account on the relay')
      assert.equal(desktop.refreshToken(), null)
      const { generation } = await desktop.custody.accessToken('c1')
      await desktop.custody.accessToken('c1', generation)
      assert.equal(provider.works(here), choice === 'relay')
      assert.equal(provider.seen.replays, 0)
    })

  it('connected here in any role takes the place of the older one', async t => {
    const { desktop, provider } = await published(t)
    await desktop.connect()
    await desktop.custody.want('c1', 'desktop')
    assert.equal((await desktop.entry()).state.role, 'holder')
    assert.ok(provider.isOfLastSignIn(desktop.refreshToken() ?? ''))
  })
})

describe('disconnecting', { concurrency: true }, () => {
  it('here ends it on the relay too, also when the relay hears of it later', async t => {
    const { desktop, relay, mishaps } = await published(t)
    mishaps.push('lost')
    await desktop.custody.disconnect('c1', false)
    await until(async () => (await roleOn(relay)) === 'off', 'word of it on the relay')
    await assert.rejects(relay.custody.accessToken('c1'), { code: 'needs_connection' })
  })

  it('on the relay ends it here', async t => {
    const { desktop, relay } = await published(t)
    await relay.custody.disconnect(member, 'c1')
    await assert.rejects(desktop.custody.accessToken('c1'), { code: 'needs_connection' })
    assert.equal((await desktop.entry()).escrow, null)
  })
})

describe('a relay that is restored from a backup', { concurrency: true }, () => {
  /** Restores the relay to what it was before the desktop did `later`, with the desktop closed meanwhile. */
  async function restored(
    t: Parameters<typeof createWorld>[0],
    first: 'relay' | 'desktop' | null,
    later: (desktop: OpenDesktop, relay: OpenRelay) => Promise<unknown>,
  ) {
    const world = await createWorld(t)
    const relay = await world.openRelay()
    const desktop = await world.openDesktop()
    await desktop.connect()
    if (first) await desktop.custody.want('c1', first)
    await relay.close()
    const restore = world.backup()
    const again = await world.openRelay()
    await later(desktop, again)
    await again.close()
    restore()
    return { ...world, desktop, relay: await world.openRelay() }
  }

  it('to before the hand-over gets it again out of escrow', async t => {
    const { desktop, relay, provider } = await restored(t, null, d => d.custody.want('c1', 'relay'))
    await desktop.custody.start()
    await until(async () => (await roleOn(relay)) === 'active', 'the account on the relay')
    await desktop.custody.accessToken('c1', 1)
    assert.deepEqual(provider.seen, { requests: 1, exchanges: 1, replays: 0 })
  })

  it('to before it was told that it may begin, goes on as if nothing had been', async t => {
    const world = await createWorld(t)
    const relay = await world.openRelay()
    const desktop = await world.openDesktop({ timing: { retryMs: 60_000 } })
    await desktop.connect()
    world.mishaps.push('fine', 'fine', 'lost')
    await desktop.custody.want('c1', 'relay')
    await relay.close()
    const restore = world.backup()
    const again = await world.openRelay()
    await desktop.custody.start()
    assert.equal(await roleOn(again), 'active')
    await again.close()
    restore()
    const restored = await world.openRelay()
    await desktop.custody.start()
    await until(async () => (await roleOn(restored)) === 'active', 'the account on the relay')
    await restored.custody.accessToken('c1', 1)
    assert.deepEqual(world.provider.seen, { requests: 1, exchanges: 1, replays: 0 })
  })

  it('to before it heard that the desktop has it back, forgets its copy', async t => {
    const world = await createWorld(t)
    const relay = await world.openRelay()
    const desktop = await world.openDesktop({ timing: { retryMs: 60_000 } })
    await desktop.connect()
    await desktop.custody.want('c1', 'relay')
    world.mishaps.push('fine', 'lost')
    await desktop.custody.want('c1', 'desktop')
    assert.equal((await desktop.entry()).state.role, 'heldBack')
    await relay.close()
    const restore = world.backup()
    const again = await world.openRelay()
    await desktop.custody.start()
    assert.equal((await desktop.entry()).state.role, 'holder')
    await again.close()
    restore()
    const restored = await world.openRelay()
    await assert.rejects(restored.custody.accessToken('c1', 1), { code: 'unavailable', message: /restored/ })
    await desktop.custody.start()
    await until(async () => (await roleOn(restored)) === 'released', 'the relay without its copy')
    assert.ok(world.provider.works(desktop.refreshToken() ?? ''))
    assert.equal(world.provider.seen.requests, 0)
  })

  it('to before the take-back uses nothing, and forgets its copy', async t => {
    const { desktop, relay, provider, openDesktop } = await restored(t, 'relay', d => d.custody.want('c1', 'desktop'))
    await assert.rejects(relay.custody.accessToken('c1', 1), { code: 'unavailable', message: /restored/ })
    await desktop.close()
    const reopened = await openDesktop()
    await reopened.custody.start()
    await until(async () => (await roleOn(relay)) === 'released', 'the relay without its copy')
    assert.ok(provider.works(reopened.refreshToken() ?? ''))
    assert.equal(provider.seen.requests, 0)
  })

  it('within the same stretch serves nothing until its desktop speaks, and then goes on', async t => {
    const { desktop, relay, provider } = await restored(t, 'relay', (d, r) =>
      r.custody.disconnect(member, 'c1').then(() => d.custody.standing('c1')),
    )
    await assert.rejects(relay.custody.accessToken('c1'), { code: 'unavailable' })
    await desktop.custody.accessToken('c1')
    assert.ok((await relay.custody.accessToken('c1')).token)
    assert.equal(provider.seen.replays, 0)
  })
})

describe('what does not belong here', { concurrency: true }, () => {
  it('is refused, and nothing is changed: sealed for another connection, another relay’s key, another member’s desktop', async t => {
    const { desktop, relay, traffic, deliver } = await published(t)
    const offer = JSON.parse(traffic.findLast(text => text.includes('"Offer"')) ?? '{}')
    await assert.rejects(deliver({ ...offer, connectionId: 'c2' }), { code: 'validation' })
    await assert.rejects(deliver({ ...offer, turn: 9, keyId: 'x'.repeat(43) }), { code: 'conflict' })
    const theirs = { ...caller, member: { ...member, userId: 'u2' } }
    const mine = { kind: 'Mine', connectionId: 'c1', turn: 50, seen: 0, run: offer.run } as const
    await assert.rejects(relay.custody.answer(theirs, mine), { code: 'not_found' })
    const elsewhere = { ...caller, member: { ...member, workspaceId: 'w2' } }
    await assert.rejects(relay.custody.answer(elsewhere, mine), { code: 'not_found' })
    await assert.rejects(relay.custody.answer({ ...caller, member: { ...member, role: 'viewer' } }, offer), { code: 'forbidden' })
    assert.equal(await roleOn(relay), 'active')
    assert.ok(await desktop.custody.accessToken('c1'))
  })
})

describe('waiting', { concurrency: true }, () => {
  it('the hand-over waits for a refresh that is under way, says so, and carries what it brought', async t => {
    const world = await createWorld(t)
    const relay = await world.openRelay()
    const desktop = await world.openDesktop({ timing: { retryMs: 5 } })
    await desktop.connect()
    const slow = Promise.withResolvers<void>()
    world.provider.once({ delay: slow.promise })
    const arrived = world.provider.arrival()
    const renewed = desktop.tokens.accessToken('c1', 1)
    await arrived
    const { entry, problem } = await desktop.custody.want('c1', 'relay')
    assert.equal(entry.state.role, 'holder')
    assert.match(problem?.message ?? '', /renewed by pid 1.*waits/)
    slow.resolve()
    await renewed
    await until(async () => (await desktop.entry()).state.role === 'remote', 'the hand-over')
    const { token } = await relay.custody.accessToken('c1')
    await relay.custody.accessToken('c1', token.generation)
    assert.deepEqual(world.provider.seen, { requests: 2, exchanges: 2, replays: 0 })
  })

  it('an offer that is not answered gives way to a refresh, and nothing is handed over twice', async t => {
    const world = await createWorld(t)
    await world.openRelay()
    const desktop = await world.openDesktop({ timing: { retryMs: 60_000 } })
    await desktop.connect()
    world.mishaps.push('answerLost')
    await desktop.custody.want('c1', 'relay')
    assert.equal((await desktop.entry()).state.role, 'offering')
    assert.equal((await desktop.tokens.accessToken('c1', 1)).kind, 'elsewhere')
    assert.equal(await desktop.custody.giveWay('c1'), true)
    assert.equal((await desktop.tokens.accessToken('c1', 1)).kind, 'token')
    await until(async () => (await desktop.entry()).state.role === 'remote', 'the hand-over of the newer token')
    await desktop.custody.accessToken('c1', 1)
    assert.equal(world.provider.seen.replays, 0)
  })

  it('an offer is withdrawn when its time is over, and made again', async t => {
    const world = await createWorld(t)
    await world.openRelay()
    const desktop = await world.openDesktop({ timing: { offerMs: 0 } })
    await desktop.connect()
    world.mishaps.push('lost')
    await desktop.custody.want('c1', 'relay')
    await until(async () => (await desktop.entry()).state.role === 'remote', 'the hand-over')
    assert.ok((await desktop.entry()).state.turn > 1)
  })

  it('the relay works on when nobody comes for what was to be returned; later the desktop gets it all the same', async t => {
    const world = await createWorld(t)
    const relay = await world.openRelay({ returningMs: 0 })
    const desktop = await world.openDesktop({ timing: { retryMs: 60_000 } })
    await desktop.connect()
    await desktop.custody.want('c1', 'relay')
    world.mishaps.push('answerLost')
    await desktop.custody.want('c1', 'desktop')
    assert.deepEqual([await roleOn(relay), (await desktop.entry()).state.role], ['returning', 'reclaiming'])
    await relay.custody.accessToken('c1', 1)
    assert.equal(await roleOn(relay), 'active')
    await desktop.custody.start()
    assert.equal((await desktop.entry()).state.role, 'holder')
    assert.ok(world.provider.works(desktop.refreshToken() ?? ''))
    assert.equal(world.provider.seen.replays, 0)
  })
})

describe('a relay with another key', () => {
  it('gets nothing more, and nothing here is deleted; what it cannot open any more has to be connected again', async t => {
    const { desktop, relay, openRelay } = await published(t)
    await relay.close()
    const other = await openRelay({ master: newMaster() })
    await assert.rejects(other.custody.accessToken('c1'), { code: 'unauthorized' })
    await assert.rejects(desktop.custody.accessToken('c1', 1), { code: 'conflict', message: /another key/ })
    assert.notEqual((await desktop.entry()).escrow, null)
  })
})
