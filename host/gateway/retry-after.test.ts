import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { failure, json, notesConnector, openGateway, startProvider } from './gateway.fixture.ts'
import { retryAfterMs } from './retry-after.ts'

/** A provider that answers with `status` first and is fine after `times` of it. */
async function openBusy(t: TestContext, status: number, retryAfter: string | (() => string), { times = 1, timeoutMs = 10_000 } = {}) {
  const provider = await startProvider(t, (_, response, nth) => {
    if (nth > times) return json(response, { id: '1', text: 'hello' })
    return json(response, {}, status, { 'retry-after': typeof retryAfter === 'string' ? retryAfter : retryAfter() })
  })
  const opened = await openGateway(t, { connectors: { notes: notesConnector(provider.origin) }, timeoutMs })
  return { ...opened, requests: provider.requests }
}

test('a 429 is waited for as many seconds as it says, and then succeeds', async t => {
  const { call, requests } = await openBusy(t, 429, '0.3')
  const started = performance.now()
  await call('notes.addNote', { text: 'x' })
  assert.ok(performance.now() - started >= 299)
  assert.deepEqual(
    requests.map(({ body }) => body),
    ['{"text":"x"}', '{"text":"x"}'],
  )
})

test('a 429 is waited for until the date it names', async t => {
  const { call, requests } = await openBusy(t, 429, () => new Date(Date.now() + 1000).toUTCString())
  const before = Math.floor(Date.now() / 1000)
  await call('notes.readNote')
  assert.ok(Math.floor(Date.now() / 1000) - before >= 1 || requests.length === 2)
  assert.equal(requests.length, 2)
})

test('a wait beyond the time limit fails at once with what the provider said', async t => {
  const { call, requests } = await openBusy(t, 429, '60', { timeoutMs: 5000 })
  const started = performance.now()
  const error = await failure(call('notes.readNote'))
  assert.equal(error.code, 'rate_limited')
  assert.ok(performance.now() - started < 2000)
  assert.equal(requests.length, 1)
})

test('a provider that stays busy is asked four times, not for ever', async t => {
  const { call, requests } = await openBusy(t, 429, '0', { times: 100 })
  assert.equal((await failure(call('notes.readNote'))).code, 'rate_limited')
  assert.equal(requests.length, 4)
})

for (const name of ['readNote', 'setNote'])
  test(`a 503 is tried again for ${name}, which does no harm twice`, async t => {
    const { call, requests } = await openBusy(t, 503, '0')
    await call(`notes.${name}`, { text: 'x' })
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

test('cancelling ends the wait', async t => {
  const { call, requests } = await openBusy(t, 429, '5')
  const controller = new AbortController()
  const calling = failure(call('notes.readNote', {}, { signal: controller.signal }))
  while (requests.length === 0) await new Promise(setImmediate)
  controller.abort()
  assert.equal((await calling).code, 'cancelled')
})

test('Retry-After is read as seconds or as a date, and is never negative', () => {
  assert.equal(retryAfterMs('3'), 3000)
  assert.equal(retryAfterMs(new Date(Date.now() - 5000).toUTCString()), 0)
  assert.ok((retryAfterMs(new Date(Date.now() + 60_000).toUTCString()) ?? 0) > 58_000)
  assert.equal(retryAfterMs('soon'), null)
  assert.equal(retryAfterMs(null), null)
})
