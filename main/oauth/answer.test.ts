import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { github } from '../../connectors/providers/github.ts'
import { google } from '../../connectors/providers/google.ts'
import { slackBot, slackUser } from '../../connectors/providers/slack.ts'
import { authorize } from './authorize.ts'
import { refresh } from '../../oauth/refresh.ts'
import { revoke, type Withdrawal } from '../../oauth/revoke.ts'
import { exchange, json, tokenEndpoint, type Answer } from './token-server.fixture.ts'

describe('what providers make of the token answer', () => {
  it('reads Slack’s bot grant, whose token type is “bot”', async t => {
    const answer = {
      ok: true,
      access_token: 'xoxb-1',
      token_type: 'bot',
      scope: 'chat:write,channels:read',
      authed_user: { id: 'U1' },
      team: { id: 'T1' },
    }
    const party = await tokenEndpoint(t, slackBot, json(answer))
    assert.deepEqual(await exchange(t, party), {
      accessToken: 'xoxb-1',
      refreshToken: null,
      accessExpiresAt: null,
      refreshExpiresAt: null,
      scopesGranted: ['chat:write', 'channels:read'],
    })
    assert.equal(party.bodies[0]?.get('client_secret'), 'secret')
    assert.equal(party.bodies[0]?.has('code_verifier'), false)
  })

  it('asks Slack for a person’s scopes by their own parameter, and finds the grant inside authed_user', async t => {
    const answer = {
      ok: true,
      authed_user: {
        id: 'U1',
        access_token: 'xoxp-1',
        refresh_token: 'xoxe-1',
        expires_in: 43200,
        token_type: 'user',
        scope: 'search:read',
      },
    }
    const party = await tokenEndpoint(t, slackUser, json(answer))
    const grant = await exchange(t, party)
    assert.deepEqual([grant.accessToken, grant.refreshToken, grant.scopesGranted], ['xoxp-1', 'xoxe-1', ['search:read']])
    assert.ok(party.bodies[0]?.get('code_verifier'))
    assert.equal(party.bodies[0]?.has('client_secret'), false)
    const attempt = await authorize({ ...party, scopes: ['search:read', 'users:read'] })
    t.after(() => attempt.close())
    const { searchParams } = new URL(attempt.authorizationUrl)
    assert.deepEqual([searchParams.get('user_scope'), searchParams.get('scope')], ['search:read,users:read', null])
  })

  it('reads GitHub’s grant with commas between scopes, as JSON or as a form', async t => {
    const fields = { access_token: 'gho_1', scope: 'repo,read:user', token_type: 'bearer' }
    const form: Answer = response =>
      void response
        .writeHead(200, { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' })
        .end(new URLSearchParams(fields).toString())
    for (const answer of [json(fields), form]) {
      const grant = await exchange(t, await tokenEndpoint(t, github, answer))
      assert.deepEqual([grant.accessToken, ...grant.scopesGranted], ['gho_1', 'repo', 'read:user', 'public_repo'])
    }
  })

  it('counts a scope that another one includes', async t => {
    const party = await tokenEndpoint(
      t,
      google,
      json({ access_token: 'a', token_type: 'Bearer', scope: 'openid https://www.googleapis.com/auth/userinfo.email' }),
    )
    assert.deepEqual((await exchange(t, party)).scopesGranted, ['openid', 'https://www.googleapis.com/auth/userinfo.email', 'email'])
  })

  it('does without a token type, a scope or a number that is a number', async t => {
    const party = await tokenEndpoint(
      t,
      google,
      json({ access_token: 'a', expires_in: '3599', refresh_token: '', id_token: 'not.a.token' }),
    )
    const grant = await exchange(t, party, ['x'])
    assert.deepEqual(grant.scopesGranted, ['x'])
    assert.equal(grant.refreshToken, null)
    assert.ok(grant.accessExpiresAt && grant.accessExpiresAt > Date.now() + 3_500_000)
  })

  it('takes an empty scope for what it says: nothing was given of what was asked for', async t => {
    const party = await tokenEndpoint(t, slackBot, json({ ok: true, access_token: 'xoxb-1', token_type: 'bot', scope: '' }))
    assert.deepEqual((await exchange(t, party, ['chat:write'])).scopesGranted, [])
  })

  it('does not take another kind of token for a bearer token', async t => {
    await assert.rejects(exchange(t, await tokenEndpoint(t, google, json({ access_token: 'a', token_type: 'mac' }))), {
      code: 'unavailable',
    })
  })

  for (const [provider, body, message] of [
    [
      github,
      { error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' },
      /used already or took too long/,
    ],
    [github, { error: 'incorrect_client_credentials' }, /does not accept the OAuth client/],
    [github, { error: 'redirect_uri_mismatch' }, /redirect address/],
    [slackBot, { ok: false, error: 'invalid_code' }, /used already or took too long/],
    [slackBot, { ok: false, error: 'bad_client_secret' }, /does not accept the OAuth client/],
    [slackBot, { ok: false }, /refused the sign-in/],
  ] as const)
    it(`sees an error behind HTTP 200: ${provider.name} ${JSON.stringify(body)}`, async t => {
      await assert.rejects(exchange(t, await tokenEndpoint(t, provider, json(body))), { name: 'AppError', code: 'unauthorized', message })
    })

  const bomb = gzipSync(Buffer.alloc(100_000_000, 'x'))
  const broken: [string, Answer][] = [
    ['an HTML page', response => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Maintenance</html>')],
    ['HTTP 500', response => void response.writeHead(500).end('oops')],
    ['HTTP 503 with an OAuth error', json({ error: 'invalid_grant' }, 503)],
    ['HTTP 429', json({ error: 'invalid_grant' }, 429)],
    ['nothing', response => void response.socket?.destroy()],
    ['an empty body', response => void response.writeHead(200).end()],
    ['a JSON list', json([1, 2])],
    ['no token', json({ token_type: 'bearer' })],
    ['a redirect', response => void response.writeHead(302, { location: 'https://attacker.example/' }).end()],
    [
      'half an answer',
      response => void response.writeHead(200, { 'content-length': '1000' }).write('{"access_token":"a"', () => response.socket?.destroy()),
    ],
    [
      'endless data',
      response => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const more = () => response.write('x'.repeat(65_536), error => !error && !response.destroyed && setImmediate(more))
        more()
      },
    ],
    [
      'a few kilobytes that become 100 MB',
      response => void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
    ],
  ]
  for (const [name, answer] of broken) {
    it(`says in one sentence that the provider is not available: ${name}`, async t => {
      const party = await tokenEndpoint(t, github, answer)
      await assert.rejects(exchange(t, party), {
        name: 'AppError',
        code: 'unavailable',
        message: 'GitHub did not answer as expected. Try again in a few minutes.',
        action: { kind: 'retry' },
      })
      assert.equal(party.bodies.length, 1, 'asked once')
    })
    it(`does not take it for a withdrawn grant while refreshing: ${name}`, async t => {
      const party = await tokenEndpoint(t, github, answer)
      assert.equal((await refresh({ ...party, refreshToken: 'r', scopes: [] })).kind, 'unclear')
      assert.equal(party.bodies.length, 1, 'asked once')
    })
  }

  it('gives up on a server that never answers', async t => {
    const party = await tokenEndpoint(t, github, () => {})
    const answer = await refresh({ ...party, refreshToken: 'r', scopes: [], limitMs: 40 })
    assert.deepEqual([answer.kind, 'reason' in answer && answer.reason], ['unclear', 'no answer within 0 s'])
  })

  it('gives up on a server that answers byte by byte', async t => {
    const party = await tokenEndpoint(t, github, response => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 5)
      response.once('close', () => clearInterval(drip))
    })
    const answer = await refresh({ ...party, refreshToken: 'r', scopes: [], limitMs: 60 })
    assert.deepEqual([answer.kind, 'reason' in answer && answer.reason], ['unclear', 'no answer within 0 s'])
  })

  it('knows that nothing was sent when nobody is there', async t => {
    const party = await tokenEndpoint(t, github, () => {})
    const gone = createServer()
    await new Promise<void>(done => gone.listen(0, '127.0.0.1', done))
    const address = gone.address()
    await new Promise(done => gone.close(done))
    const nowhere = {
      ...party.server,
      tokenEndpoint: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/token`,
    }
    assert.equal((await refresh({ ...party, server: nowhere, refreshToken: 'r', scopes: [] })).kind, 'notSent')
  })

  for (const [provider, body, kind] of [
    [google, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }, 'refused'],
    [slackBot, { ok: false, error: 'invalid_refresh_token' }, 'refused'],
    [slackBot, { ok: false, error: 'token_revoked' }, 'refused'],
    [github, { error: 'bad_refresh_token' }, 'refused'],
    [google, { error: 'invalid_client' }, 'misconfigured'],
    [google, { error: 'unauthorized_client' }, 'misconfigured'],
    [google, { error: 'invalid_scope' }, 'misconfigured'],
    [slackBot, { ok: false, error: 'ratelimited' }, 'unclear'],
    [google, { error: 'temporarily_unavailable' }, 'unclear'],
  ] as const)
    it(`classifies ${provider.name}’s ${body.error} as ${kind}`, async t => {
      const party = await tokenEndpoint(t, provider, json(body, provider === google ? 400 : 200))
      assert.equal((await refresh({ ...party, refreshToken: 'r', scopes: [] })).kind, kind)
    })

  it('counts a grant as revoked only when the provider said so', async t => {
    const tokens = { accessToken: 'a', refreshToken: 'r' }
    const rows: [Answer, Withdrawal][] = [
      [response => void response.writeHead(200).end(), 'ended'],
      [json({ ok: true, revoked: true }), 'ended'],
      [json({ ok: false, error: 'not_allowed' }), 'unconfirmed'],
      [json({ error: 'invalid_token' }, 400), 'ended'],
      [json({ error: 'unsupported_token_type' }, 400), 'unconfirmed'],
      [response => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'), 'unconfirmed'],
      [response => void response.writeHead(500).end(), 'unconfirmed'],
      [response => void response.socket?.destroy(), 'unconfirmed'],
      [(response, _, body) => void response.writeHead(body.get('token') === 'a' ? 200 : 400).end(), 'unconfirmed'],
    ]
    for (const [answer, expected] of rows) assert.equal(await revoke({ ...(await tokenEndpoint(t, google, answer)), ...tokens }), expected)
    const { server, ...party } = await tokenEndpoint(t, google, json({}))
    assert.equal(await revoke({ ...party, server: { ...server, revocationEndpoint: undefined }, ...tokens }), 'impossible')
  })
})
