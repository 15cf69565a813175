import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  databases,
  joinAs,
  linkIn,
  owner,
  setUp,
  startTestRelay,
  type Browser,
  type Page,
  type TestRelayOptions,
} from '../relay.fixture.ts'

const token = (address: string | null) => new URL(address ?? '').searchParams.get('token') ?? ''
const signIn = (browser: Browser, { email, password }: { email: string; password: string }) => browser.post('/sign-in', { email, password })
const isSignedIn = async (browser: Browser) => (await browser.get('/account')).url.pathname === '/account'
const alertOf = ({ text }: Page) => /role="alert">([^<]*)</.exec(text)?.[1] ?? null
/** The id of the member in whose row an address stands. */
const idOf = ({ text }: Page, email: string) =>
  text
    .split('<tr>')
    .find(row => row.includes(email))
    ?.match(/name="id" value="([^"]+)"/)?.[1] ?? ''

async function open(t: TestContext, options: TestRelayOptions = {}) {
  const relay = await startTestRelay(t, options)
  return { relay, owner: await setUp(relay) }
}

for (const kind of databases)
  describe(`members of a relay on ${kind}`, { concurrency: true }, () => {
    it('begins with one owner, who comes by the set-up link; the link works once', async t => {
      const { relay, owner } = await open(t, { kind })
      assert.match((await owner.get('/account')).text, /Olga Owner<\/strong> \(olga@example\.com\), an owner of Plugboard/)
      const late = relay.browser()
      assert.equal((await late.get(`/set-up?token=${token(relay.setupUrl)}`)).status, 410)
      const again = await late.post('/set-up', {
        token: token(relay.setupUrl),
        name: 'Eve',
        email: 'eve@example.com',
        password: 'eve has a password',
      })
      assert.equal(again.status, 409)
      assert.equal(await isSignedIn(late), false)
      await relay.close()
      assert.equal((await startTestRelay(t, { settings: relay.settings })).setupUrl, null, 'there is no link once there is an owner')
    })

    it('makes one owner when two use a set-up link at once', async t => {
      const relay = await startTestRelay(t, { kind })
      const people = ['one@example.com', 'two@example.com'].map(email => ({ ...owner, email }))
      const browsers = await Promise.all(people.map(person => setUp(relay, person)))
      const signedIn = await Promise.all(browsers.map(isSignedIn))
      assert.deepEqual(signedIn.toSorted(), [false, true])
    })

    it('takes a new set-up link at each start, and refuses what is none', async t => {
      const first = await startTestRelay(t, { kind })
      const browser = first.browser()
      for (const guess of ['', 'x', `${token(first.setupUrl)}x`, 'x'.repeat(5000)])
        assert.equal((await browser.get(`/set-up?token=${guess}`)).status, 410)
      await first.close()
      const second = await startTestRelay(t, { settings: first.settings })
      assert.notEqual(token(first.setupUrl), token(second.setupUrl))
      assert.equal((await second.browser().get(`/set-up?token=${token(second.setupUrl)}`)).status, 200)
    })

    it('grows by invitations: for one e-mail and one role, once', async t => {
      const { relay, owner } = await open(t, { kind })
      const invited = await owner.post('/members/invite', { email: ' Eddy@Example.com ', role: 'editor' })
      const browser = relay.browser()
      assert.match((await browser.get(`/invitation?token=${linkIn(invited)}`)).text, /value="eddy@example\.com"[^>]*readonly/)
      // The e-mail of the form is not what counts.
      const joined = await browser.post('/invitation', {
        token: linkIn(invited),
        email: 'eve@example.com',
        name: 'Eddy',
        password: 'eddy has a password',
      })
      assert.equal(joined.status, 200)
      assert.match((await browser.get('/account')).text, /eddy@example\.com\), an editor of/)
      assert.equal(
        (await relay.browser().post('/invitation', { token: linkIn(invited), name: 'Eve', password: 'eve has a password' })).status,
        409,
      )
      assert.equal(await isSignedIn(await signInAs(relay.browser(), 'eddy@example.com', 'eddy has a password')), true)
    })

    it('ends an invitation when it is withdrawn, replaced or too old', async t => {
      let now = Date.now()
      const { relay, owner } = await open(t, { kind, now: () => now })
      const status = async (secret: string) => (await relay.browser().get(`/invitation?token=${secret}`)).status
      const first = linkIn(await owner.post('/members/invite', { email: 'a@example.com', role: 'viewer' }))
      const second = linkIn(await owner.post('/members/invite', { email: 'a@example.com', role: 'viewer' }))
      assert.deepEqual([await status(first), await status(second)], [410, 200])
      const page = await owner.get('/members')
      const id = page.text.split('/members/withdraw')[1]?.match(/name="id" value="([^"]+)"/)?.[1] ?? ''
      await owner.post('/members/withdraw', { id })
      assert.equal(await status(second), 410)
      const third = linkIn(await owner.post('/members/invite', { email: 'b@example.com', role: 'viewer' }))
      now += 7 * 24 * 3_600_000 + 1
      assert.equal(await status(third), 410)
      assert.equal((await relay.browser().post('/invitation', { token: third, name: 'B', password: 'b has a password' })).status, 409)
    })

    it('lets an admin manage members, but nobody above themselves, and keeps an owner', async t => {
      const { relay, owner } = await open(t, { kind })
      const admin = await joinAs(relay, owner, { email: 'adam@example.com', role: 'admin' })
      const viewer = await joinAs(relay, owner, { email: 'vera@example.com', role: 'viewer' })
      const list = await owner.get('/members')
      const [olga, vera] = [idOf(list, 'olga@example.com'), idOf(list, 'vera@example.com')]
      const refused = await Promise.all([
        admin.post('/members/invite', { email: 'x@example.com', role: 'owner' }),
        admin.post('/members/role', { id: vera, role: 'owner' }),
        admin.post('/members/role', { id: olga, role: 'viewer' }),
        admin.post('/members/remove', { id: olga }),
        admin.post('/members/reset', { id: olga }),
        viewer.post('/members/invite', { email: 'x@example.com', role: 'viewer' }),
        viewer.post('/members/role', { id: vera, role: 'admin' }),
        viewer.post('/members/remove', { id: vera }),
        viewer.get('/audit'),
      ])
      assert.deepEqual(
        refused.map(({ status }) => status),
        refused.map(() => 403),
      )
      const last = await owner.post('/members/role', { id: olga, role: 'admin' })
      assert.equal(alertOf(last), 'A workspace needs an owner. Make someone else owner first.')
      await admin.post('/members/role', { id: vera, role: 'editor' })
      assert.match((await viewer.get('/account')).text, /an editor of/, 'a role counts from the next request on')
    })

    it('shuts out who was removed, at once', async t => {
      const { relay, owner } = await open(t, { kind })
      const viewer = await joinAs(relay, owner, { email: 'vera@example.com', role: 'viewer', password: 'vera has a password' })
      assert.equal(await isSignedIn(viewer), true)
      await owner.post('/members/remove', { id: idOf(await owner.get('/members'), 'vera@example.com') })
      assert.equal(await isSignedIn(viewer), false)
      assert.equal((await signIn(viewer, { email: 'vera@example.com', password: 'vera has a password' })).status, 401)
      // Invited again, the old account is let in by its own password.
      const again = linkIn(await owner.post('/members/invite', { email: 'vera@example.com', role: 'editor' }))
      assert.match(
        alertOf(await viewer.post('/invitation', { token: again, name: 'Eve', password: 'eve has a password' })) ?? '',
        /Sign in with it, and you are in/,
      )
      await signIn(viewer, { email: 'vera@example.com', password: 'vera has a password' })
      assert.match((await viewer.get('/account')).text, /an editor of/)
    })

    it('sets a new password by an admin’s link, once, and ends every session with it', async t => {
      const { relay, owner } = await open(t, { kind })
      const editor = await joinAs(relay, owner, { email: 'eddy@example.com', role: 'editor', password: 'the old password' })
      const secret = linkIn(await owner.post('/members/reset', { id: idOf(await owner.get('/members'), 'eddy@example.com') }))
      const elsewhere = relay.browser()
      assert.equal((await elsewhere.post('/reset', { token: secret, password: 'short' })).status, 400)
      await elsewhere.post('/reset', { token: secret, password: 'the new password' })
      assert.equal(await isSignedIn(elsewhere), true)
      assert.equal(await isSignedIn(editor), false)
      assert.equal((await relay.browser().post('/reset', { token: secret, password: 'a third password' })).status, 409)
      assert.equal((await signIn(relay.browser(), { email: 'eddy@example.com', password: 'the old password' })).status, 401)
    })

    it('lists the sessions of a member and ends one of them, only their own', async t => {
      const { relay, owner: first } = await open(t, { kind })
      const second = await signInAs(relay.browser(), owner.email, owner.password)
      const stranger = await joinAs(relay, first, { email: 'vera@example.com', role: 'viewer' })
      const other = (await first.get('/account')).text.match(/sessions\/end"[^]*?name="id" value="([^"]+)"/)?.[1] ?? ''
      await stranger.post('/account/sessions/end', { id: other })
      assert.equal(await isSignedIn(second), true)
      await first.post('/account/sessions/end', { id: other })
      assert.equal(await isSignedIn(second), false)
      assert.equal(await isSignedIn(first), true)
      await first.post('/sign-out', {})
      assert.equal(await isSignedIn(first), false)
    })

    it('writes down who did what, and never a secret', async t => {
      const { relay, owner } = await open(t, { kind })
      const invited = await owner.post('/members/invite', { email: 'adam@example.com', role: 'admin' })
      const admin = relay.browser()
      await admin.post('/invitation', { token: linkIn(invited), name: 'Adam', password: 'adam has a password' })
      await signIn(relay.browser(), { email: 'olga@example.com', password: 'not her password' })
      const { text } = await admin.get('/audit/log.json')
      for (const word of ['workspace.set_up', 'member.signed_in', 'member.invited', 'member.joined', 'member.sign_in_failed'])
        assert.ok(text.includes(word), word)
      for (const secret of [linkIn(invited), 'adam has a password', 'not her password']) {
        assert.ok(!text.includes(secret))
        assert.ok(!relay.lines.join('').includes(secret))
      }
    })
  })

async function signInAs(browser: Browser, email: string, password: string): Promise<Browser> {
  await signIn(browser, { email, password })
  return browser
}

describe('signing in', () => {
  it('lets nobody try passwords without end, by address or by account', async t => {
    let now = Date.now()
    const { relay } = await open(t, { now: () => now, settings: { RELAY_TRUSTED_PROXIES: '1' } })
    const attempt = (email: string, address: string, password = 'wrong password') =>
      relay.browser().post('/sign-in', { email, password }, { 'x-forwarded-for': `1.1.1.1, ${address}` })
    for (let n = 0; n < 10; n++) assert.equal((await attempt(owner.email, `10.0.0.${n}`)).status, 401)
    const blocked = await attempt(owner.email, '10.0.1.1', owner.password)
    assert.equal(blocked.status, 429)
    assert.equal(alertOf(blocked), 'There were too many tries. Wait 10 minutes and try again.')
    assert.equal(blocked.headers.get('retry-after'), '600')
    for (let n = 0; n < 30; n++) assert.equal((await attempt(`person${n}@example.com`, '10.9.9.9')).status, 401)
    assert.equal((await attempt('another@example.com', '10.9.9.9')).status, 429)
    now += 10 * 60_000
    assert.equal((await attempt(owner.email, '10.9.9.9', owner.password)).url.pathname, '/apps')
  })
})

describe('a form', () => {
  it('is taken from the relay’s own pages alone', async t => {
    const { relay } = await open(t)
    const fields = { email: owner.email, password: owner.password }
    const headers = [
      { origin: 'https://attacker.example', 'sec-fetch-site': 'cross-site' },
      { origin: relay.url, 'sec-fetch-site': 'cross-site' },
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
      { origin: '', 'sec-fetch-site': '' },
    ]
    for (const sent of headers) assert.equal((await relay.browser().post('/sign-in', fields, sent)).status, 403, JSON.stringify(sent))
    assert.equal((await relay.browser().post('/sign-in', fields)).url.pathname, '/apps')
  })

  it('leads to a page of this relay, whatever was asked for', async t => {
    const { relay } = await open(t)
    const after = async (next: string) => {
      const { url, location } = await relay.browser().post('/sign-in', { email: owner.email, password: owner.password, next })
      return location ?? url.pathname + url.search
    }
    assert.equal(await after('/members?x=1'), '/members?x=1')
    for (const next of [
      'https://attacker.example/',
      '//attacker.example',
      '/\\attacker.example',
      '/\t/attacker.example',
      'javascript:alert(1)',
      '',
    ])
      assert.equal(await after(next), '/apps', JSON.stringify(next))
  })

  it('shows again what was typed, without the password, and runs nothing that came with it', async t => {
    const { relay } = await open(t)
    const { text, headers } = await relay
      .browser()
      .post('/sign-in', { email: '"><script>alert(1)</script>', password: 'secret words here' })
    assert.ok(text.includes('&quot;&gt;&lt;script&gt;'))
    assert.ok(!text.includes('<script') && !text.includes('secret words here'))
    assert.match(
      headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'/,
    )
  })

  it('may not be larger than forms are', async t => {
    const { relay } = await open(t)
    assert.equal((await relay.browser().post('/sign-in', { email: 'x'.repeat(70_000), password: 'x' })).status, 413)
  })
})
