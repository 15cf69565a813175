import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { github, githubApp } from '../../connectors/providers/github.ts'
import { gitlab } from '../../connectors/providers/gitlab.ts'
import { usesDeviceCode } from '../../oauth/server.ts'
import { signInByCode } from './sign-in-by-code.ts'
import { json, tokenEndpoint, type Answer } from './token-server.fixture.ts'

const code = {
  device_code: 'device-1',
  user_code: 'WDJB-MJHT',
  verification_uri: 'https://github.com/login/device',
  expires_in: 900,
  interval: 5,
}
const granted = json({ access_token: 'gho_1', token_type: 'bearer', scope: 'repo,read:user' })
const pending = json({ error: 'authorization_pending' })

/** GitHub, which answers the polls one after the other as told, and a clock that moves only while we wait. */
async function signIn(
  t: TestContext,
  polls: Answer[],
  { start = json(code), provider = github }: { start?: Answer; provider?: typeof github } = {},
) {
  const rest = [...polls]
  const party = await tokenEndpoint(t, provider, (response, request, body) => {
    const answer = request.url === '/device' ? start : (rest.shift() ?? pending)
    answer(response, request, body)
  })
  let clock = 1_000_000
  const waits: number[] = []
  const controller = new AbortController()
  const attempt = await signInByCode({
    ...party,
    client: { clientId: 'client' },
    scopes: ['repo', 'read:user'],
    signal: controller.signal,
    now: () => clock,
    wait: async (ms, signal) => {
      signal?.throwIfAborted()
      waits.push(ms)
      clock += ms
    },
  })
  t.after(() => attempt.close())
  return { attempt, waits, controller, bodies: party.bodies }
}

describe('signing in by a code', () => {
  it('is for a client without a secret where the web flow wants one', async t => {
    const party = await tokenEndpoint(t, github, pending)
    assert.equal(usesDeviceCode(party), false)
    assert.equal(usesDeviceCode({ ...party, client: { clientId: 'client' } }), true)
    assert.equal(usesDeviceCode({ ...party, provider: githubApp, client: { clientId: 'client' } }), true)
    assert.equal(usesDeviceCode({ ...(await tokenEndpoint(t, gitlab, pending)), client: { clientId: 'client' } }), false)
    const { deviceAuthorizationEndpoint: _, ...practice } = party.server
    assert.equal(usesDeviceCode({ ...party, server: practice, client: { clientId: 'client' } }), false)
  })

  it('shows a code, and asks in the provider’s rhythm until the user has agreed', async t => {
    const { attempt, waits, bodies } = await signIn(t, [pending, pending, granted])
    assert.deepEqual(
      [attempt.userCode, attempt.verificationUri, attempt.verificationUriComplete, attempt.expiresAt],
      ['WDJB-MJHT', 'https://github.com/login/device', null, 1_900_000],
    )
    const grant = await attempt.granted
    assert.deepEqual([grant.accessToken, grant.scopesGranted], ['gho_1', ['repo', 'read:user', 'public_repo']])
    assert.deepEqual(waits, [5000, 5000, 5000])
    assert.deepEqual([bodies[0]?.get('scope'), bodies[0]?.get('client_id')], ['repo read:user', 'client'])
    for (const body of bodies) assert.equal(body.has('client_secret'), false)
    assert.equal(bodies[1]?.get('grant_type'), 'urn:ietf:params:oauth:grant-type:device_code')
  })

  it('asks five seconds more slowly each time it is told to slow down, or hears nothing sensible', async t => {
    const slower = json({ error: 'slow_down', interval: 10 })
    const page: Answer = response => void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>')
    const { attempt, waits } = await signIn(t, [slower, slower, page, granted])
    await attempt.granted
    assert.deepEqual(waits, [5000, 10_000, 15_000, 20_000])
  })

  it('ends as cancelled when the user says no', async t => {
    const { attempt } = await signIn(t, [pending, json({ error: 'access_denied' })])
    await assert.rejects(attempt.granted, { code: 'cancelled', message: 'You did not give access to GitHub. Nothing was connected.' })
  })

  it('ends when the code does, by the provider’s word or by the clock', async t => {
    const { attempt } = await signIn(t, [json({ error: 'expired_token' })])
    const timeout = { code: 'timeout', message: 'The code for GitHub was not entered in time. Try again to get a new one.' }
    await assert.rejects(attempt.granted, timeout)
    const short = await signIn(t, [], { start: json({ ...code, expires_in: 30 }) })
    await assert.rejects(short.attempt.granted, timeout)
    assert.equal(short.waits.length, 6)
  })

  it('can be cancelled while it waits', async t => {
    const { attempt, controller } = await signIn(t, [pending, response => void response.once('close', () => {})])
    controller.abort()
    await assert.rejects(attempt.granted, { code: 'cancelled' })
    const other = await signIn(t, [])
    other.attempt.close()
    await assert.rejects(other.attempt.granted, { code: 'cancelled' })
  })

  it('says so when the client may not do it', async t => {
    await assert.rejects(signIn(t, [], { start: json({ error: 'device_flow_disabled' }) }), {
      code: 'unauthorized',
      message: /does not allow signing in by code. Turn on its device flow, or add its secret in Settings/,
      action: { kind: 'settings', section: 'clients' },
    })
    await assert.rejects(signIn(t, [], { start: json({ error: 'Not Found' }, 404) }), { code: 'unauthorized' })
  })

  for (const [name, start] of [
    ['an HTML page', (response => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')) satisfies Answer],
    ['no code', json({ ...code, user_code: undefined })],
    ['a page that is none', json({ ...code, verification_uri: 'javascript:alert(1)' })],
    ['HTTP 503', json(code, 503)],
  ] as const)
    it(`says in one sentence that the provider is not available: ${name}`, async t => {
      await assert.rejects(signIn(t, [], { start }), {
        code: 'unavailable',
        message: 'GitHub did not answer as expected. Try again in a few minutes.',
      })
    })

  it('leaves out a complete address that is not of the web', async t => {
    const { attempt } = await signIn(t, [granted], { start: json({ ...code, verification_uri_complete: 'file:///etc/passwd' }) })
    assert.equal(attempt.verificationUriComplete, null)
  })
})
