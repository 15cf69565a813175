import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { AppError } from '../core/errors.ts'
import type { AnyAction, Call, Connector } from '../core/connector.ts'
import { connectors } from './index.ts'

/** A service that answers everything alike: what a provider can say on a bad day. */
type Reply = { status: number; body: string; headers?: Record<string, string> }
let reply: Reply = { status: 200, body: '' }
const server = createServer((_, response) => {
  response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(reply.body)
})
let origin = ''
before(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  origin = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : ''
})
after(() => server.close())

const call: Call = {
  fetch: (input, init) => fetch(origin + new URL(input instanceof Request ? input.url : String(input)).pathname, init),
  account: { id: '1', label: 'robin@example.com' },
  practice: false,
  facts: {},
  signal: new AbortController().signal,
}

async function failure(connector: Connector | undefined, actionId: string, input: unknown, fetcher = call.fetch): Promise<AppError> {
  const action: AnyAction | undefined = connector?.actions[actionId]
  assert.ok(connector && action)
  try {
    await action.run({ ...call, fetch: fetcher }, action.input.parse(input) as never)
  } catch (error) {
    const explained = connector.explain?.(error)
    assert.ok(explained instanceof AppError, `not explained: ${String(error)}`)
    assert.match(explained.message, /^\p{Lu}[^\n]+\.$/u)
    return explained
  }
  throw new Error('did not fail')
}

const slack = (error: string, more: object = {}): Reply => ({ status: 200, body: JSON.stringify({ ok: false, error, ...more }) })
const google = (status: number, reason: string): Reply => ({
  status,
  body: JSON.stringify({ error: { code: status, message: 'no', errors: [{ reason }] } }),
})
const github = (status: number, headers?: Record<string, string>): Reply => ({ status, body: '{"message":"no"}', headers })

const attempts: readonly (readonly [connector: string, action: string, input: object])[] = [
  ['slackbot', 'postMessage', { channel: '#support', text: 'x' }],
  ['gmail', 'sendEmail', { to: 'mia@example.com', subject: 'x', text: 'x' }],
  ['googledrive', 'uploadFile', { name: 'x', text: 'x' }],
  ['googlesheets', 'createSpreadsheet', { name: 'x' }],
  ['github', 'createIssue', { repository: 'a/b', title: 'x' }],
]

const said: readonly (readonly [attempt: number, reply: Reply, code: string, words: RegExp])[] = [
  [0, slack('not_in_channel'), 'forbidden', /Invite the bot/],
  [0, slack('channel_not_found'), 'not_found', /no such channel/],
  [0, slack('missing_scope', { needed: 'chat:write' }), 'needs_scopes', /Allow it/],
  [0, slack('token_revoked'), 'unauthorized', /Reconnect Slack/],
  [0, slack('rate_limited'), 'rate_limited', /slow down/],
  [0, slack('something_new'), 'validation', /refused/],
  [0, { status: 429, body: '', headers: { 'retry-after': '7' } }, 'rate_limited', /7 seconds/],
  [1, google(401, 'authError'), 'unauthorized', /Reconnect/],
  [1, google(403, 'insufficientPermissions'), 'needs_scopes', /Allow it/],
  [1, google(403, 'userRateLimitExceeded'), 'rate_limited', /slow down/],
  [1, google(403, 'accessNotConfigured'), 'forbidden', /Turn it on/],
  [1, google(404, 'notFound'), 'not_found', /no such mail/],
  [1, google(400, 'invalidArgument'), 'validation', /Check them/],
  [2, google(403, 'insufficientPermissions'), 'needs_scopes', /Allow it/],
  [2, google(404, 'notFound'), 'not_found', /no such/],
  [4, github(401), 'unauthorized', /Reconnect GitHub/],
  [4, github(404), 'not_found', /owner\/name/],
  [4, github(403), 'forbidden', /Ask the owner/],
  [4, github(403, { 'x-ratelimit-remaining': '0' }), 'rate_limited', /slow down/],
  [4, github(403, { 'x-github-sso': 'required; url=https://github.com/x' }), 'forbidden', /single sign-on/],
  [4, github(410), 'conflict', /Issues are switched off/],
  [4, github(422), 'validation', /Check them/],
]

for (const [attempt, answer, code, words] of said) {
  const [connector, action, input] = attempts[attempt] ?? ['', '', {}]
  test(`${connector} says what to do about ${answer.status} ${answer.body.slice(0, 60)} ${JSON.stringify(answer.headers ?? '')}`, async () => {
    reply = answer
    const error = await failure(connectors[connector], action, input)
    assert.equal(error.code, code)
    assert.match(error.message, words)
  })
}

for (const [connector, action, input] of attempts) {
  for (const [what, answer] of [
    ['an HTML page', { status: 502, body: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } }],
    ['status 500', { status: 500, body: '' }],
    ['an HTML page with status 200', { status: 200, body: '<html>Sign in to the Wi-Fi</html>', headers: { 'content-type': 'text/html' } }],
  ] as const)
    test(`${connector} takes ${what} for an outage`, async () => {
      reply = answer
      assert.equal((await failure(connectors[connector], action, input)).code, 'unavailable')
    })

  test(`${connector} takes a broken line for an outage`, async () => {
    const broken: typeof fetch = () => Promise.reject(new TypeError('fetch failed'))
    assert.equal((await failure(connectors[connector], action, input, broken)).code, 'unavailable')
  })

  test(`${connector} hands on what the connection itself says`, async () => {
    const refused: typeof fetch = () => Promise.reject(new AppError('needs_connection', 'Connect it first.'))
    assert.equal((await failure(connectors[connector], action, input, refused)).code, 'needs_connection')
  })
}
