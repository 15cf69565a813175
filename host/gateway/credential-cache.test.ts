import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../core/errors.ts'
import { createCredentialCache } from './credential-cache.ts'
import { credentialOf, failure, startCredentials } from './gateway.fixture.ts'

const notes = { connector: 'notes' }
const start = Date.UTC(2026, 0, 1)
const endingIn = (ms: number) => new Date(start + ms).toISOString()

function openCache(answer: Parameters<typeof startCredentials>[0]) {
  const clock = { now: start }
  const { client, asked } = startCredentials(answer)
  return { clock, asked, ...createCredentialCache({ appId: 'app', credentials: client, now: () => clock.now }) }
}

test('a token is kept until a minute before it ends', async () => {
  const { get, asked, clock } = openCache((_, nth) => credentialOf({ generation: nth, expiresAt: endingIn(nth * 3_600_000) }))
  await get(notes)
  clock.now = start + 3_600_000 - 61_000
  assert.equal((await get(notes)).generation, 1)
  clock.now = start + 3_600_000 - 59_000
  assert.equal((await get(notes)).generation, 2)
  assert.equal(asked.length, 2)
})

test('a token without an end is kept until it is forgotten', async () => {
  const { get, forget, asked, clock } = openCache(() => credentialOf())
  await get(notes)
  clock.now += 365 * 86_400_000
  await get(notes)
  assert.equal(asked.length, 1)
  forget()
  await get(notes)
  assert.equal(asked.length, 2)
})

test('callers at the same moment share one question, also when the token at hand has ended', async () => {
  const { get, asked, clock } = openCache((_, nth) => credentialOf({ generation: nth, expiresAt: endingIn(nth * 3_600_000) }))
  await Promise.all(Array.from({ length: 5 }, () => get(notes)))
  clock.now = start + 2 * 3_600_000 - 61_000 - 3_600_000 + 30_000
  await Promise.all(Array.from({ length: 5 }, () => get(notes)))
  assert.equal(asked.length, 2)
})

test('connections by different names are asked for on their own', async () => {
  const { get, asked } = openCache(({ connection }) => credentialOf({ connectionId: connection ?? 'default' }))
  assert.equal((await get({ connector: 'notes', connection: 'Support' })).connectionId, 'Support')
  assert.equal((await get(notes)).connectionId, 'default')
  assert.equal(asked.length, 2)
})

test('a failed question is shared by those who wait and asked again by the next', async () => {
  const { get, asked } = openCache((_, nth) => {
    if (nth === 1) throw new AppError('unavailable', 'Notes cannot be reached.')
    return credentialOf()
  })
  const errors = await Promise.all([failure(get(notes)), failure(get(notes))])
  assert.deepEqual(
    errors.map(({ code }) => code),
    ['unavailable', 'unavailable'],
  )
  assert.equal(asked.length, 1)
  await get(notes)
  assert.equal(asked.length, 2)
})

test('those whose token was refused while it is being renewed wait for the new one', async () => {
  const { get, asked } = openCache(({ rejected }) => credentialOf({ generation: rejected ? 2 : 1 }))
  const old = await get(notes)
  const [first, second, third] = await Promise.all([get(notes, old), get(notes, old), get(notes)])
  assert.deepEqual([first?.generation, second?.generation, third?.generation], [2, 2, 2])
  assert.equal(asked.length, 2)
})

test('a token refused after it was renewed gives the newer one without asking', async () => {
  const { get, asked } = openCache((_, nth) => credentialOf({ generation: nth }))
  const old = await get(notes)
  await get(notes, old)
  assert.equal((await get(notes, old)).generation, 2)
  assert.equal(asked.length, 2)
})

test('an answer that was on its way when accounts changed is not kept', async () => {
  const gate = Promise.withResolvers<void>()
  const { get, forget, asked } = openCache(async (_, nth) => {
    if (nth === 1) await gate.promise
    return credentialOf({ connectionId: `conn-${nth}` })
  })
  const early = get(notes)
  forget()
  assert.equal((await get(notes)).connectionId, 'conn-2')
  gate.resolve()
  await early
  assert.equal((await get(notes)).connectionId, 'conn-2')
  assert.equal(asked.length, 2)
})

test('a user’s own token is asked for with each call, and only calls for the same user and flow share an answer', async () => {
  const answers = (user: string | undefined) => credentialOf({ connectionId: user ?? 'shared', mode: user ? 'app-user' : 'shared' })
  const { get, asked } = openCache(({ user }) => answers(user))
  const together = await Promise.all(['ada', 'ada', 'bob'].map(user => get({ ...notes, user })))
  assert.deepEqual(
    together.map(({ connectionId }) => connectionId),
    ['ada', 'ada', 'bob'],
  )
  assert.equal(asked.length, 2)
  await get({ ...notes, user: 'ada' })
  await Promise.all([get({ ...notes, user: 'ada' }), get({ ...notes, user: 'ada', flow: 'remind' })])
  assert.deepEqual(
    asked.slice(2).map(({ user, flow }) => [user, flow]),
    [
      ['ada', undefined],
      ['ada', undefined],
      ['ada', 'remind'],
    ],
  )
  assert.equal((await get(notes)).connectionId, 'shared')
})
