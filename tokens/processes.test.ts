import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { places, startProcess, type Place } from './process.fixture.ts'
import { startProvider, type Mishap } from './provider.fixture.ts'
import { until } from '../core/until.fixture.ts'
import { joinTokens, temporaryFolder } from './tokens.fixture.ts'
import type { Timing } from './timing.ts'
import type { Access } from './tokens.ts'

const hours = 60 * 60_000

async function shared(
  t: TestContext,
  {
    kind = 'strict',
    rotation = 'strict',
    timing,
  }: { kind?: 'strict' | 'stable' | 'graceSame'; rotation?: 'strict' | 'stable' | 'grace'; timing?: Partial<Timing> } = {},
) {
  const provider = await startProvider(t, { kind })
  const folder = temporaryFolder(t)
  const room = await joinTokens(t, {
    folder,
    party: provider.party,
    rotation: { class: rotation },
    ...(timing && { timing }),
  })
  await room.adopt(provider.signIn())
  const start = (wish: Partial<Parameters<typeof startProcess>[1]> = {}) =>
    startProcess(t, { folder, origin: new URL(provider.party.server.tokenEndpoint).origin, rotation, ...wish })
  /** What a caller of this process gets in the end. */
  async function settled(): Promise<Access> {
    let access: Access = { kind: 'missing' }
    await until(async () => (access = await room.tokens.accessToken('c1')).kind !== 'waiting', 'an end of waiting')
    return access
  }
  return { ...room, provider, start, settled }
}

describe('two processes with one connection', { concurrency: 2 }, () => {
  for (const [name, left, right] of [
    ['clocks that agree', {}, {}],
    ['clocks hours apart', { skewMs: 2 * hours }, { skewMs: -2 * hours }],
    ['a clock that jumps back during the attempt', { skewMs: 2 * hours, jumpsBack: true }, {}],
  ] as const)
    it(`complaint 1: fifty callers and a slow answer cause one exchange, with ${name}`, async t => {
      const { provider, start, refreshToken } = await shared(t)
      const slow = Promise.withResolvers<void>()
      provider.once({ delay: slow.promise })
      const members = await Promise.all([start(left), start(right)])
      for (const member of members) member.ask(25)
      await Promise.all(members.map(member => member.says('asked')))
      slow.resolve()
      const got = (await Promise.all(members.map(member => member.got()))).flat()
      assert.equal(new Set(got.map(access => access.token?.accessToken)).size, 1)
      assert.deepEqual([got.length, provider.seen], [50, { requests: 1, exchanges: 1, replays: 0 }])
      assert.ok(provider.works(refreshToken() ?? ''))
    })

  it('a process that is stopped between its check and its send is waited for, named, and lives on', async t => {
    const { provider, start, tokens, row, refreshToken } = await shared(t, { timing: { sendWithinMs: 40, exchangeMs: 80 } })
    const stopped = await start({ stopBeforeSending: true })
    stopped.ask(1)
    await stopped.says('stopping')
    let access: Access = { kind: 'missing' }
    await until(async () => {
      access = await tokens.accessToken('c1')
      return access.kind === 'waiting' && access.status.reason?.kind === 'held'
    }, 'word of who holds it')
    assert.deepEqual(row().reason, { kind: 'held', by: `pid ${stopped.child.pid}` })
    assert.equal(provider.seen.requests, 0)
    stopped.child.kill('SIGCONT')
    assert.equal((await stopped.got())[0]?.kind, 'token')
    assert.equal(row().state, 'connected')
    assert.deepEqual(provider.seen, { requests: 1, exchanges: 1, replays: 0 })
    assert.ok(provider.works(refreshToken() ?? ''))
  })

  it('a process that was stopped and then killed frees the connection', async t => {
    const { provider, start, settled } = await shared(t)
    const stopped = await start({ stopBeforeSending: true })
    stopped.ask(1)
    await stopped.says('stopping')
    stopped.child.kill('SIGKILL')
    assert.equal((await settled()).kind, 'token')
    assert.deepEqual(provider.seen, { requests: 1, exchanges: 1, replays: 0 })
  })
})

/** The table of crashes, §4: where the process is killed, what the provider does before, and whether a strict grant outlives it. */
const crashes: { place: Place | 'sent'; mishap?: Mishap; strict: 'lives' | 'interrupted' }[] = [
  { place: 'opening', strict: 'lives' },
  { place: 'opened', strict: 'lives' },
  { place: 'sent', strict: 'interrupted' },
  { place: 'answered', strict: 'interrupted' },
  { place: 'storing', strict: 'interrupted' },
  { place: 'stored', strict: 'lives' },
  { place: 'closing', mishap: { answer: 'busy' }, strict: 'lives' },
]

describe('kill -9', { concurrency: 2 }, () => {
  it('is tried at every place', () => {
    assert.deepEqual(new Set(crashes.map(({ place }) => place)), new Set([...places, 'sent']))
  })

  for (const { place, mishap, strict } of crashes)
    for (const [kind, rotation] of [
      ['strict', 'strict'],
      ['graceSame', 'grace'],
      ['stable', 'stable'],
    ] as const)
      it(`complaint 1: killed when “${place}”, ${kind}: ${kind === 'strict' ? strict : 'lives'}`, async t => {
        const { provider, start, settled, row, refreshToken, attempts } = await shared(t, { kind, rotation })
        const decided = Promise.withResolvers<void>()
        const dying = await start(place === 'sent' ? {} : { dieAt: place })
        provider.once(place === 'sent' ? { hold: decided.promise } : (mishap ?? {}))
        const arrived = provider.arrival()
        dying.ask(1)
        if (place === 'sent') {
          await arrived
          dying.child.kill('SIGKILL')
        }
        await dying.exited
        decided.resolve()
        const access = await settled()
        if (kind === 'strict' && strict === 'interrupted') {
          assert.equal(access.kind, 'ended')
          assert.partialDeepStrictEqual(row(), { state: 'needs_reconnect', reason: { kind: 'interrupted', how: 'stopped' } })
        } else {
          assert.equal(access.kind, 'token')
          assert.partialDeepStrictEqual(row(), { state: 'connected', reason: null, generation: 2 })
          assert.ok(kind === 'stable' || provider.works(refreshToken() ?? ''))
        }
        assert.equal(attempts().filter(each => each['state'] !== 'closed').length, 0)
      })
})
