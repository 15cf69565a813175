import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { startProvider, type ProviderKind } from './provider.fixture.ts'
import { joinTokens, temporaryFolder, until, type Member } from './tokens.fixture.ts'
import type { Access } from './tokens.ts'

async function connected(t: TestContext, kind: ProviderKind = 'strict', member: Partial<Member> = {}, lifeMs: number | null = 0) {
  const provider = await startProvider(t, { kind })
  const folder = temporaryFolder(t)
  const join = (other: Partial<Member> = {}) => joinTokens(t, { folder, party: provider.party, ...member, ...other })
  const room = await join()
  await room.adopt(provider.signIn(), lifeMs)
  return { ...room, provider, join }
}

/** The token, or a failure that says what came instead. */
function tokenOf(access: Access) {
  if (access.kind !== 'token') throw new Error(`No token but ${JSON.stringify(access)}`)
  return access.token
}

describe('a token', () => {
  it('is handed out as it is while it is good', async t => {
    const { tokens, provider } = await connected(t, 'strict', {}, 3_600_000)
    assert.partialDeepStrictEqual(await tokens.accessToken('c1'), { kind: 'token', token: { generation: 1, scopes: ['tickets:read'] } })
    assert.equal(provider.seen.requests, 0)
  })

  it('is renewed once for fifty callers that come together, and all get the same', async t => {
    const { tokens, provider } = await connected(t)
    const got = await Promise.all(Array.from({ length: 50 }, () => tokens.accessToken('c1')))
    assert.equal(provider.seen.requests, 1)
    assert.equal(new Set(got.map(access => tokenOf(access).accessToken)).size, 1)
  })

  it('is renewed before it ends, without anyone waiting for it', async t => {
    const clock = { at: Date.now() }
    const { tokens, provider, row } = await connected(t, 'strict', { now: () => clock.at }, 600_000)
    clock.at += 9 * 60_000 + 59_000
    provider.once({ hold: until(() => held.seen, 'the first answer') })
    const held = { seen: false }
    assert.equal(tokenOf(await tokens.accessToken('c1')).generation, 1)
    held.seen = true
    await until(() => row().generation === 2, 'the renewal')
    assert.equal(provider.seen.requests, 1)
  })

  it('is renewed when the service refused it, and a late refusal of the old one changes nothing', async t => {
    const { tokens, provider } = await connected(t, 'strict', {}, 3_600_000)
    assert.equal(tokenOf(await tokens.accessToken('c1', 1)).generation, 2)
    assert.equal(tokenOf(await tokens.accessToken('c1', 1)).generation, 2)
    assert.equal(provider.seen.requests, 1)
  })
})
