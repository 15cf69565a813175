import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { Provider as OpenIdProvider } from 'oidc-provider'
import { sql } from 'kysely'
import { readConfig } from '../config.ts'
import { openRelayDatabase } from '../database.ts'
import { databases, joinAs, linkIn, setUp, startTestRelay, type Browser, type DatabaseKind } from '../relay.fixture.ts'

const signingKey = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }

/** A certified OpenID provider on loopback. The account that signs in is the e-mail that was typed; those of `unverified` are not confirmed. */
async function startIdentityProvider(t: TestContext, redirectUri: () => string) {
  const server = createServer((request, response) => answer(request, response))
  let answer: ReturnType<OpenIdProvider['callback']> = (_, response) => void response.end()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const start = () => {
    const openId = new OpenIdProvider(issuer, {
      async findAccount(_: unknown, id: string) {
        return {
          accountId: id,
          claims: async () => ({ sub: `subject of ${id}`, email: id, email_verified: !id.startsWith('unverified'), name: 'Known There' }),
        }
      },
      clients: [
        {
          client_id: 'relay',
          client_secret: 'secret-of-the-relay',
          redirect_uris: [redirectUri()],
          grant_types: ['authorization_code'],
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      // The claims in the id token, as large providers have them.
      conformIdTokenClaims: false,
      pkce: { required: () => true },
      ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, Session: 3600, Interaction: 600, IdToken: 600 },
      features: { devInteractions: { enabled: true } },
      cookies: { keys: ['test'] },
      jwks: {
        keys: [signingKey],
      },
    })
    answer = openId.callback()
  }
  return { issuer, start }
}

/** Goes through the provider's own pages: signing in with an e-mail, then agreeing. Gives the address that leads back to the relay. */
async function signInThere(address: string, issuer: string, email: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = address
  let form: URLSearchParams | null = null
  for (let step = 0; step < 20; step++) {
    const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
    const response: Response = await fetch(url, { redirect: 'manual', headers, ...(form && { method: 'POST', body: form }) })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location) {
      const next = new URL(location, url).href
      if (!next.startsWith(issuer)) return next
      ;[url, form] = [next, null]
      continue
    }
    const page = await response.text()
    const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1]
    assert.ok(action, `a page of the provider has a form: ${response.status} ${page.slice(0, 500)}`)
    url = new URL(action, url).href
    form = page.includes('name="login"')
      ? new URLSearchParams({ prompt: 'login', login: email, password: 'any' })
      : new URLSearchParams({ prompt: 'consent' })
  }
  throw new Error('The provider did not come to an end.')
}

async function open(t: TestContext, kind: DatabaseKind) {
  let relayUrl = ''
  const provider = await startIdentityProvider(t, () => `${relayUrl}/auth/callback/oidc`)
  const oidc = {
    RELAY_OIDC_ISSUER: provider.issuer,
    RELAY_OIDC_CLIENT_ID: 'relay',
    RELAY_OIDC_CLIENT_SECRET: 'secret-of-the-relay',
    RELAY_OIDC_NAME: 'Example ID',
  }
  const relay = await startTestRelay(t, { kind, settings: oidc })
  relayUrl = relay.url
  provider.start()
  const owner = await setUp(relay)
  /** Signs in with the provider and comes back. */
  async function arrive(browser: Browser, email: string, next = '') {
    const { location } = await browser.get(`/sign-in/oidc?next=${encodeURIComponent(next)}`)
    const back = await signInThere(location ?? '', provider.issuer, email)
    return { back, page: await browser.get(back) }
  }
  return { relay, owner, provider, arrive }
}

for (const kind of databases)
  describe(`signing in with an OpenID provider, on ${kind}`, { concurrency: true }, () => {
    it('lets in whom an admin invited, with the role they were given, and goes on where they wanted to go', async t => {
      const { relay, owner, arrive } = await open(t, kind)
      await owner.post('/members/invite', { email: 'ida@example.com', role: 'editor' })
      const browser = relay.browser()
      const { page } = await arrive(browser, 'ida@example.com', '/members')
      assert.equal(page.url.pathname, '/members')
      assert.match((await browser.get('/account')).text, /Known There<\/strong> \(ida@example\.com\), an editor of/)
      await browser.post('/sign-out', {})
      await arrive(browser, 'ida@example.com')
      assert.match((await browser.get('/account')).text, /ida@example\.com/, 'and again, without an invitation')
    })

    it('knows a member who has a password by the same confirmed e-mail', async t => {
      const { relay, owner, arrive } = await open(t, kind)
      await joinAs(relay, owner, { email: 'eddy@example.com', role: 'viewer', name: 'Eddy' })
      const browser = relay.browser()
      await arrive(browser, 'eddy@example.com')
      assert.match((await browser.get('/account')).text, /<strong>Eddy<\/strong> \(eddy@example\.com\), a viewer/)
    })

    it('leaves out who was not invited, was removed, or has an e-mail that is not confirmed', async t => {
      const { relay, owner, arrive } = await open(t, kind)
      for (const email of ['unverified-ida@example.com', 'unverified-eddy@example.com'])
        linkIn(await owner.post('/members/invite', { email, role: 'admin' }))
      const secret = linkIn(await owner.post('/members/invite', { email: 'unverified-eddy@example.com', role: 'admin' }))
      await relay.browser().post('/invitation', { token: secret, name: 'Eddy', password: 'eddy has a password' })
      await joinAs(relay, owner, { email: 'vera@example.com', role: 'viewer' })
      const id =
        (await owner.get('/members')).text
          .split('<tr>')
          .find(row => row.includes('vera@'))
          ?.match(/name="id" value="([^"]+)"/)?.[1] ?? ''
      await owner.post('/members/remove', { id })
      for (const email of ['stranger@example.com', 'unverified-ida@example.com', 'unverified-eddy@example.com', 'vera@example.com']) {
        const browser = relay.browser()
        const { page } = await arrive(browser, email)
        assert.deepEqual([page.url.pathname, page.status], ['/sign-in', 403], email)
        assert.match(page.text, /Example ID did not sign you in\. Ask an admin to invite/)
        assert.equal((await browser.get('/account')).url.pathname, '/sign-in', email)
      }
    })

    it('takes an answer once, in the browser that asked, and keeps none of the provider’s tokens', async t => {
      const { relay, owner, arrive } = await open(t, kind)
      await owner.post('/members/invite', { email: 'ida@example.com', role: 'editor' })
      const browser = relay.browser()
      const { back } = await arrive(browser, 'ida@example.com')
      await browser.post('/sign-out', {})
      for (const other of [browser, relay.browser()]) {
        await other.get(back)
        assert.equal((await other.get('/account')).url.pathname, '/sign-in')
      }
      await relay.close()
      const { database, close } = await openRelayDatabase(readConfig(relay.settings))
      t.after(close)
      const rows = await database.query(sql`select "accessToken", "refreshToken", "idToken" from accounts where "providerId" = 'oidc'`)
      assert.deepEqual(
        rows.map(row => ({ ...row })),
        [{ accessToken: null, refreshToken: null, idToken: null }],
      )
      const code = new URL(back).searchParams.get('code') ?? ''
      assert.ok(code.length > 10 && !relay.lines.join('').includes(code))
    })
  })

describe('an OpenID provider that does not answer', () => {
  it('keeps nobody from signing in with a password', async t => {
    const silent = createServer(() => {})
    await new Promise<void>(done => silent.listen(0, '127.0.0.1', done))
    t.after(() => {
      silent.closeAllConnections()
      silent.close()
    })
    const address = silent.address()
    const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    const relay = await startTestRelay(t, { settings: { RELAY_OIDC_ISSUER: issuer, RELAY_OIDC_CLIENT_ID: 'relay' } })
    const owner = await setUp(relay)
    assert.match((await owner.get('/account')).text, /Olga Owner/)
  })
})
