import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, it } from 'node:test'
import { providers } from '../../connectors/providers/index.ts'
import type { Provider } from '../../core/provider.ts'
import { refresh } from '../../oauth/refresh.ts'
import { revoke } from '../../oauth/revoke.ts'
import { authorize } from './authorize.ts'
import { exchange, json, tokenEndpoint } from './token-server.fixture.ts'

function known(id: string): Provider {
  const provider = providers[id]
  assert.ok(provider, id)
  return provider
}

const token = (more: object) => json({ access_token: 'a', token_type: 'bearer', ...more })

describe('Slack', () => {
  it('gives a renewed person’s token at the top, where at first it was inside authed_user', async t => {
    const party = await tokenEndpoint(
      t,
      known('slack'),
      json({ ok: true, access_token: 'xoxe.xoxp-2', refresh_token: 'xoxe-2', token_type: 'user' }),
    )
    const answer = await refresh({ ...party, refreshToken: 'xoxe-1', scopes: ['search:read'] })
    assert.ok(answer.kind === 'granted')
    assert.deepEqual([answer.grant.accessToken, answer.grant.refreshToken], ['xoxe.xoxp-2', 'xoxe-2'])
  })

  it('does not pass the bot’s token off as the person’s', async t => {
    const body = { ok: true, access_token: 'xoxb-1', token_type: 'bot', authed_user: { id: 'U1' } }
    const party = await tokenEndpoint(t, known('slack'), json(body))
    await assert.rejects(exchange(t, party), { code: 'unavailable', details: /no access token/ })
  })

  for (const error of ['invalid_refresh_token', 'token_revoked'])
    it(`ends a grant with ${error} behind HTTP 200, and no other provider does so`, async t => {
      const answers = await Promise.all(
        ['slack', 'google'].map(async id => {
          const party = await tokenEndpoint(t, known(id), json({ ok: false, error }))
          return (await refresh({ ...party, refreshToken: 'r', scopes: [] })).kind
        }),
      )
      assert.deepEqual(answers, ['refused', 'unclear'])
    })
})

describe('TikTok', () => {
  it('says errors as an object with HTTP 200', async t => {
    const party = await tokenEndpoint(
      t,
      known('tiktok'),
      json({ error: { code: 'invalid_grant', message: 'Refresh token is expired', log_id: '1' } }),
    )
    assert.deepEqual(await refresh({ ...party, refreshToken: 'r', scopes: [] }), {
      kind: 'refused',
      reason: 'invalid_grant: Refresh token is expired',
    })
  })

  it('calls the client by its key in every request', async t => {
    const party = await tokenEndpoint(t, known('tiktok'), token({ refresh_token: 'r', expires_in: 86_400 }))
    await exchange(t, party)
    await refresh({ ...party, refreshToken: 'r', scopes: [] })
    await revoke({ ...party, accessToken: 'a', refreshToken: 'r' })
    assert.deepEqual(
      party.bodies.map(body => [body.get('client_key'), body.has('client_id')]),
      Array.from({ length: 3 }, () => ['client', false]),
    )
  })
})

describe('HubSpot', () => {
  it('says that a refresh token is dead by a word of its own', async t => {
    const party = await tokenEndpoint(
      t,
      known('hubspot'),
      json({ status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token' }, 400),
    )
    assert.deepEqual(await refresh({ ...party, refreshToken: 'r', scopes: [] }), {
      kind: 'refused',
      reason: 'BAD_REFRESH_TOKEN: missing or invalid refresh token',
    })
  })

  it('stays installed after its token is taken back, which is said, and the token in the address is in no error', async t => {
    const gone = { ...(await tokenEndpoint(t, known('hubspot'), (_, request) => void request.socket.destroy())) }
    const tokens = { accessToken: 'hub-access-token', refreshToken: 'hub-refresh-token' }
    const paths: string[] = []
    const party = await tokenEndpoint(t, known('hubspot'), (response, request) => {
      paths.push(`${request.method} ${request.url}`)
      response.writeHead(204).end()
    })
    const at = (origin: string) => ({ ...party, server: { ...party.server, revocationEndpoint: `${origin}/refresh-tokens/{token}` } })
    assert.equal(await revoke({ ...at(new URL(party.server.tokenEndpoint).origin), ...tokens }), 'tokenOnly')
    assert.deepEqual(paths, ['DELETE /refresh-tokens/hub-refresh-token'])
    const outcome = await revoke({ ...at(new URL(gone.server.tokenEndpoint).origin), ...tokens }).catch((error: unknown) => error)
    assert.equal(outcome, 'unconfirmed')
    assert.ok(!inspect(outcome, { depth: 9 }).includes('hub-'))
  })
})

describe('Salesforce', () => {
  it('tells where the account’s API is', async t => {
    const party = await tokenEndpoint(t, known('salesforce'), token({ instance_url: 'https://acme.my.salesforce.com' }))
    assert.deepEqual((await exchange(t, party)).facts, { instanceUrl: 'https://acme.my.salesforce.com' })
  })

  for (const address of [
    'https://salesforce.com.evil.example',
    'http://acme.my.salesforce.com',
    'https://acme.my.salesforce.com@evil.example',
    'https://acme.my.salesforce.com/x',
    7,
  ])
    it(`is not believed that it is at ${address}`, async t => {
      const party = await tokenEndpoint(t, known('salesforce'), token({ instance_url: address }))
      assert.deepEqual((await exchange(t, party)).facts, {})
    })
})

describe('monday.com', () => {
  const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`

  it('says when the access ends in the token itself', async t => {
    const party = await tokenEndpoint(t, known('monday'), token({ access_token: jwt({ exp: 4_000_000_000, note: 'ÿ>?' }) }))
    assert.equal((await exchange(t, party)).accessExpiresAt, 4_000_000_000_000)
  })

  for (const odd of ['no.jwt', 'opaque', jwt({ exp: 'soon' }), jwt([])])
    it(`may say nothing of it: ${odd}`, async t => {
      const party = await tokenEndpoint(t, known('monday'), token({ access_token: odd }))
      assert.equal((await exchange(t, party)).accessExpiresAt, null)
    })
})

describe('Shopify', () => {
  const signed = (parameters: Record<string, string>, secret = 'secret') => {
    const message = Object.entries(parameters)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(pair => pair.join('='))
      .join('&')
    return createHmac('sha256', secret).update(message).digest('hex')
  }

  type Returned = { code: string; shop: string; state: string; timestamp: string }

  async function comeBack(t: Parameters<typeof tokenEndpoint>[0], sign: (parameters: Returned) => Record<string, string>) {
    const party = { ...(await tokenEndpoint(t, known('shopify'), token({ scope: 'read_products' }))), facts: { shop: 'acme' } }
    const attempt = await authorize({ ...party, scopes: ['read_products'] })
    t.after(() => attempt.close())
    const state = new URL(attempt.authorizationUrl).searchParams.get('state') ?? ''
    const url = new URL(attempt.redirectUri)
    url.search = new URLSearchParams(sign({ code: 'code', shop: 'acme.myshopify.com', state, timestamp: '1790000000' })).toString()
    void fetch(url).catch(() => {})
    return attempt.exchange()
  }

  it('is believed when the return is signed', async t => {
    assert.equal((await comeBack(t, returned => ({ ...returned, hmac: signed(returned) }))).accessToken, 'a')
  })

  const evil = { shop: 'evil.myshopify.com' }
  for (const [name, sign] of [
    ['is changed', (returned: Returned) => ({ ...returned, hmac: signed(returned), code: 'other' })],
    ['has no signature', (returned: Returned) => returned],
    ['is signed by another secret', (returned: Returned) => ({ ...returned, hmac: signed(returned, 'x') })],
    ['is of another shop', (returned: Returned) => ({ ...returned, ...evil, hmac: signed({ ...returned, ...evil }) })],
  ] as const)
    it(`is refused when the return ${name}`, async t => {
      await assert.rejects(comeBack(t, sign), { code: 'unauthorized', message: /did not come from Shopify/ })
    })
})

describe('GitHub', () => {
  it('cannot be asked to withdraw access by a client without a secret', async t => {
    const party = await tokenEndpoint(t, known('github'), json({}))
    assert.equal(await revoke({ ...party, client: { clientId: 'client' }, accessToken: 'a', refreshToken: null }), 'impossible')
    assert.equal(party.bodies.length, 0)
  })
})

describe('Microsoft', () => {
  it('is asked again for the scopes with each refresh, and has its sibling token kept', async t => {
    const party = await tokenEndpoint(t, known('microsoft'), token({ refresh_token: 'sibling', expires_in: 3600 }))
    const answer = await refresh({ ...party, refreshToken: 'first', scopes: ['Mail.Read'] })
    assert.equal(party.bodies[0]?.get('scope'), 'Mail.Read offline_access')
    assert.ok(answer.kind === 'granted' && answer.grant.refreshToken === 'sibling')
    assert.equal(await revoke({ ...party, accessToken: 'a', refreshToken: 'r' }), 'impossible')
  })
})
