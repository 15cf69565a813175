import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { until } from '../../core/until.fixture.ts'
import { failure, json, notesConnector, openGateway, startClock, startProvider } from './gateway.fixture.ts'
import { retryAfterMs } from './read-limits.ts'

/** A provider that answers with `status` at first and is fine after `times` of it, and a clock that stands. */
async function openBusy(t: TestContext, status: number, retryAfter: string | (() => string), { times = 1, timeoutMs = 30_000 } = {}) {
  const provider = await startProvider(t, (_, response, nth) => {
    if (nth > times) return json(response, { id: '1', text: 'hello' })
    return json(response, {}, status, { 'retry-after': typeof retryAfter === 'string' ? retryAfter : retryAfter() })
  })
  const clock = startClock()
  const opened = await openGateway(t, { connectors: { notes: notesConnector(provider.origin) }, timeoutMs, budgets: clock.budgets })
  return { ...opened, ...clock, requests: provider.requests }
}

for (const [what, retryAfter, least, most] of [
  ['as many seconds as it says', '7', 7000, 7000],
  ['fractions of a second', '0.25', 250, 250],
  ['until the date that it names', () => new Date(Date.now() + 5000).toUTCString(), 3000, 6000],
] as const)
  test(`a 429 is waited for ${what}, and then the call succeeds, also a write`, async t => {
    const { call, requests, nextWait, advance } = await openBusy(t, 429, retryAfter)
    const calling = call('notes.addNote', { text: 'x' })
    const waitMs = await nextWait()
    assert.ok(waitMs >= least && waitMs <= most, String(waitMs))
    assert.equal(requests.length, 1)
    advance(waitMs)
    await calling
    assert.deepEqual(
      requests.map(({ body }) => body),
      ['{"text":"x"}', '{"text":"x"}'],
    )
  })

test('a wait beyond the time limit fails at once and says when to go on', async t => {
  const { call, requests } = await openBusy(t, 429, '60')
  const error = await failure(call('notes.readNote'))
  assert.deepEqual(error.toJSON(), {
    code: 'rate_limited',
    message: 'Notes asks to slow down. Try again in 60 seconds.',
    retryAfterMs: 60_000,
  })
  assert.equal(requests.length, 1)
})

test('a provider that always says “now” and always refuses is asked ever more slowly, until time is up', async t => {
  const { call, requests, waitMs, advance } = await openBusy(t, 429, '0', { times: 1000 })
  const ended = new AbortController()
  const calling = failure(call('notes.readNote')).finally(() => ended.abort())
  while (!ended.signal.aborted) {
    await until(() => ended.signal.aborted || waitMs() < Infinity)
    if (!ended.signal.aborted) advance(waitMs())
  }
  assert.equal((await calling).code, 'rate_limited')
  assert.ok(requests.length > 4 && requests.length < 10, String(requests.length))
})

for (const name of ['readNote', 'setNote'])
  test(`a 503 is tried again for ${name}, which does no harm twice`, async t => {
    const { call, requests, nextWait, advance } = await openBusy(t, 503, '2')
    const calling = call(`notes.${name}`, { text: 'x' })
    advance(await nextWait())
    await calling
    assert.equal(requests.length, 2)
  })

test('a 503 is not tried again for a write that would count twice', async t => {
  const { call, requests } = await openBusy(t, 503, '0')
  assert.equal((await failure(call('notes.addNote', { text: 'x' }))).code, 'unavailable')
  assert.equal(requests.length, 1)
})

for (const [name, times] of [
  ['readNote', 2],
  ['setNote', 2],
  ['addNote', 1],
] as const)
  test(`${name} is sent ${times === 2 ? 'once more' : 'once only'} when the connection breaks`, async t => {
    const provider = await startProvider(t, (_, response) => response.socket?.destroy())
    const { call } = await openGateway(t, { connectors: { notes: notesConnector(provider.origin) } })
    assert.equal((await failure(call(`notes.${name}`, { text: 'x' }))).code, 'unavailable')
    assert.equal(provider.requests.length, times)
  })

test('a write whose service knows its key again is sent once more when the connection breaks, with the same key', async t => {
  const provider = await startProvider(t, (_, response, nth) =>
    nth === 1 ? response.socket?.destroy() : json(response, { id: '1', text: 'hello' }),
  )
  const { call } = await openGateway(t, { connectors: { notes: notesConnector(provider.origin) } })
  await call('notes.addKeyedNote', { text: 'x' }, { idempotencyKey: 'step-1' })
  assert.deepEqual(
    provider.requests.map(({ path }) => path),
    ['/note?key=step-1', '/note?key=step-1'],
  )
})

test('without a key such a write is sent once only', async t => {
  const provider = await startProvider(t, (_, response) => response.socket?.destroy())
  const { call } = await openGateway(t, { connectors: { notes: notesConnector(provider.origin) } })
  await failure(call('notes.addKeyedNote', { text: 'x' }))
  assert.equal(provider.requests.length, 1)
})

test('cancelling ends the wait, and the turn goes to the next', async t => {
  const { call, requests, nextWait, advance } = await openBusy(t, 429, '5')
  const controller = new AbortController()
  const cancelled = failure(call('notes.readNote', {}, { signal: controller.signal }))
  await nextWait()
  const second = call('notes.readNote')
  controller.abort()
  assert.equal((await cancelled).code, 'cancelled')
  advance(5000)
  await second
  assert.equal(requests.length, 2)
})

test('a write that is cancelled while it waits to be sent again says that nothing was done', async t => {
  const { call, requests, nextWait } = await openBusy(t, 429, '5')
  const controller = new AbortController()
  const cancelled = failure(call('notes.addNote', { text: 'x' }, { signal: controller.signal }))
  await nextWait()
  controller.abort()
  const { code, nothingDone } = await cancelled
  assert.deepEqual([code, nothingDone, requests.length], ['cancelled', true, 1])
})

for (const [what, status, nothingDone] of [
  ['refuses the account', 401, true],
  ['fails over', 500, false],
] as const)
  test(`a write that the service ${what} ${nothingDone ? 'did nothing' : 'may have been done'}`, async t => {
    const { call } = await openBusy(t, status, '0', { times: 9 })
    assert.equal((await failure(call('notes.addNote', { text: 'x' }))).nothingDone, nothingDone)
  })

const headers = (values: Record<string, string>) => ({ headers: new Headers(values) })

test('Retry-After is read as seconds or as a date by the service’s clock, and is never negative', () => {
  assert.equal(retryAfterMs(headers({ 'retry-after': '3' })), 3000)
  assert.equal(retryAfterMs(headers({ 'retry-after': '0.5' })), 500)
  const past = 'Wed, 21 Oct 2015 07:28:00 GMT'
  assert.equal(retryAfterMs(headers({ 'retry-after': past })), 0)
  assert.equal(retryAfterMs(headers({ 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT', date: past })), 30_000)
  for (const nonsense of ['soon', '-5', 'Infinity', '1e9']) assert.equal(retryAfterMs(headers({ 'retry-after': nonsense })), null)
  assert.equal(retryAfterMs(headers({})), null)
})
