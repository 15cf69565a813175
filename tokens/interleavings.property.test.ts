import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { refresh } from '../oauth/refresh.ts'
import { dropGrant } from './grants.ts'
import { startProvider, type ProviderKind } from './provider.fixture.ts'
import type { Rotation } from './rotation.ts'
import { until } from '../core/until.fixture.ts'
import { joinTokens } from './tokens.fixture.ts'

/** What may happen, in any order. Two processes take part; one that crashes is replaced by a new one. */
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), who: fc.nat(1), rejects: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('pause' as const), ms: fc.constantFrom(1, 4, 20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1000, 61_000, 95_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('mishap' as const),
      answer: fc.constantFrom('busy' as const, 'busyAfterUse' as const, 'reset' as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('hold' as const), where: fc.constantFrom('hold' as const, 'delay' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'freeze' as const, 'thaw' as const), who: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('reconnect' as const, 'disconnect' as const, 'withdraw' as const) }) },
)
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never

const ask = (who: number): Event => ({ do: 'ask', who, rejects: false })
const pause: Event = { do: 'pause', ms: 20 }

/** Ways in which a protocol without drain, proof of death or compare-and-set is known to fail: tried each time. */
const knownTraps: Event[][] = [
  [{ do: 'hold', where: 'hold' }, ask(0), pause, { do: 'crash', who: 0 }, ask(1), pause, { do: 'release' }, pause, ask(1)],
  [{ do: 'freeze', who: 0 }, ask(0), pause, ask(1), pause, { do: 'pass', ms: 95_000 }, ask(1), pause, { do: 'thaw', who: 0 }, pause],
  [{ do: 'hold', where: 'hold' }, ask(0), pause, { do: 'withdraw' }, { do: 'reconnect' }, { do: 'release' }, pause],
  [{ do: 'hold', where: 'delay' }, ask(0), pause, { do: 'reconnect' }, { do: 'release' }, pause],
  [{ do: 'hold', where: 'delay' }, ask(0), pause, { do: 'disconnect' }, { do: 'release' }, pause],
]

const kinds = fc.constantFrom<[ProviderKind, Rotation]>(
  ['strict', { class: 'strict' }],
  ['graceSame', { class: 'grace' }],
  ['graceSibling', { class: 'grace' }],
  ['stable', { class: 'stable' }],
  ['untilUsed', { class: 'untilUsed' }],
)

it('no order of calls, losses, crashes and wishes of the user breaks what the protocol promises', async () => {
  await fc.assert(
    fc.asyncProperty(kinds, fc.array(event, { maxLength: 25 }), async ([kind, rotation], events) => play(kind, rotation, events)),
    { numRuns: 30, examples: knownTraps.map(trap => [['strict', { class: 'strict' }], trap]) },
  )
})

async function play(kind: ProviderKind, rotation: Rotation, events: Event[]): Promise<void> {
  const ends: (() => Promise<void> | void)[] = []
  const t = { after: (end: () => Promise<void> | void) => void ends.push(end) }
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-tokens-'))
  try {
    await playIn(t, folder, kind, rotation, events)
  } finally {
    for (const end of ends.reverse()) await end()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function playIn(t: Parameters<typeof startProvider>[0], folder: string, kind: ProviderKind, rotation: Rotation, events: Event[]) {
  const clock = { at: Date.now() }
  const now = () => clock.at
  const provider = await startProvider(t, { kind, graceMs: 10 * 60_000, now })
  /** A crash: nothing that this process still does reaches the database, and the system frees its lock. */
  const joinAs = async () => {
    const life = { isOver: false, frozen: null as PromiseWithResolvers<void> | null }
    const room = await joinTokens(
      { after: end => t.after(() => (life.isOver ? room.file.close() : end())) },
      {
        folder,
        party: provider.party,
        rotation,
        now,
        options: {
          reach: async (_, client) => ({
            rotation,
            idleDays: null,
            async refresh(request) {
              await life.frozen?.promise
              // A process that dies frozen never sends.
              return life.isOver ? new Promise<never>(() => {}) : refresh({ ...provider.party, client, ...request })
            },
          }),
        },
        timing: { drainMs: 90_000, pollMs: 1, retryMs: 1000, longestRetryMs: 60_000 },
        through: database => ({
          ...database,
          query: query => (life.isOver ? new Promise(() => {}) : database.query(query)),
          transaction: work => (life.isOver ? new Promise(() => {}) : database.transaction(work)),
        }),
      },
    )
    const { process_id: id } = room.file.sqlite.prepare('select process_id from processes order by rowid desc').get() ?? {}
    return {
      ...room,
      /** Stopped between its check and its send, as long as it pleases. */
      freeze: () => (life.frozen ??= Promise.withResolvers()),
      thaw() {
        life.frozen?.resolve()
        life.frozen = null
      },
      die() {
        life.isOver = true
        life.frozen?.resolve()
        room.file.sqlite.prepare('delete from processes where process_id = ?').run(id ?? '')
      },
    }
  }
  const members = [await joinAs(), await joinAs()]
  const memberAt = (index: number) => members[index] ?? assert.fail()
  const held: (() => void)[] = []
  let losses = 0
  let isWithdrawn = false
  await memberAt(0).adopt(provider.signIn())

  async function releaseAll(): Promise<void> {
    while (held.length > 0) held.shift()?.()
    await until(() => provider.isIdle(), 'the requests under way')
  }

  function check(): void {
    const { state, reason } = memberAt(0).row()
    const [current, spare] = [memberAt(0).refreshToken(), memberAt(0).spareToken()]
    if (state === 'needs_reconnect')
      for (const token of [current, spare]) assert.ok(token === null || !provider.works(token), 'ended while a token works')
    if (state === 'disconnected') assert.deepEqual([current, spare], [null, null], 'disconnected, and holds a token')
    else assert.ok(current !== null && provider.isOfLastSignIn(current), 'an older grant has taken the place of a newer one')
    for (const token of [current, spare])
      assert.ok(token === null || !provider.wasKilledUnused(token), 'a replay has killed a token that we had')
    if (reason?.kind === 'refused') assert.ok(isWithdrawn, 'refused, and nobody has withdrawn it')
    if (losses === 0) assert.equal(provider.seen.replays, 0, 'a replay without need')
    if (losses === 0 && !isWithdrawn) assert.ok(provider.isAlive(), 'a grant was lost without a loss')
  }

  for (const each of events) {
    switch (each.do) {
      case 'ask': {
        const { tokens, row } = memberAt(each.who)
        void tokens.accessToken('c1', each.rejects ? row().generation : undefined).catch(() => {})
        break
      }
      case 'pause':
        await delay(each.ms)
        break
      case 'pass':
        // No request is under way for longer than the drain: what a crash has left behind is decided before it is over.
        if (each.ms > 1000) await releaseAll()
        clock.at += each.ms
        break
      case 'mishap':
        losses += 1
        provider.once({ answer: each.answer })
        break
      case 'hold': {
        const { promise, resolve } = Promise.withResolvers<void>()
        held.push(resolve)
        provider.once({ [each.where]: promise })
        break
      }
      case 'release':
        held.shift()?.()
        break
      case 'freeze':
        memberAt(each.who).freeze()
        break
      case 'thaw':
        memberAt(each.who).thaw()
        break
      case 'crash':
        losses += 1
        memberAt(each.who).die()
        members[each.who] = await joinAs()
        break
      case 'reconnect':
        isWithdrawn = false
        await memberAt(0).adopt(provider.signIn())
        break
      case 'disconnect':
        await memberAt(0).database.transaction(() => dropGrant(memberAt(0).database, 'c1'))
        break
      case 'withdraw':
        isWithdrawn = true
        provider.withdraw()
        break
    }
    check()
  }

  // From here on nothing goes wrong any more: it ends connected with a token that works, or says why not.
  provider.clearMishaps()
  for (const member of members) member.thaw()
  await releaseAll()
  await until(async () => {
    clock.at += 30_000
    const access = await memberAt(1).tokens.accessToken('c1')
    check()
    if (access.kind === 'ended') return true
    const token = memberAt(1).refreshToken() ?? ''
    return access.kind === 'token' && memberAt(1).row().state === 'connected' && (isWithdrawn || kind === 'stable' || provider.works(token))
  }, 'the end of it')
  check()
}
