import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { github } from '../../connectors/providers/github.ts'
import { redirectUris } from '../../core/oauth-client.ts'
import { authorize, type AuthorizeOptions } from './authorize.ts'
import { freePort } from './token-server.fixture.ts'
import { basicClient, giveConsent, postClient, publicClient, startAuthorizationServer } from '../../oauth/oidc.fixture.ts'
import { refresh } from '../../oauth/refresh.ts'
import { revoke } from '../../oauth/revoke.ts'

const scopes = ['openid', 'offline_access', 'tickets:read']

async function start(t: TestContext, options: AuthorizeOptions) {
  const attempt = await authorize(options)
  t.after(() => attempt.close())
  return attempt
}

describe('authorizing with a certified provider', () => {
  for (const [name, client, clientAuthentication] of [
    ['without a secret', publicClient, 'none'],
    ['with the secret as basic authentication', basicClient, 'client_secret_basic'],
    ['with the secret in the body', postClient, 'client_secret_post'],
  ] as const)
    it(`gets a grant ${name}, refreshes and revokes it`, async t => {
      const { party, isActive } = await startAuthorizationServer(t)
      const who = party(client, { clientAuthentication })
      const before = Date.now()
      const attempt = await start(t, { ...who, scopes })
      assert.match(attempt.redirectUri, /^http:\/\/127\.0\.0\.1:\d+\/callback$/)
      const url = new URL(attempt.authorizationUrl)
      assert.equal(url.searchParams.get('code_challenge_method'), 'S256')
      assert.equal(url.searchParams.get('redirect_uri'), attempt.redirectUri)

      const tab = fetch(await giveConsent(attempt.authorizationUrl))
      await attempt.returned
      const grant = await attempt.exchange()
      attempt.finish({ outcome: 'connected', title: 'Tickets is connected', text: 'As ada.' })
      const page = await tab
      assert.equal(page.status, 200)
      assert.match(await page.text(), /Tickets is connected/)
      assert.deepEqual(grant.scopesGranted, scopes)
      assert.ok(grant.refreshToken && (await isActive(grant.accessToken)))
      assert.ok(grant.accessExpiresAt && grant.accessExpiresAt >= before + 590_000 && grant.accessExpiresAt <= Date.now() + 600_000)

      const renewed = await refresh({ ...who, refreshToken: grant.refreshToken, scopes })
      assert.ok(renewed.kind === 'granted' && renewed.grant.refreshToken)
      assert.notEqual(renewed.grant.refreshToken, grant.refreshToken)
      assert.notEqual(renewed.grant.accessToken, grant.accessToken)

      assert.equal(await revoke({ ...who, ...renewed.grant }), 'ended')
      assert.equal(await isActive(renewed.grant.accessToken), false)
      assert.equal((await refresh({ ...who, refreshToken: renewed.grant.refreshToken, scopes })).kind, 'refused')
    })

  it('is refused for good when a used refresh token is sent again', async t => {
    const { party } = await startAuthorizationServer(t)
    const attempt = await start(t, { ...party(), scopes })
    void fetch(await giveConsent(attempt.authorizationUrl)).catch(() => {})
    const { refreshToken } = await attempt.exchange()
    assert.ok(refreshToken)
    const renewed = await refresh({ ...party(), refreshToken, scopes })
    assert.ok(renewed.kind === 'granted' && renewed.grant.refreshToken)
    assert.equal((await refresh({ ...party(), refreshToken, scopes })).kind, 'refused')
    assert.equal((await refresh({ ...party(), refreshToken: renewed.grant.refreshToken, scopes })).kind, 'refused')
  })

  it('tells a wrong client from a withdrawn grant', async t => {
    const { party } = await startAuthorizationServer(t)
    const wrong = party({ clientId: 'post', clientSecret: 'wrong' }, { clientAuthentication: 'client_secret_post' })
    assert.equal((await refresh({ ...wrong, refreshToken: 'x', scopes })).kind, 'misconfigured')
    const attempt = await start(t, { ...wrong, scopes })
    void fetch(await giveConsent(attempt.authorizationUrl)).catch(() => {})
    await assert.rejects(attempt.exchange(), { code: 'unauthorized', action: { kind: 'settings', section: 'clients' } })
  })

  it('ends as cancelled when the user refuses, and says so in the tab', async t => {
    const { party } = await startAuthorizationServer(t)
    const attempt = await start(t, { ...party(), scopes })
    const tab = fetch(await giveConsent(attempt.authorizationUrl, 'refuse'))
    await assert.rejects(attempt.returned, { code: 'cancelled', message: 'You did not give access to Tickets. Nothing was connected.' })
    attempt.finish({ outcome: 'failed', title: 'Tickets is not connected', text: 'You did not give access.' })
    assert.match(await (await tab).text(), /Tickets is not connected/)
    await attempt.close()
  })

  it('ends after its time, and listens no longer', async t => {
    const { party } = await startAuthorizationServer(t)
    const attempt = await start(t, { ...party(), scopes, limitMs: 30 })
    await assert.rejects(attempt.returned, { code: 'timeout' })
    await attempt.close()
    await assert.rejects(fetch(attempt.redirectUri))
  })

  it('ends when it is cancelled, before or during the way through the browser', async t => {
    const { party } = await startAuthorizationServer(t)
    const controller = new AbortController()
    const attempt = await start(t, { ...party(), scopes, signal: controller.signal })
    controller.abort()
    await assert.rejects(attempt.returned, { code: 'cancelled' })
    await attempt.close()
    await assert.rejects(authorize({ ...party(), scopes, signal: controller.signal }), { code: 'cancelled' })
  })

  it('runs two attempts side by side, each with its own address and secrets', async t => {
    const { party } = await startAuthorizationServer(t)
    const attempts = await Promise.all([start(t, { ...party(), scopes }), start(t, { ...party(), scopes })])
    const [one, two] = attempts.map(({ authorizationUrl }) => new URL(authorizationUrl).searchParams)
    for (const name of ['state', 'code_challenge', 'redirect_uri']) assert.notEqual(one?.get(name), two?.get(name))
    await Promise.all(
      attempts.map(async attempt => {
        void fetch(await giveConsent(attempt.authorizationUrl)).catch(() => {})
        assert.ok((await attempt.exchange()).accessToken)
      }),
    )
  })

  it('complaint 5: takes the next port of a provider’s list, and says which ports it needs when none is free', async t => {
    const { party } = await startAuthorizationServer(t)
    const squatters = [createServer(), createServer()]
    for (const [index, squatter] of squatters.entries()) {
      // The second one holds the other family only: the browser may well ask it first.
      await new Promise<void>(done => squatter.listen(0, index === 0 ? '127.0.0.1' : '::1', done))
      t.after(() => void squatter.close())
    }
    const taken = squatters.map(server => server.address()).map(address => (typeof address === 'object' && address ? address.port : 0))
    const port = await freePort()
    const attempt = await start(t, {
      ...party(publicClient, { redirect: { host: 'localhost', path: '/callback', ports: [...taken, port] } }),
      scopes,
    })
    assert.equal(attempt.redirectUri, `http://localhost:${port}/callback`)
    await attempt.close()
    await assert.rejects(
      authorize({ ...party(publicClient, { redirect: { host: 'localhost', path: '/callback', ports: taken } }), scopes }),
      {
        code: 'unavailable',
        message: new RegExp(taken.join(', ')),
      },
    )
  })

  for (const ignoresPorts of [true, false])
    it(`complaint 5: comes back from a provider that ${ignoresPorts ? 'ignores' : 'compares'} the port of the registered address`, async t => {
      const port = await freePort()
      const redirect = { host: '127.0.0.1', path: '/callback', ports: ignoresPorts ? [] : [port] } as const
      const [registered = ''] = redirectUris({ ...github, redirect })
      assert.equal(registered, ignoresPorts ? 'http://127.0.0.1/callback' : `http://127.0.0.1:${port}/callback`)
      const { party } = await startAuthorizationServer(t, { redirectUris: [registered], ignoresPorts })
      const attempt = await start(t, { ...party(publicClient, { redirect }), scopes })
      if (!ignoresPorts) assert.equal(attempt.redirectUri, registered)
      void fetch(await giveConsent(attempt.authorizationUrl)).catch(() => {})
      assert.ok((await attempt.exchange()).accessToken)
    })

  it('complaint 5: an address that is not registered ends on the provider’s page, before anyone agrees', async t => {
    const { party } = await startAuthorizationServer(t, { redirectUris: ['http://127.0.0.1:1/callback'], ignoresPorts: false })
    const attempt = await start(t, { ...party(), scopes })
    await assert.rejects(giveConsent(attempt.authorizationUrl), /redirect_uri/)
  })
})
