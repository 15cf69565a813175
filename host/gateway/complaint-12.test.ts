import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test, type TestContext } from 'node:test'
import { connectors } from '../../connectors/index.ts'
import { slackLimits } from '../../connectors/slack/limits.ts'
import slackbot from '../../connectors/slack/bot.ts'
import type { Connector } from '../../core/connector.ts'
import type { Json } from '../../core/json.ts'
import type { RateLimits } from '../../core/rate-limit.ts'
import { createConnectionBudget } from './connection-budget.ts'
import { until } from '../../core/until.fixture.ts'
import { countWrites } from './count-writes.ts'
import { credentialOf, failure, json, notesConnector, openGateway, startClock, startProvider } from './gateway.fixture.ts'
import { sendPaced } from './paced-fetch.ts'
import { startTimeLimit } from './time-limit.ts'

// Complaint 12 of facts/connectors.md: rate limits. Each service's own signal, through the tool's own SDK, slows down and does not fail.

type Answer = Parameters<typeof startProvider>[1]

/** The real tools, whose services are one server on this machine, on a clock that stands. */
async function openTools(t: TestContext, answer: Answer) {
  const provider = await startProvider(t, answer)
  const clock = startClock()
  const opened = await openGateway(t, {
    connectors,
    budgets: clock.budgets,
    credential: ({ connector }) => credentialFor(connector, provider.origin),
  })
  return { ...opened, ...clock, requests: provider.requests }
}

function credentialFor(id: string, origin: string) {
  const connector: Connector | undefined = connectors[id]
  return credentialOf({
    scopesGranted: Object.keys(connector?.scopes ?? {}),
    practiceOrigins: Object.fromEntries((connector?.provider.apiOrigins ?? []).map(real => [real, origin])),
  })
}

/** Moves the clock on to whatever is planned next, but over no more than `most` at once, until the work has ended. */
async function drive<T>({ waitMs, advance }: ReturnType<typeof startClock>, work: Promise<T>, most = 10_000): Promise<T> {
  const ended = new AbortController()
  void work.finally(() => ended.abort()).catch(() => {})
  while (!ended.signal.aborted) {
    await until(() => ended.signal.aborted || waitMs() <= most)
    if (!ended.signal.aborted) advance(waitMs())
  }
  return work
}

const epochIn = (seconds: number) => String(Math.ceil(Date.now() / 1000) + seconds)
const google = (reason: string, more: object = {}): Json => ({
  error: { code: 403, message: 'no', errors: [{ domain: 'usageLimits', reason }], ...more },
})
const issue = {
  number: 1,
  title: 'x',
  state: 'open',
  labels: [],
  user: { login: 'mia' },
  comments: 0,
  created_at: '2026-01-01',
  html_url: 'https://x',
}

type Signal = {
  call: string
  input: Json
  refuse: (response: ServerResponse) => unknown
  fine: Json
  waits: readonly [least: number, most: number]
}
const post = { call: 'slackbot.postMessage', input: { channel: '#support', text: 'x' }, fine: { ok: true, channel: 'C1', ts: '1.0' } }
const mail = {
  call: 'gmail.sendEmail',
  input: { to: 'mia@example.com', subject: 'x', text: 'x' },
  fine: { id: '1', threadId: '1', sub: '1', email: 'mia@example.com' },
}
const open = { call: 'github.createIssue', input: { repository: 'a/b', title: 'x' }, fine: issue }

const signals: Record<string, Signal> = {
  'Slack’s 429 with Retry-After': {
    ...post,
    refuse: r => json(r, { ok: false, error: 'ratelimited' }, 429, { 'retry-after': '9' }),
    waits: [9000, 9000],
  },
  'GitHub’s 403 with nothing left until a time': {
    ...open,
    refuse: r => json(r, { message: 'API rate limit exceeded' }, 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': epochIn(12) }),
    waits: [10_000, 14_000],
  },
  'GitHub’s 429 with nothing left until a time': {
    ...open,
    refuse: r => json(r, { message: 'API rate limit exceeded' }, 429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': epochIn(12) }),
    waits: [10_000, 14_000],
  },
  'GitHub’s secondary limit with Retry-After': {
    ...open,
    refuse: r =>
      json(r, { message: 'You have exceeded a secondary rate limit.' }, 403, { 'retry-after': '15', 'x-ratelimit-remaining': '4000' }),
    waits: [15_000, 15_000],
  },
  'Google’s 403 rateLimitExceeded': { ...mail, refuse: r => json(r, google('rateLimitExceeded'), 403), waits: [300, 700] },
  'Google’s 403 userRateLimitExceeded': { ...mail, refuse: r => json(r, google('userRateLimitExceeded'), 403), waits: [300, 700] },
  'Google’s 403 RATE_LIMIT_EXCEEDED': {
    ...mail,
    refuse: r =>
      json(r, { error: { code: 403, message: 'Quota', status: 'RESOURCE_EXHAUSTED', details: [{ reason: 'RATE_LIMIT_EXCEEDED' }] } }, 403),
    waits: [300, 700],
  },
  'Google’s 429 RESOURCE_EXHAUSTED': {
    ...mail,
    refuse: r => json(r, { error: { code: 429, message: 'Quota', status: 'RESOURCE_EXHAUSTED' } }, 429),
    waits: [300, 700],
  },
}

for (const [what, { call: name, input, refuse, fine, waits }] of Object.entries(signals))
  test(`complaint 12: ${what} is waited for, and the write is done once`, async t => {
    let done = 0
    let refusedAt: string | undefined
    const opened = await openTools(t, (request, response) => {
      if (refusedAt === undefined && request.method === 'POST') {
        refusedAt = request.url
        return refuse(response)
      }
      if (request.url === refusedAt) done++
      return json(response, fine)
    })
    const calling = opened.call(name, input)
    const waitMs = await opened.nextWait()
    assert.ok(waitMs >= waits[0] && waitMs <= waits[1], `waits ${waitMs} ms`)
    assert.equal(done, 0)
    opened.advance(waitMs)
    await calling
    assert.equal(done, 1)
  })

const late: Record<string, Pick<Signal, 'call' | 'input' | 'refuse'> & { retryAfterMs: number; words: RegExp }> = {
  'GitHub’s secondary limit that names no time': {
    ...open,
    refuse: r => json(r, { message: 'You have exceeded a secondary rate limit.' }, 403),
    retryAfterMs: 60_000,
    words: /^GitHub asks to slow down\. Try again in 60 seconds\.$/,
  },
  'Google’s quota of a day': {
    ...mail,
    refuse: r => json(r, google('quotaExceeded'), 403),
    retryAfterMs: 3_600_000,
    words: /^Google .+ in 60 minutes\.$/,
  },
  'Google’s daily limit': {
    ...mail,
    refuse: r => json(r, google('dailyLimitExceeded'), 403),
    retryAfterMs: 3_600_000,
    words: /^Google .+ in 60 minutes\.$/,
  },
  'Slack’s longer pause': {
    ...post,
    refuse: r => json(r, {}, 429, { 'retry-after': '120' }),
    retryAfterMs: 120_000,
    words: /^Slack .+ in 2 minutes\.$/,
  },
}

for (const [what, { call: name, input, refuse, retryAfterMs, words }] of Object.entries(late))
  test(`complaint 12: ${what} does not fit the call’s time, so it says at once when to go on, and the next call does not ask`, async t => {
    const { call, requests } = await openTools(t, (request, response) =>
      request.method === 'POST' ? refuse(response) : json(response, { sub: '1', email: 'mia@example.com' }),
    )
    const error = await failure(call(name, input))
    assert.deepEqual([error.code, error.retryAfterMs], ['rate_limited', retryAfterMs])
    assert.match(error.message, words)
    const asked = requests.filter(({ method }) => method === 'POST').length
    assert.equal((await failure(call(name, input))).code, 'rate_limited')
    assert.equal(requests.filter(({ method }) => method === 'POST').length, asked)
  })

const graph = { data: null, errors: [{ message: 'Rate limit exceeded', extensions: { code: 'RATELIMITED' } }] }
/** Services whose tools are not there yet: what they answer, and what would be declared of them. */
const services: Record<string, { limits?: RateLimits; refuse: (response: ServerResponse) => unknown; waits: readonly [number, number] }> = {
  'Linear’s 400 with its code': {
    refuse: r => json(r, graph, 400, { 'x-ratelimit-requests-remaining': '0', 'x-ratelimit-requests-reset': String(Date.now() + 6000) }),
    waits: [4000, 7500],
  },
  'Linear’s 400 for complexity': {
    refuse: r =>
      json(r, graph, 400, { 'x-ratelimit-complexity-remaining': '0', 'x-ratelimit-complexity-reset': String(Date.now() + 6000) }),
    waits: [4000, 7500],
  },
  'Notion’s 429': { refuse: r => json(r, { code: 'rate_limited' }, 429, { 'retry-after': '3' }), waits: [3000, 3000] },
  'Microsoft’s 429': { refuse: r => json(r, { error: { code: 'TooManyRequests' } }, 429, { 'retry-after': '4' }), waits: [4000, 4000] },
  'Microsoft’s 503 that asks to wait': {
    limits: { signals: [{ status: 503, header: ['retry-after', /\d/] }] },
    refuse: r => json(r, { error: { code: 'serviceNotAvailable' } }, 503, { 'retry-after': '5' }),
    waits: [5000, 5000],
  },
}

for (const [what, { limits, refuse, waits }] of Object.entries(services))
  test(`complaint 12: ${what} is waited for, also by a write`, async t => {
    const provider = await startProvider(t, (_, response, nth) =>
      nth === 1 ? refuse(response) : json(response, { id: '1', text: 'hello' }),
    )
    const clock = startClock()
    const { call } = await openGateway(t, { connectors: { notes: { ...notesConnector(provider.origin), limits } }, budgets: clock.budgets })
    const calling = call('notes.addNote', { text: 'x' })
    const waitMs = await clock.nextWait()
    assert.ok(waitMs >= waits[0] && waitMs <= waits[1], `waits ${waitMs} ms`)
    clock.advance(waitMs)
    await calling
    assert.equal(provider.requests.length, 2)
  })

test('complaint 12: another 400 is a mistake in the request, and is not sent again', async t => {
  const provider = await startProvider(t, (_, response) =>
    json(response, { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] }, 400),
  )
  const { call } = await openGateway(t, { connectors: { notes: notesConnector(provider.origin) } })
  await failure(call('notes.readNote'))
  assert.equal(provider.requests.length, 1)
})

test('complaint 12: Slack counts each method apart, so another method does not wait', async t => {
  const opened = await openTools(t, (request, response, nth) => {
    if (nth === 1) return json(response, {}, 429, { 'retry-after': '9' })
    return json(response, request.url?.includes('list') ? { ok: true, channels: [] } : { ok: true, channel: 'C1', ts: '1.0' })
  })
  const posting = opened.call('slackbot.postMessage', post.input)
  await opened.nextWait()
  assert.deepEqual(await opened.call('slackbot.listChannels'), [])
  opened.advance(9000)
  await posting
})

test('complaint 12: Slack gets at most one message a second for one channel after a few at once, as its SDK sends them', async t => {
  const provider = await startProvider(t, (_, response) => json(response, { ok: true, channel: 'C1', ts: '1.0' }))
  const clock = startClock()
  const limit = startTimeLimit(30_000, clock.budgets.clock)
  t.after(limit.clear)
  const toServer: typeof fetch = (input, init) => fetch(provider.origin + new URL(String(input)).pathname, init)
  const paced = sendPaced(toServer, {
    budget: createConnectionBudget(slackLimits, 'Slack', clock.budgets.clock),
    limits: slackLimits,
    caller: 'a flow',
    mayRepeat: false,
    writes: countWrites(),
    limit,
    clock: clock.budgets.clock,
  })
  const call = { fetch: paced, account: null, practice: false, facts: {}, signal: limit.signal }
  const say = (channel: string) => slackbot.actions.postMessage.run(call, { channel, text: 'x' })
  const messages = Promise.all([...Array.from({ length: 6 }, () => say('#support')), say('#team')])
  assert.equal(await clock.nextWait(), 1000)
  await until(() => provider.requests.length === 5)
  clock.advance(1000)
  await until(() => provider.requests.length === 6)
  clock.advance(1000)
  await messages
  assert.equal(provider.requests.length, 7)
})

test('complaint 12: the budget is the connection’s: what one app was told, another app’s call keeps to', async t => {
  const provider = await startProvider(t, (_, response) => json(response, {}, 429, { 'retry-after': '90' }))
  const { budgets } = startClock()
  const tools = { connectors: { notes: notesConnector(provider.origin) }, budgets }
  const [one, other] = [await openGateway(t, tools), await openGateway(t, tools)]
  assert.equal((await failure(one.call('notes.readNote'))).retryAfterMs, 90_000)
  assert.equal((await failure(other.call('notes.readNote'))).retryAfterMs, 90_000)
  assert.equal(provider.requests.length, 1)
})

test('complaint 12: other connections of the same tool do not wait', async t => {
  const provider = await startProvider(t, (_, response, nth) =>
    nth === 1 ? json(response, {}, 429, { 'retry-after': '9' }) : json(response, { id: '1', text: 'hello' }),
  )
  const clock = startClock()
  const { call } = await openGateway(t, {
    connectors: { notes: notesConnector(provider.origin) },
    budgets: clock.budgets,
    credential: ({ connection = 'default' }) => credentialOf({ connectionId: connection }),
  })
  const first = call('notes.readNote')
  await clock.nextWait()
  await call('notes.readNote', {}, { connection: 'Support' })
  clock.advance(9000)
  await first
})

test('complaint 12: fifty callers of a service that takes five a second all get their answer, and few are refused', async t => {
  const clock = startClock()
  const taken: number[] = []
  let refusals = 0
  const provider = await startProvider(t, (_, response) => {
    if (taken.filter(at => at > clock.now() - 1000).length >= 5) {
      refusals++
      return json(response, {}, 429, { 'retry-after': '1' })
    }
    taken.push(clock.now())
    return json(response, { id: '1', text: 'hello' })
  })
  const { call } = await openGateway(t, { connectors: { notes: notesConnector(provider.origin) }, budgets: clock.budgets })
  await drive(clock, Promise.all(Array.from({ length: 50 }, () => call('notes.addNote', { text: 'x' }))))
  assert.equal(taken.length, 50)
  assert.ok(refusals <= 50, `${refusals} refusals`)
})

test('complaint 12: calls slow down before GitHub has to refuse them', async t => {
  const { call, nextWait, advance, requests } = await openTools(t, (_, response) =>
    json(response, [], 200, { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '10', 'x-ratelimit-reset': epochIn(600) }),
  )
  await call('github.listRepositories')
  await call('github.listRepositories')
  const third = call('github.listRepositories')
  assert.equal(await nextWait(), 2000)
  assert.equal(requests.length, 2)
  advance(2000)
  await third
})
