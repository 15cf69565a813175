import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import type { AppError } from '../../core/errors.ts'
import { createHost } from '../host.ts'
import { createApi } from './api.ts'
import { makeApp } from './api.fixture.ts'
import { noAccounts } from './no-accounts.ts'

const serviceToken = 'the-service-token'
const endings: (() => unknown)[] = []
const reports: AppError[] = []
const logs: string[] = []
let origin = ''

before(async () => {
  const root = await makeApp({ after: end => endings.unshift(end as () => unknown) })
  const host = createHost({ credentials: noAccounts, report: error => reports.push(error) })
  endings.unshift(() => host.close())
  await host.open('tickets', root)
  const api = createApi(host, {
    serviceToken,
    report: error => reports.push(error),
    onLog: (_, name, { text }) => logs.push(`${name}: ${text}`),
  })
  const server = createServer(getRequestListener(api.fetch)).listen(0, '127.0.0.1')
  endings.unshift(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  await once(server, 'listening')
  const address = server.address()
  origin = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : ''
})
after(async () => {
  for (const end of endings) await end()
  assert.deepEqual(reports, [])
})

type Options = { body?: unknown; token?: string | null; text?: BodyInit }

async function send(method: string, path: string, { body, token = serviceToken, text }: Options = {}) {
  const response = await fetch(`${origin}/api/apps/${path}`, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
    body: text ?? (body === undefined ? undefined : JSON.stringify(body)),
    ...(text instanceof ReadableStream && { duplex: 'half' }),
  })
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
  return { status: response.status, body: await response.json() }
}

const tickets = 'tickets/entities/Ticket'

test('a function takes JSON and answers JSON', async () => {
  const body = { text: 'Grüße 👋', list: [1, null, { deep: true }] }
  assert.deepEqual(await send('POST', 'tickets/functions/echo', { body }), { status: 200, body })
  assert.deepEqual(await send('POST', 'tickets/functions/echo'), { status: 200, body: null })
})

test('a function’s name may have slashes, and it sees the records', async () => {
  await send('POST', tickets, { body: { title: 'Open', done: false } })
  const { status, body } = await send('POST', 'tickets/functions/reports/weekly')
  assert.equal(status, 200)
  assert.ok((body as { open: number }).open >= 1)
})

test('records are created, read, changed and deleted', async () => {
  const created = await send('POST', tickets, { body: { title: 'Login fails', points: 3 } })
  assert.equal(created.status, 201)
  const { id, title, created_date: at } = created.body as Record<string, string>
  assert.equal(title, 'Login fails')
  assert.ok(Date.parse(at ?? '') > 0)
  assert.deepEqual((await send('GET', `${tickets}/${id}`)).body, created.body)
  const changed = await send('PUT', `${tickets}/${id}`, { body: { points: 5 } })
  assert.deepEqual([changed.status, changed.body.title, changed.body.points], [200, 'Login fails', 5])
  assert.deepEqual(await send('DELETE', `${tickets}/${id}`), { status: 200, body: { success: true } })
  const gone = await send('GET', `${tickets}/${id}`)
  assert.deepEqual([gone.status, gone.body.code], [404, 'not_found'])
})

test('a list is filtered, sorted and cut', async () => {
  for (const points of [11, 12, 13, 14]) await send('POST', tickets, { body: { title: `List ${points}`, points } })
  const q = encodeURIComponent(JSON.stringify({ points: { $gte: 11 } }))
  const { body } = await send('GET', `${tickets}?q=${q}&sort=-points&limit=2&skip=1&fields=title`)
  assert.deepEqual(
    (body as { points: number }[]).map(({ points }) => points),
    [13, 12],
  )
})

const wrong: readonly (readonly [
  what: string,
  method: string,
  path: string,
  options: Options,
  status: number,
  code: string,
  words: RegExp,
])[] = [
  ['no token', 'GET', tickets, { token: null }, 401, 'unauthorized', /service token/],
  ['a wrong token', 'POST', 'tickets/functions/echo', { token: `${serviceToken}x` }, 401, 'unauthorized', /service token/],
  ['no token for what is not there', 'GET', 'tickets/nothing', { token: null }, 401, 'unauthorized', /service token/],
  ['another app', 'GET', 'other/entities/Ticket', {}, 404, 'not_found', /No app “other” runs here/],
  ['another entity', 'GET', 'tickets/entities/Nothing', {}, 404, 'not_found', /no entity named “Nothing”/],
  ['another function', 'POST', 'tickets/functions/nothing', {}, 404, 'not_found', /no function “nothing”/],
  ['a path as a function', 'POST', 'tickets/functions/..%2F..%2Fetc', {}, 404, 'not_found', /no function/],
  ['another route', 'GET', 'tickets/functions/echo', {}, 404, 'not_found', /nothing at GET/],
  ['a body that is no JSON', 'POST', 'tickets/functions/echo', { text: '{title}' }, 400, 'validation', /not JSON/],
  ['a record that is a list', 'POST', tickets, { body: [] }, 400, 'validation', /one JSON object/],
  ['a record without a required field', 'POST', tickets, { body: {} }, 400, 'validation', /title/],
  ['a filter that is no JSON', 'GET', `${tickets}?q=open`, {}, 400, 'validation', /“q” must be a JSON object/],
  ['a filter that is a list', 'GET', `${tickets}?q=[]`, {}, 400, 'validation', /“q” must be a JSON object/],
  ['a filter of unknown words', 'GET', `${tickets}?q={"a":{"$near":1}}`, {}, 400, 'validation', /\$near/],
  ['a limit in words', 'GET', `${tickets}?limit=many`, {}, 400, 'validation', /“limit” must be a whole number/],
  [
    'a function that throws',
    'POST',
    'tickets/functions/fails',
    {},
    500,
    'internal',
    /fails failed: no luck \(functions\/fails\/entry\.ts:1\)/,
  ],
  ['a function that does not compile', 'POST', 'tickets/functions/broken', {}, 400, 'validation', /does not compile/],
  [
    'a tool without an account',
    'POST',
    'tickets/functions/post',
    {},
    424,
    'needs_connection',
    /^Connect Slack Bot in Plugboard; a headless host has no accounts of its own\.$/,
  ],
  ['11 MB', 'POST', 'tickets/functions/echo', { text: ' '.repeat(11_000_000) }, 413, 'validation', /10 MB at most/],
  ['11 MB of unknown length', 'POST', 'tickets/functions/echo', { text: stream(11) }, 413, 'validation', /10 MB at most/],
]

function stream(megabytes: number): ReadableStream {
  let sent = 0
  return new ReadableStream({
    pull(controller) {
      if (sent++ === megabytes) controller.close()
      else controller.enqueue(new Uint8Array(1_000_000).fill(32))
    },
  })
}

for (const [what, method, path, options, status, code, words] of wrong)
  test(`${what}: ${status} ${code}`, async () => {
    const answer = await send(method, path, options)
    assert.deepEqual([answer.status, answer.body.code], [status, code], answer.body.message)
    assert.match(answer.body.message, words)
    assert.deepEqual(Object.keys(answer.body), ['message', 'code'])
  })

test('what a function logs can be heard', async () => {
  await send('POST', 'tickets/functions/fails')
  assert.ok(logs.includes('fails: about to fail'))
})

test('calls side by side get each their own answer', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => send('POST', 'tickets/functions/echo', { body: { n } })))
  assert.deepEqual(
    answers.map(({ body }) => (body as { n: number }).n),
    Array.from({ length: 50 }, (_, n) => n),
  )
})
