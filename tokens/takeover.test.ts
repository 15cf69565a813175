import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { startProvider, type ProviderKind } from './provider.fixture.ts'
import { mayPass, replayIsHarmless, type Rotation, type Takeover } from './rotation.ts'
import type { TokenRow } from './row.ts'
import { until } from '../core/until.fixture.ts'
import { joinTokens, shortTiming, temporaryFolder, type Member } from './tokens.fixture.ts'

const minutes = 60_000
const patience: Takeover = { by: 'patience', patienceMs: 12 * minutes, freezeMs: 10 * minutes }
const timing = { drainMs: 90_000 }

/** Two nodes that cannot prove each other's death; the first is out of reach between its request and its store. */
async function cutOff(t: TestContext, kind: ProviderKind, rotation: Rotation) {
  const clock = { at: Date.now() }
  const provider = await startProvider(t, { kind, graceMs: 15 * minutes, now: () => clock.at })
  const member: Member = { folder: temporaryFolder(t), party: provider.party, rotation, takeover: patience, timing, now: () => clock.at }
  const first = await joinTokens(t, { ...member, name: 'node 1' })
  const second = await joinTokens(t, { ...member, name: 'node 2' })
  await first.adopt(provider.signIn())
  const answer = Promise.withResolvers<void>()
  provider.once({ delay: answer.promise })
  const waiting = first.tokens.accessToken('c1')
  await until(() => provider.seen.exchanges === 1, 'the first exchange')
  /** Whether the second node sends, if it asks now. */
  async function secondSends(): Promise<boolean> {
    const before = provider.seen.requests
    await second.tokens.accessToken('c1')
    return provider.seen.requests > before
  }
  return { clock, provider, first, second, waiting, secondSends, answer: () => answer.resolve() }
}

describe('a node that cannot be proved dead', () => {
  it('is not passed over before patience is over; its late store counts while the generation is its own', async t => {
    const { clock, provider, first, waiting, secondSends, answer } = await cutOff(t, 'strict', { class: 'strict' })
    clock.at += 11 * minutes
    assert.equal(await secondSends(), false)
    answer()
    assert.equal((await waiting).kind, 'token')
    assert.equal(first.row().state, 'connected')
    assert.deepEqual(provider.seen, { requests: 1, exchanges: 1, replays: 0 })
    assert.ok(provider.works(first.refreshToken() ?? ''))
  })

  it('is passed over when patience is over: a strict grant is gone then, the reason is ours, and its late answer heals it', async t => {
    const { clock, provider, first, secondSends, waiting, answer } = await cutOff(t, 'strict', { class: 'strict' })
    clock.at += 12 * minutes + 1
    assert.equal(await secondSends(), true)
    assert.partialDeepStrictEqual(first.row(), { state: 'needs_reconnect', reason: { kind: 'interrupted', how: 'unanswered' } })
    answer()
    assert.equal((await waiting).kind, 'token')
    assert.equal(first.row().state, 'connected')
    assert.equal(provider.seen.exchanges, 1)
  })

  it('is passed over after the drain where a replay does no harm', async t => {
    for (const [kind, rotation] of [
      ['stable', { class: 'stable' }],
      ['untilUsed', { class: 'untilUsed' }],
      ['graceSame', { class: 'grace', graceMs: 15 * minutes }],
    ] as const) {
      const { clock, provider, first, secondSends, waiting, answer } = await cutOff(t, kind, rotation)
      clock.at += 91_000
      assert.equal(await secondSends(), true, kind)
      answer()
      assert.equal((await waiting).kind, 'token')
      assert.equal(first.row().state, 'connected')
      assert.ok(kind === 'stable' || provider.works(first.refreshToken() ?? ''), kind)
    }
  })

  it('leaves its sibling answer as a spare, which is tried before a token that may be spent is sent again', async t => {
    const { clock, provider, first, second, secondSends, waiting, answer } = await cutOff(t, 'graceSibling', {
      class: 'grace',
      graceMs: 15 * minutes,
    })
    clock.at += 91_000
    assert.equal(await secondSends(), true)
    const current = second.refreshToken()
    answer()
    assert.equal((await waiting).kind, 'token')
    const spare = first.spareToken()
    assert.ok(spare !== null && spare !== current && provider.works(spare))
    assert.equal(second.row().generation, 2)

    // The next answer is lost, and by the time of the repeat the grace is over.
    clock.at += minutes
    provider.once({ answer: 'busyAfterUse' })
    assert.equal((await second.tokens.accessToken('c1', 2)).kind, 'waiting')
    clock.at += 20 * minutes
    assert.equal((await second.tokens.accessToken('c1', 2)).kind, 'token')
    assert.deepEqual(second.row().state, 'connected')
    assert.ok(provider.works(second.refreshToken() ?? ''))
    assert.equal(provider.seen.replays, 1, 'only the takeover itself')
  })

  it('leaves a spare that is tried when the current token is refused', async t => {
    const { clock, provider, first, second, secondSends, waiting, answer } = await cutOff(t, 'graceSibling', {
      class: 'grace',
      graceMs: 15 * minutes,
    })
    clock.at += 91_000
    await secondSends()
    answer()
    await waiting
    clock.at += minutes
    provider.kill(second.refreshToken() ?? '')
    const spare = first.spareToken()
    assert.equal((await second.tokens.accessToken('c1', 2)).kind, 'token')
    assert.ok(provider.works(second.refreshToken() ?? '') && !provider.works(spare ?? ''))
  })
})

describe('the rule of who may pass', () => {
  const opened = { fence: 1, generation: 5, processId: 'p', openedAt: 0, closedAt: null, state: 'open', end: null, owner: 'p' } as const
  const may = (
    rotation: Rotation,
    ageMs: number,
    { generation = 5, takeover = patience }: { generation?: number; takeover?: Takeover } = {},
  ) => mayPass(opened, row(generation), ageMs, rotation, takeover, shortTimes)
  const shortTimes = { ...shortTiming, drainMs: 90_000 }
  const row = (generation: number) => ({ ...emptyRow, generation, firstAttemptAt: 0 })

  it('is proof alone on one machine', () => {
    for (const rotation of ['none', 'stable', 'untilUsed', 'grace', 'strict'] as const)
      assert.equal(may({ class: rotation, graceMs: 1e12 }, 1e12, { takeover: { by: 'proof' } }), false)
  })

  it('is 90 seconds where a replay does no harm, and patience where it may', () => {
    for (const rotation of ['none', 'stable', 'untilUsed'] as const)
      assert.deepEqual([may({ class: rotation }, 90_000), may({ class: rotation }, 90_001)], [false, true])
    for (const rotation of [{ class: 'strict' }, { class: 'grace' }] as const)
      assert.deepEqual([may(rotation, 12 * minutes), may(rotation, 12 * minutes + 1)], [false, true])
    assert.equal(may({ class: 'untilUsed' }, 90_001, { generation: 6 }), false)
  })

  it('counts the grace from the first attempt, with the longest stop that is planned for', () => {
    const rotation = { class: 'grace', graceMs: 30 * minutes } as const
    assert.equal(replayIsHarmless(row(5), 20 * minutes, rotation, patience), true)
    assert.equal(replayIsHarmless(row(5), 20 * minutes + 1, rotation, patience), false)
    assert.equal(may({ class: 'grace', graceMs: 11 * minutes }, 91_000), false)
  })
})

const emptyRow: TokenRow = {
  connectionId: 'c1',
  grantId: 'g1',
  generation: 0,
  firstAttemptAt: null,
  accessToken: null,
  refreshToken: null,
  spareToken: null,
  client: null,
  parentHash: null,
  scopes: [],
  obtainedAt: 0,
  accessExpiresAt: null,
  refreshExpiresAt: null,
  renewAt: null,
  keepAliveAt: null,
  lost: null,
  doubt: false,
  spareDoubt: false,
  failures: 0,
  state: 'connected',
  reason: null,
  since: 0,
  nextTry: null,
}
