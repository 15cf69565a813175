import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { databases, joinAs, setUp, startTestRelay, type Teardown, type TestRelayOptions } from '../relay.fixture.ts'
import {
  authorizationQuery,
  consent,
  exchange,
  newVerifier,
  redirectUri,
  refresh,
  send,
  signInDesktop,
  statusOf,
  tokensIn,
} from './desktop.fixture.ts'

async function open(t: Teardown, options: TestRelayOptions = {}) {
  const relay = await startTestRelay(t, options)
  return { relay, url: relay.url, owner: await setUp(relay) }
}

for (const kind of databases)
  describe(`a desktop’s sign-in on ${kind}`, { concurrency: true }, () => {
    const ends = new AsyncDisposableStack()
    let place: Awaited<ReturnType<typeof open>>
    before(async () => {
      place = await open({ after: end => ends.defer(async () => end()) }, { kind })
    })
    after(() => ends.disposeAsync())

    it('asks a member by the desktop’s name, and says who answers', async () => {
      const { relay, url, owner } = place
      const verifier = newVerifier()
      const query = authorizationQuery(verifier, { desktop_name: '<b>Plugboard on laptop' })
      const page = await owner.get(`/oauth/authorize?${query}`)
      assert.match(page.text, /<strong>&lt;b&gt;Plugboard on laptop<\/strong>[^]*Olga Owner/)
      assert.match(page.headers.get('content-security-policy') ?? '', /form-action 'self' http:\/\/127\.0\.0\.1:50123;/)
      const back = await consent(owner, query)
      assert.equal(back.origin + back.pathname, redirectUri)
      assert.equal(back.searchParams.get('state'), 'state-of-the-desktop')
      assert.equal(back.searchParams.get('iss'), url)
      const answer = await exchange(url, back.searchParams.get('code') ?? '', verifier)
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.equal(await statusOf(url, tokensIn(answer).access), 200)
      assert.ok(!relay.lines.join('').includes(back.searchParams.get('code') ?? '?'), 'no code in the log')
    })

    it('gives nothing when the member says no, or is not signed in', async () => {
      const { relay, owner } = place
      const query = authorizationQuery(newVerifier())
      const denied = await consent(owner, query, 'deny')
      assert.deepEqual([denied.searchParams.get('error'), denied.searchParams.get('code')], ['access_denied', null])
      const stranger = relay.browser()
      assert.equal((await stranger.get(`/oauth/authorize?${query}`)).url.pathname, '/sign-in')
      const posted = await stranger.post('/oauth/authorize', { ...Object.fromEntries(query), answer: 'allow' })
      assert.deepEqual([posted.url.pathname, posted.location], ['/sign-in', null])
    })

    it('takes consent from its own page alone', async () => {
      const { owner } = place
      const fields = { ...Object.fromEntries(authorizationQuery(newVerifier())), answer: 'allow' }
      const forged = await owner.post('/oauth/authorize', fields, { origin: 'https://attacker.example', 'sec-fetch-site': 'cross-site' })
      assert.deepEqual([forged.status, forged.location], [403, null])
      const bent = await owner.post('/oauth/authorize', { ...fields, redirect_uri: 'https://attacker.example/callback' })
      assert.deepEqual([bent.status, bent.location], [400, null])
    })

    it('takes a code once, in time, with its own verifier, redirect and client', async t => {
      let now = Date.now()
      const { url, owner } = await open(t, { kind, now: () => now })
      const verifier = newVerifier()
      const code = async () => (await consent(owner, authorizationQuery(verifier))).searchParams.get('code') ?? ''
      const refused = async (answer: ReturnType<typeof exchange>, error = 'invalid_grant') =>
        assert.equal((await answer).body['error'], error)
      const first = await code()
      await refused(exchange(url, first, newVerifier()))
      await refused(exchange(url, first, verifier, { redirect_uri: 'http://127.0.0.1:50124/callback' }))
      await refused(exchange(url, first, verifier, { client_id: 'other' }), 'invalid_client')
      await refused(exchange(url, first, 'too-short'), 'invalid_request')
      await refused(exchange(url, `${first}x`, verifier))
      const old = await code()
      now += 60_000
      await refused(exchange(url, old, verifier))
    })

    it('ends what a code gave when the code comes again', async () => {
      const { url, owner } = place
      const verifier = newVerifier()
      const code = (await consent(owner, authorizationQuery(verifier))).searchParams.get('code') ?? ''
      const answers = await Promise.all([exchange(url, code, verifier), exchange(url, code, verifier)])
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 400], 'of two at once one is served')
      const { access, refresh: token } = tokensIn(answers.find(({ status }) => status === 200) ?? answers[0])
      assert.equal(await statusOf(url, access), 401)
      assert.equal((await refresh(url, token)).status, 400)
    })

    it('renews tokens, and takes the old one again when the answer was lost', async () => {
      const { url, owner } = place
      const first = await signInDesktop(url, owner)
      const lost = tokensIn(await refresh(url, first.refresh))
      const second = tokensIn(await refresh(url, first.refresh))
      assert.notEqual(lost.refresh, second.refresh)
      assert.equal(await statusOf(url, lost.access), 401, 'what was lost is worth nothing')
      const third = tokensIn(await refresh(url, second.refresh))
      assert.equal(await statusOf(url, third.access), 200)
    })

    it('ends the session when a refresh token that was replaced comes again, and writes it down', async () => {
      const { url, owner } = place
      const first = await signInDesktop(url, owner)
      const second = tokensIn(await refresh(url, first.refresh))
      const third = tokensIn(await refresh(url, second.refresh))
      assert.equal((await refresh(url, first.refresh)).body['error'], 'invalid_grant')
      assert.equal(await statusOf(url, third.access), 401)
      assert.equal((await refresh(url, third.refresh)).status, 400)
      assert.match((await owner.get('/audit/log.json')).text, /desktop\.token_reused/)
    })

    it('ends with the session, the membership or a revoked token', async () => {
      const { relay, url, owner } = place
      const editor = await joinAs(relay, owner, { email: 'eddy@example.com', role: 'editor' })
      const [one, two, three] = [
        await signInDesktop(url, editor, 'One'),
        await signInDesktop(url, editor, 'Two'),
        await signInDesktop(url, editor, 'Three'),
      ]
      const idOf = async (name: string) =>
        (await editor.get('/account')).text
          .split('<tr>')
          .find(row => row.includes(`>${name}</td>`))
          ?.match(/name="id" value="([^"]+)"/)?.[1] ?? ''
      await owner.post('/account/desktops/end', { id: await idOf('One') })
      assert.equal(await statusOf(url, one.access), 200, 'nobody ends another member’s desktop')
      await editor.post('/account/desktops/end', { id: await idOf('One') })
      assert.equal(await statusOf(url, one.access), 401)
      await send(url, '/oauth/revoke', { client_id: 'plugboard-desktop', token: two.refresh })
      assert.equal(await statusOf(url, two.access), 401)
      assert.equal((await send(url, '/oauth/revoke', { client_id: 'plugboard-desktop', token: 'unknown' })).status, 200)
      assert.equal(await statusOf(url, three.access), 200)
      const id =
        (await owner.get('/members')).text
          .split('<tr>')
          .find(row => row.includes('eddy@'))
          ?.match(/name="id" value="([^"]+)"/)?.[1] ?? ''
      await owner.post('/members/remove', { id })
      assert.equal(await statusOf(url, three.access), 401)
      assert.equal((await refresh(url, three.refresh)).status, 400)
    })

    it('ends an access token after ten minutes, and a session that nobody renewed for sixty days', async t => {
      let now = Date.now()
      const { url, owner } = await open(t, { kind, now: () => now })
      const { access, refresh: token } = await signInDesktop(url, owner)
      assert.equal((await refresh(url, access)).status, 400, 'an access token renews nothing')
      assert.equal(await statusOf(url, token), 401, 'a refresh token opens nothing')
      now += 10 * 60_000
      assert.equal(await statusOf(url, access), 401)
      now += 60 * 24 * 3_600_000
      assert.equal((await refresh(url, token)).body['error'], 'invalid_grant')
    })
  })

describe('the token endpoint', () => {
  it('answers what it cannot read by the words of the standard', async t => {
    const { url } = await open(t)
    const twice = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'plugboard-desktop', refresh_token: 'x' })
    twice.append('refresh_token', 'y')
    for (const [fields, error] of [
      [{}, 'invalid_request'],
      [{ grant_type: 'password', client_id: 'plugboard-desktop' }, 'unsupported_grant_type'],
      [{ grant_type: 'client_credentials' }, 'unsupported_grant_type'],
      [{ grant_type: 'refresh_token', client_id: 'plugboard-desktop' }, 'invalid_request'],
      [{ grant_type: 'refresh_token', client_id: 'plugboard-desktop', refresh_token: 'x' }, 'invalid_grant'],
      [twice, 'invalid_request'],
    ] as const)
      assert.equal((await send(url, '/oauth/token', new URLSearchParams(fields))).body['error'], error)
    const json = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"grant_type":"refresh_token"}',
    })
    assert.equal(json.status, 400)
  })

  it('lets nobody guess without end', async t => {
    const { url } = await open(t)
    for (let n = 0; n < 120; n++) assert.equal((await refresh(url, `guess-${n}`)).status, 400)
    const blocked = await refresh(url, 'guess')
    assert.equal(blocked.status, 429)
    assert.ok(Number(blocked.headers.get('retry-after')) > 0)
  })
})
