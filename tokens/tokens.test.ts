import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, it, type TestContext } from 'node:test'
import { sql } from 'kysely'
import { AppError } from '../core/errors.ts'
import { dropGrant, lockQuietly } from './grants.ts'
import { startProvider, type ProviderKind } from './provider.fixture.ts'
import { until } from '../core/until.fixture.ts'
import { joinTokens, sealerOf, temporaryFolder, type Member } from './tokens.fixture.ts'
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
    const given = Promise.withResolvers<void>()
    provider.once({ hold: given.promise })
    assert.equal(tokenOf(await tokens.accessToken('c1')).generation, 1)
    given.resolve()
    await until(() => row().generation === 2, 'the renewal')
    assert.equal(provider.seen.requests, 1)
  })

  it('is renewed when the service refused it, and a late refusal of the old one changes nothing', async t => {
    const { tokens, provider } = await connected(t, 'strict', {}, 3_600_000)
    assert.equal(tokenOf(await tokens.accessToken('c1', 1)).generation, 2)
    assert.equal(tokenOf(await tokens.accessToken('c1', 1)).generation, 2)
    assert.equal(provider.seen.requests, 1)
  })

  it('is handed out though it lives for a moment only, after one exchange', async t => {
    const provider = await startProvider(t, { kind: 'strict', lifeS: 0.001 })
    const { tokens, adopt } = await joinTokens(t, { folder: temporaryFolder(t), party: provider.party })
    await adopt(provider.signIn())
    assert.equal(tokenOf(await tokens.accessToken('c1')).generation, 2)
    assert.equal(provider.seen.requests, 1)
  })

  it('that nothing renews works to its end, and says what happened then', async t => {
    const clock = { at: Date.now() }
    const { tokens, provider, adopt, row } = await connected(t, 'strict', { now: () => clock.at })
    await adopt({ ...provider.signIn(), refreshToken: null }, 60_000)
    assert.equal(tokenOf(await tokens.accessToken('c1')).generation, 2)
    clock.at += 61_000
    assert.partialDeepStrictEqual(await tokens.accessToken('c1'), { kind: 'ended', status: { reason: { kind: 'expired' } } })
    await adopt({ ...provider.signIn(), refreshToken: null }, null)
    assert.equal((await tokens.accessToken('c1')).kind, 'token')
    assert.equal((await tokens.accessToken('c1', row().generation)).kind, 'ended')
    assert.deepEqual([row().state, row().reason], ['needs_reconnect', { kind: 'rejected' }])
    assert.equal(provider.seen.requests, 0)
  })

  it('that the service refuses right after it was renewed is not renewed over and over', async t => {
    const clock = { at: Date.now() }
    const { tokens, provider, row } = await connected(t, 'strict', { now: () => clock.at }, 3_600_000)
    assert.equal(tokenOf(await tokens.accessToken('c1', 1)).generation, 2)
    for (let call = 0; call < 5; call += 1) assert.equal((await tokens.accessToken('c1', 2)).kind, 'waiting')
    assert.equal(provider.seen.requests, 1)
    assert.deepEqual([row().state, row().reason], ['retrying', { kind: 'unwelcome' }])
    clock.at += 61_000
    assert.equal(tokenOf(await tokens.accessToken('c1', 2)).generation, 3)
    assert.equal(row().state, 'connected')
  })

  it('is kept alive by itself before its refresh token dies of idleness', async t => {
    const clock = { at: Date.now() }
    const day = 24 * 60 * 60_000
    const { tokens, provider, row } = await connected(t, 'strict', { now: () => clock.at, idleDays: 30 }, 3_600_000)
    assert.ok((row().keepAliveAt ?? 0) > clock.at + 5 * day && (row().keepAliveAt ?? 0) <= clock.at + 7 * day)
    clock.at += 5 * day
    tokens.wake()
    await tokens.close()
    assert.equal(provider.seen.requests, 0)
  })

  it('is kept alive although nobody asks for it', async t => {
    const clock = { at: Date.now() }
    const { tokens, row } = await connected(t, 'strict', { now: () => clock.at, idleDays: 30 }, 3_600_000)
    clock.at += 8 * 24 * 60 * 60_000
    tokens.wake()
    await until(() => row().generation === 2, 'the renewal')
  })
})

describe('a refresh that does not get through', () => {
  for (const [name, mishap, reason] of [
    ['503', { answer: 'busy' }, 'HTTP 503'],
    ['a page of HTML', { answer: 'html' }, 'HTTP 200'],
    ['a line that is cut after the headers', { answer: 'reset' }, 'the server cannot be reached'],
  ] as const)
    it(`waits for the drain, heals, and says why: ${name}`, async t => {
      const clock = { at: Date.now() }
      const { tokens, provider, row } = await connected(t, 'stable', {
        now: () => clock.at,
        timing: { drainMs: 90_000, retryMs: 1000, longestRetryMs: 1000 },
      })
      provider.once(mishap)
      const access = await tokens.accessToken('c1')
      assert.partialDeepStrictEqual(access, { kind: 'waiting', status: { state: 'retrying', reason: { kind: 'outage', words: reason } } })
      clock.at += 89_000
      assert.equal((await tokens.accessToken('c1')).kind, 'waiting')
      assert.equal(provider.seen.requests, 1)
      clock.at += 1_000
      assert.equal((await tokens.accessToken('c1')).kind, 'token')
      assert.deepEqual([row().state, row().failures], ['connected', 0])
    })

  it('has a deadline, and its token is tried once more after the drain', async t => {
    const { tokens, provider, row } = await connected(t, 'strict', { timing: { exchangeMs: 50 } })
    provider.once({ answer: 'silent' })
    assert.partialDeepStrictEqual(await tokens.accessToken('c1'), { kind: 'waiting' })
    await until(() => row().state === 'needs_reconnect', 'the end')
    assert.partialDeepStrictEqual(row(), { reason: { kind: 'interrupted', how: 'unanswered' } })
    // A busy machine may miss the short deadline more than once.
    const { requests, exchanges, replays } = provider.seen
    assert.ok(requests >= 2)
    assert.deepEqual([exchanges, replays], [1, requests - 1])
  })

  it('loses nothing where a replay is answered: used, and then 503', async t => {
    const clock = { at: Date.now() }
    const { tokens, provider, refreshToken } = await connected(t, 'graceSame', { now: () => clock.at, rotation: { class: 'grace' } })
    provider.once({ answer: 'busyAfterUse' })
    assert.equal((await tokens.accessToken('c1')).kind, 'waiting')
    clock.at += 1000
    assert.equal((await tokens.accessToken('c1')).kind, 'token')
    assert.ok(provider.works(refreshToken() ?? ''))
  })

  it('that was not even sent needs no drain', async t => {
    const clock = { at: Date.now() }
    const provider = await startProvider(t, { kind: 'strict' })
    const { tokenEndpoint } = provider.party.server
    const gone = await startProvider({ after: end => void end() }, { kind: 'strict' })
    const party = { ...provider.party, server: { ...provider.party.server, tokenEndpoint: gone.party.server.tokenEndpoint } }
    const { tokens, adopt, attempts } = await joinTokens(t, {
      folder: temporaryFolder(t),
      party,
      now: () => clock.at,
      timing: { drainMs: 90_000, retryMs: 1000 },
    })
    await adopt(provider.signIn())
    assert.equal((await tokens.accessToken('c1')).kind, 'waiting')
    assert.equal(attempts()[0]?.['ending'], 'not_sent')
    party.server.tokenEndpoint = tokenEndpoint
    clock.at += 2000
    assert.equal((await tokens.accessToken('c1')).kind, 'token')
  })

  it('for the client’s sake tells the builder, and keeps the connection', async t => {
    const clock = { at: Date.now() }
    const { tokens, provider, row } = await connected(t, 'strict', { now: () => clock.at })
    provider.once({ answer: 'unknownClient' })
    assert.partialDeepStrictEqual(await tokens.accessToken('c1'), {
      kind: 'waiting',
      status: { reason: { kind: 'client', words: 'invalid_client' } },
    })
    await until(() => {
      clock.at += 10
      return row().state === 'connected'
    }, 'the recovery')
  })

  it('complaint 13: for 24 hours of 503 ends nothing, and the first good answer heals', async t => {
    const clock = { at: Date.now() }
    const hour = 60 * 60_000
    const { tokens, provider, row, refreshToken } = await connected(t, 'strict', {
      now: () => clock.at,
      timing: { drainMs: 90_000, retryMs: 15_000, longestRetryMs: 15 * 60_000 },
    })
    provider.from({ answer: 'busy' })
    for (const began = clock.at; clock.at < began + 24 * hour; clock.at += 20 * 60_000) {
      assert.equal((await tokens.accessToken('c1')).kind, 'waiting')
      assert.equal(row().state, 'retrying')
      const next = (row().nextTry ?? 0) - clock.at
      assert.ok(next >= 90_000 && next <= 18 * 60_000, `next try in ${next} ms`)
    }
    assert.equal(provider.seen.requests, 72)
    provider.from(null)
    assert.equal((await tokens.accessToken('c1')).kind, 'token')
    assert.ok(provider.works(refreshToken() ?? ''))
  })

  it('waits no longer for a clock that was set back', async t => {
    const clock = { at: Date.now() }
    const { tokens, provider } = await connected(t, 'stable', {
      now: () => clock.at,
      timing: { drainMs: 90_000, retryMs: 1000, longestRetryMs: 1000 },
    })
    provider.once({ answer: 'busy' })
    assert.equal((await tokens.accessToken('c1', 1)).kind, 'waiting')
    clock.at -= 2 * 60 * 60_000
    assert.equal((await tokens.accessToken('c1', 1)).kind, 'waiting')
    clock.at += 91_000
    assert.equal((await tokens.accessToken('c1', 1)).kind, 'token')
    assert.equal(provider.seen.requests, 2)
  })
})

describe('a refusal', () => {
  it('complaint 2: ends the connection at once, with the provider’s words, and nothing is asked again', async t => {
    const { tokens, provider, row } = await connected(t)
    provider.withdraw()
    assert.equal((await tokens.accessToken('c1')).kind, 'ended')
    assert.equal((await tokens.accessToken('c1')).kind, 'ended')
    assert.deepEqual([row().state, row().reason], ['needs_reconnect', { kind: 'refused', words: 'invalid_grant: no such grant' }])
    assert.equal(provider.seen.requests, 1)
  })

  for (const [status, body, state] of [
    [400, '{"error":"invalid_grant","error_description":"Token has been expired or revoked."}', 'needs_reconnect'],
    [401, '{"error":"invalid_grant"}', 'needs_reconnect'],
    [200, '{"ok":false,"error":"token_revoked"}', 'needs_reconnect'],
    [200, '{"ok":false,"error":"invalid_refresh_token"}', 'needs_reconnect'],
    [200, '{"ok":false,"error":"ratelimited"}', 'retrying'],
    [400, '{"error":"invalid_request"}', 'retrying'],
    [400, '{"error":"invalid_scope"}', 'retrying'],
    [401, '{"error":"invalid_client"}', 'retrying'],
    [400, '{"error":"temporarily_unavailable"}', 'retrying'],
    [400, '<html>Bad request</html>', 'retrying'],
    [404, '{}', 'retrying'],
    [429, '{"error":"invalid_grant"}', 'retrying'],
    [500, '{"error":"invalid_grant"}', 'retrying'],
    [503, '', 'retrying'],
    [200, '', 'retrying'],
    [200, '{"access_token":""}', 'retrying'],
    [200, '[1,2', 'retrying'],
  ] as const)
    it(`complaint 2: ${status} ${body || '(nothing)'} means ${state}`, async t => {
      const clock = { at: Date.now() }
      const provider = await startProvider(t, { kind: 'strict' })
      const party = {
        ...provider.party,
        provider: { ...provider.party.provider, refusals: ['token_revoked', 'invalid_refresh_token'] },
      }
      const { tokens, adopt, row } = await joinTokens(t, { folder: temporaryFolder(t), party, now: () => clock.at })
      await adopt(provider.signIn())
      provider.once({ says: { status, body } })
      assert.equal((await tokens.accessToken('c1')).kind, state === 'retrying' ? 'waiting' : 'ended')
      assert.equal(row().state, state)
      assert.equal(provider.seen.requests, 1)
    })

  it('complaint 1: of a token that another process has replaced meanwhile ends nothing', async t => {
    // The first process does not know that the second passed it over: it has waited for too long.
    const clock = { at: Date.now() }
    const nodes: Partial<Member> = { now: () => clock.at, takeover: { by: 'patience', patienceMs: 700_000, freezeMs: 600_000 } }
    const { tokens, provider, row, join } = await connected(t, 'strict', nodes)
    const late = Promise.withResolvers<void>()
    provider.once({ hold: late.promise })
    const first = tokens.accessToken('c1')
    await until(() => provider.seen.requests === 1, 'the request')
    const other = await join({ name: 'node 2' })
    clock.at += 700_001
    assert.equal(tokenOf(await other.tokens.accessToken('c1')).generation, 2)
    late.resolve()
    assert.equal(tokenOf(await first).generation, 2)
    assert.equal(row().state, 'connected')
  })
})

describe('an answer that comes late', () => {
  it('changes nothing after a reconnect', async t => {
    const { tokens, provider, adopt, refreshToken } = await connected(t)
    const late = Promise.withResolvers<void>()
    provider.once({ delay: late.promise })
    const waiting = tokens.accessToken('c1')
    await until(() => provider.seen.exchanges === 1, 'the exchange')
    const again = provider.signIn()
    await adopt(again, 3_600_000)
    late.resolve()
    assert.deepEqual([tokenOf(await waiting).accessToken, refreshToken()], [again.accessToken, again.refreshToken])
    assert.ok(provider.isAlive())
  })

  it('changes nothing after disconnecting, and is known to be under way until it came', async t => {
    const { tokens, provider, database, row } = await connected(t)
    const late = Promise.withResolvers<void>()
    provider.once({ delay: late.promise })
    const waiting = tokens.accessToken('c1')
    await until(() => provider.seen.exchanges === 1, 'the exchange')
    await database.transaction(() => dropGrant(database, 'c1'))
    const isQuiet = async () => (await database.transaction(() => lockQuietly(database, 'c1', 0))).isQuiet
    assert.equal(await isQuiet(), false)
    late.resolve()
    assert.equal((await waiting).kind, 'ended')
    assert.equal(await isQuiet(), true)
    assert.partialDeepStrictEqual(row(), { state: 'disconnected', accessToken: null, refreshToken: null, spareToken: null, client: null })
    assert.ok(provider.isAlive())
  })

  it('without a refresh token keeps the old one', async t => {
    const { tokens, provider, refreshToken } = await connected(t, 'stable')
    const before = refreshToken()
    provider.once({ answer: 'noRefreshToken' })
    assert.equal(tokenOf(await tokens.accessToken('c1')).generation, 2)
    assert.equal(refreshToken(), before)
  })
})

describe('what came from the provider', () => {
  it('is not lost when the disk is full at that moment, and is written when it can be', async t => {
    const disk = { isFull: false }
    const full = () => Promise.reject(new AppError('unavailable', 'The disk is full.'))
    const { tokens, provider, row, reports, refreshToken } = await connected(t, 'strict', {
      through: database => ({ ...database, transaction: work => (disk.isFull ? full() : database.transaction(work)) }),
    })
    provider.once({ delay: until(() => provider.seen.exchanges === 1 && (disk.isFull = true), 'the exchange') })
    const came = tokenOf(await tokens.accessToken('c1'))
    assert.deepEqual([came.generation, row().generation], [2, 1])
    assert.equal(tokenOf(await tokens.accessToken('c1')).accessToken, came.accessToken)
    assert.match(reports[0]?.message ?? '', /disk is full/)
    assert.equal(provider.seen.requests, 1)
    disk.isFull = false
    await until(() => row().generation === 2, 'the writing')
    assert.ok(provider.works(refreshToken() ?? ''))
    assert.equal(tokenOf(await tokens.accessToken('c1')).accessToken, came.accessToken)
  })

  it('is waited for a little when Plugboard closes', async t => {
    const { tokens, provider, row } = await connected(t, 'strict', { timing: { closeMs: 60_000 } })
    const late = Promise.withResolvers<void>()
    provider.once({ delay: late.promise })
    const waiting = tokens.accessToken('c1')
    await until(() => provider.seen.exchanges === 1, 'the exchange')
    const closing = tokens.close()
    late.resolve()
    await Promise.all([closing, waiting])
    assert.equal(row().generation, 2)
  })

  it('is in no file and in no report in clear', async t => {
    const folder = temporaryFolder(t)
    const provider = await startProvider(t, { kind: 'strict' })
    const { tokens, adopt, reports, row } = await joinTokens(t, { folder, party: provider.party, timing: { unwelcomeMs: 0 } })
    await adopt(provider.signIn())
    await tokens.accessToken('c1')
    provider.once({ answer: 'reset' })
    await tokens.accessToken('c1', 2)
    await until(() => row().state === 'needs_reconnect', 'the end')
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(each => each.isFile())
    const kept = [...files.map(each => readFileSync(join(each.parentPath, each.name), 'latin1')), inspect(reports, { depth: 10 })]
    assert.ok(files.some(each => each.name === 'connections.db-wal'))
    assert.ok(provider.issued.length >= 4)
    for (const token of provider.issued) assert.ok(kept.every(text => !text.includes(token)))
  })
})

describe('a key that is gone', () => {
  it('complaint 9: makes that connection unreadable, and nothing of it is lost', async t => {
    const { tokens, row, file, join } = await connected(t, 'strict', {}, 3_600_000)
    const before = row()
    const other = await join({ options: { sealer: sealerOf('another key') } })
    assert.deepEqual(
      [await other.tokens.accessToken('c1'), await other.tokens.accessToken('c1', 1)],
      [{ kind: 'unreadable' }, { kind: 'unreadable' }],
    )
    assert.deepEqual(row(), before)
    assert.equal((await tokens.accessToken('c1')).kind, 'token')
    file.sqlite.exec('update connection_tokens set generation = generation + 1')
    assert.deepEqual(await tokens.accessToken('c1'), { kind: 'unreadable' }, 'bound to its generation')
  })
})

describe('the right to refresh', () => {
  it('is asked for in the transaction that opens an attempt: elsewhere, nothing is sent', async t => {
    const { tokens, provider, attempts } = await connected(t, 'strict', {
      options: {
        *isElsewhere() {
          const [row] = yield sql`select 1 as is_away`
          return row?.['is_away'] === 1
        },
      },
    })
    assert.deepEqual(await tokens.accessToken('c1'), { kind: 'elsewhere' })
    assert.deepEqual([provider.seen.requests, attempts()], [0, []])
  })
})
