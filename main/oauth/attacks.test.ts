import assert from 'node:assert/strict'
import { createServer, request, type OutgoingHttpHeaders } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { authorize, type AuthorizeOptions } from './authorize.ts'
import { giveConsent, startAuthorizationServer } from '../../oauth/oidc.fixture.ts'

const scopes = ['openid', 'tickets:read']

async function start(t: TestContext, options: AuthorizeOptions) {
  const attempt = await authorize(options)
  t.after(() => attempt.close())
  let over = false
  attempt.returned.then(
    () => (over = true),
    () => (over = true),
  )
  const state = new URL(attempt.authorizationUrl).searchParams.get('state') ?? ''
  return { attempt, state, isOver: () => over }
}

/** A request as an attacker's program can make it, byte for byte. */
function raw(
  redirectUri: string,
  { path, method = 'GET', headers = {} }: { path: string; method?: string; headers?: OutgoingHttpHeaders },
) {
  const { hostname, port, host } = new URL(redirectUri)
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers: { host, ...headers }, agent: false }, async response => {
      let text = ''
      for await (const chunk of response) text += String(chunk)
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('attacks on a sign-in', () => {
  it('refuses what is not the awaited return, and the real one still works after all of it', async t => {
    const { party } = await startAuthorizationServer(t)
    const { attempt, state, isOver } = await start(t, { ...party(), scopes })
    const { redirectUri } = attempt
    const { host } = new URL(redirectUri)
    const good = `/callback?code=stolen&state=${state}`
    const attacks: Record<string, Parameters<typeof raw>[1]> = {
      'a forged state': { path: '/callback?code=stolen&state=guess' },
      'no state': { path: '/callback?code=stolen' },
      'an empty state': { path: '/callback?code=stolen&state=' },
      'a forged error': { path: '/callback?error=access_denied&state=guess' },
      'a state given twice': { path: `${good}&state=${state}` },
      'a code given twice': { path: `${good}&code=other` },
      'another path': { path: `/other?code=stolen&state=${state}` },
      'a path below': { path: `/callback/?code=stolen&state=${state}` },
      'a path with two slashes': { path: `//callback?code=stolen&state=${state}` },
      'a path by detour': { path: `/x/../callback?code=stolen&state=${state}` },
      'a path in capitals': { path: `/CALLBACK?code=stolen&state=${state}` },
      'an absolute address': { path: `http://${host}/callback?code=stolen&state=${state}` },
      'another Host': { path: good, headers: { host: 'attacker.example' } },
      'a Host by another name': { path: good, headers: { host: host.replace('127.0.0.1', 'localhost') } },
      'a Host without the port': { path: good, headers: { host: '127.0.0.1' } },
      'a POST': { path: good, method: 'POST' },
      'a HEAD': { path: good, method: 'HEAD' },
      'an OPTIONS': { path: good, method: 'OPTIONS', headers: { origin: 'https://attacker.example' } },
      'an image in another page': { path: good, headers: { 'sec-fetch-dest': 'image', 'sec-fetch-mode': 'no-cors' } },
      'a frame in another page': { path: good, headers: { 'sec-fetch-dest': 'iframe', 'sec-fetch-mode': 'navigate' } },
    }
    for (const [name, attack] of Object.entries(attacks)) {
      const answer = await raw(redirectUri, attack)
      assert.ok(answer.status >= 400 && answer.status < 500, `${name}: ${answer.status}`)
      assert.ok(!answer.text.includes('stolen') && !answer.text.includes(state), `${name} is not echoed`)
      assert.equal(answer.headers['access-control-allow-origin'], undefined)
      assert.equal(isOver(), false, `${name} does not end the attempt`)
    }
    const tab = fetch(await giveConsent(attempt.authorizationUrl))
    assert.ok((await attempt.exchange()).accessToken)
    attempt.finish({ outcome: 'connected', title: 'Done', text: '' })
    assert.equal((await tab).status, 200)
  })

  it('never redirects and runs nothing that came with the address', async t => {
    const { party } = await startAuthorizationServer(t)
    const { attempt, state } = await start(t, { ...party(), scopes })
    const evil = encodeURIComponent('https://attacker.example/')
    const script = encodeURIComponent('"><script>alert(1)</script>')
    const path = `/callback?error=access_denied&error_description=${script}&state=${state}&iss=${encodeURIComponent(party().provider.issuer ?? '')}&redirect_uri=${evil}&next=${evil}&returnTo=${evil}`
    const tab = raw(attempt.redirectUri, { path })
    await assert.rejects(attempt.returned, { code: 'cancelled' })
    attempt.finish({ outcome: 'failed', title: 'Not <connected>', text: '"><script>alert(1)</script>' })
    const answer = await tab
    assert.equal(answer.headers['location'], undefined)
    assert.equal(answer.headers['refresh'], undefined)
    assert.ok(!answer.text.includes('attacker.example'))
    assert.ok(!answer.text.includes('<script>alert'))
    assert.ok(!/(src|href|url)\s*[=(]/i.test(answer.text), 'the page loads nothing')
    assert.match(String(answer.headers['content-security-policy']), /^default-src 'none'; .*frame-ancestors 'none'/)
    assert.ok(!String(answer.headers['content-security-policy']).includes('unsafe'))
    assert.equal(answer.headers['referrer-policy'], 'no-referrer')
    assert.equal(answer.headers['cache-control'], 'no-store')
  })

  it('takes one return only: a second one is refused while the first is worked on, and after it', async t => {
    const { party } = await startAuthorizationServer(t)
    const { attempt } = await start(t, { ...party(), scopes })
    const callback = await giveConsent(attempt.authorizationUrl)
    const tab = fetch(callback)
    await attempt.returned
    const repeated = await fetch(callback)
    assert.equal(repeated.status, 410)
    assert.match(await repeated.text(), /This sign-in is over/)
    const grant = await attempt.exchange()
    assert.equal((await fetch(callback)).status, 410)
    attempt.finish({ outcome: 'connected', title: 'Done', text: '' })
    assert.equal((await tab).status, 200)
    await attempt.close()
    await assert.rejects(fetch(callback), 'nobody listens any more')
    assert.ok(grant.accessToken)
  })

  it('refuses a replayed code, and the provider ends what the first use gave', async t => {
    const { party, isActive } = await startAuthorizationServer(t)
    const first = await start(t, { ...party(), scopes })
    const code = new URL(await giveConsent(first.attempt.authorizationUrl)).searchParams.get('code') ?? ''
    const deliver = ({ attempt, state }: typeof first) => {
      const url = new URL(attempt.redirectUri)
      url.search = new URLSearchParams({ code, state, iss: party().provider.issuer ?? '' }).toString()
      void fetch(url).catch(() => {})
    }
    deliver(first)
    const { accessToken } = await first.attempt.exchange()
    assert.equal(await isActive(accessToken), true)

    const second = await start(t, { ...party(), scopes })
    deliver(second)
    await assert.rejects(second.attempt.exchange(), { code: 'unauthorized', message: /used already or took too long/ })
    await assert.rejects(first.attempt.exchange(), { code: 'unauthorized' }, 'not even with its own verifier')
    assert.equal(await isActive(accessToken), false)
  })

  it('refuses a code that was issued to another attempt, even with the right state', async t => {
    const { party } = await startAuthorizationServer(t)
    const attacker = await start(t, { ...party(), scopes })
    const victim = await start(t, { ...party(), scopes })
    const injected = new URL(await giveConsent(attacker.attempt.authorizationUrl))
    const url = new URL(victim.attempt.redirectUri)
    url.search = injected.search
    url.searchParams.set('state', victim.state)
    void fetch(url).catch(() => {})
    await assert.rejects(victim.attempt.exchange(), { code: 'unauthorized' })
  })

  for (const [name, change] of [
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://attacker.example')],
    ['no issuer', (url: URL) => url.searchParams.delete('iss')],
    ['an issuer that differs by a slash', (url: URL) => url.searchParams.set('iss', `${url.searchParams.get('iss')}/`)],
    ['a signed response nobody asked for', (url: URL) => url.searchParams.set('response', 'eyJhbGciOiJub25lIn0..')],
    ['a token in the address', (url: URL) => url.searchParams.set('id_token', 'eyJhbGciOiJub25lIn0..')],
    ['no code', (url: URL) => url.searchParams.delete('code')],
  ] as const)
    it(`sends no code anywhere after ${name}`, async t => {
      const { party } = await startAuthorizationServer(t)
      let asked = 0
      const thief = createServer((_, response) => {
        asked += 1
        response.end('{}')
      })
      await new Promise<void>(done => thief.listen(0, '127.0.0.1', done))
      t.after(() => void thief.close())
      const address = thief.address()
      const who = party()
      const server = { ...who.server, tokenEndpoint: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/token` }
      const { attempt } = await start(t, { ...who, server, scopes })
      const url = new URL(await giveConsent(attempt.authorizationUrl))
      change(url)
      void fetch(url).catch(() => {})
      await assert.rejects(attempt.exchange(), { name: 'AppError', code: name === 'no code' ? 'unavailable' : 'unauthorized' })
      assert.equal(asked, 0)
    })

  it('leaves nobody room on the port of an attempt', async t => {
    const { party } = await startAuthorizationServer(t)
    const { attempt } = await start(t, { ...party(undefined, { redirect: { host: 'localhost', path: '/callback', ports: [] } }), scopes })
    const port = Number(new URL(attempt.redirectUri).port)
    for (const host of ['127.0.0.1', '::1', '0.0.0.0', '::', undefined]) {
      const squatter = createServer()
      const outcome = await new Promise(resolve => {
        squatter.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
        squatter.listen({ port, host }, () => resolve('listening'))
      })
      squatter.close()
      assert.equal(outcome, 'EADDRINUSE', String(host))
    }
  })
})
