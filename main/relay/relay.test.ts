import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import type { RelaySignInEvent } from '../../core/contract/relay.ts'
import { setUp, startTestRelay, type Browser, type TestRelayOptions } from '../../relay/relay.fixture.ts'
import type { Vault } from '../vault/vault.ts'
import { relayOrigin } from './discover.ts'
import { createRelayLink } from './relay.ts'
import { createRelayTokens } from './session.ts'

function openVault() {
  const records = new Map<string, string>()
  const vault = {
    read: async id => records.get(id) ?? null,
    write: async (id, value) => void records.set(id, value),
    delete: async id => void records.delete(id),
  } satisfies Pick<Vault, 'read' | 'write' | 'delete'>
  return { vault: vault as Vault, records }
}

/** The member says yes in the system browser: the page's form is sent, and the tab ends on the desktop's listener. */
async function allow(browser: Browser, address: string, answer: 'allow' | 'deny' = 'allow'): Promise<string> {
  const { pathname, search, searchParams } = new URL(address)
  await browser.get(pathname + search)
  const { location } = await browser.post('/oauth/authorize', { ...Object.fromEntries(searchParams), answer })
  return (await fetch(location ?? '')).text()
}

async function open(t: TestContext, options: TestRelayOptions = {}) {
  const relay = await startTestRelay(t, options)
  const member = await setUp(relay)
  const { vault, records } = openVault()
  const tabs: Promise<string>[] = []
  const link = createRelayLink({
    vault,
    openBrowser: url => void tabs.push(allow(member, url)),
    now: options.now,
    desktopName: 'Plugboard on laptop',
  })
  return { relay, member, vault, records, tabs, link }
}

async function all(events: AsyncIterable<RelaySignInEvent>): Promise<RelaySignInEvent[]> {
  const seen: RelaySignInEvent[] = []
  for await (const event of events) seen.push(event)
  return seen
}

describe('the address of a relay', () => {
  it('is what one would type', () => {
    assert.equal(relayOrigin('relay.example.com'), 'https://relay.example.com')
    assert.equal(relayOrigin('https://Relay.Example.com:8443/'), 'https://relay.example.com:8443')
    assert.equal(relayOrigin('http://127.0.0.1:4848'), 'http://127.0.0.1:4848')
  })

  it('is refused when tokens would travel in the clear, or when it is no address', () => {
    for (const typed of [
      'http://relay.example.com',
      'http://192.168.1.5:4848',
      'relay.example.com/path',
      'https://user@relay.example.com',
      'ftp://x',
      'not an address',
      '',
    ])
      assert.throws(() => relayOrigin(typed), { name: 'AppError', code: 'validation' }, typed)
  })
})

describe('a desktop and its relay', () => {
  it('signs in through the browser, knows as whom, and signs out on both sides', async t => {
    const { relay, link, tabs, records, member } = await open(t)
    assert.deepEqual(await link.status(), { state: 'signed_out' })
    const events = await all(link.signIn(relay.url, undefined))
    assert.deepEqual(
      events.map(({ type }) => type),
      ['opened', 'exchanging', 'signed_in'],
    )
    const status = await link.status()
    assert.partialDeepStrictEqual(status, {
      state: 'signed_in',
      url: relay.url,
      workspace: 'Plugboard',
      email: 'olga@example.com',
      role: 'owner',
    })
    assert.match((await tabs[0]) ?? '', /You are signed in to Plugboard/)
    assert.match((await member.get('/account')).text, />Plugboard on laptop<\/td>/)
    assert.deepEqual(await link.signOut(), { ended: true })
    assert.equal(records.size, 0)
    assert.doesNotMatch((await member.get('/account')).text, /Plugboard on laptop/)
  })

  it('tells the renderer no token', async t => {
    const { relay, link, records } = await open(t)
    const told = JSON.stringify([await all(link.signIn(relay.url, undefined)), await link.status()])
    const { tokens } = JSON.parse(records.get('relay') ?? '{}') as { tokens: { access: string; refresh: string } }
    assert.ok(tokens.access.length > 40 && !told.includes(tokens.access) && !told.includes(tokens.refresh))
  })

  it('asks anew when the session was ended on the relay', async t => {
    const { relay, link, member } = await open(t)
    await all(link.signIn(relay.url, undefined))
    const id = (await member.get('/account')).text.match(/desktops\/end"[^]*?name="id" value="([^"]+)"/)?.[1] ?? ''
    await member.post('/account/desktops/end', { id })
    assert.equal((await link.status()).state, 'needs_sign_in')
    await all(link.signIn(relay.url, undefined))
    assert.equal((await link.status()).state, 'signed_in')
  })

  it('stays signed in while the relay cannot be reached', async t => {
    const { relay, link } = await open(t)
    await all(link.signIn(relay.url, undefined))
    await relay.close()
    assert.equal((await link.status()).state, 'signed_in')
    assert.deepEqual(await link.signOut(), { ended: false })
  })

  it('renews its token once, when it is due, for all who wait', async t => {
    let now = Date.now()
    const { relay, link, vault, records } = await open(t, { now: () => now })
    await all(link.signIn(relay.url, undefined))
    const access = () => (JSON.parse(records.get('relay') ?? '{}') as { tokens: { access: string } }).tokens.access
    const before = access()
    const tokens = createRelayTokens(vault, () => now)
    assert.equal((await tokens.request('/api/relay/me')).status, 200)
    assert.equal(access(), before, 'a token that is good is not renewed')
    now += 9 * 60_000 + 1
    const asked = relay.lines.filter(line => line.includes('/oauth/token')).length
    const answers = await Promise.all(Array.from({ length: 10 }, () => tokens.request('/api/relay/me')))
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(10).fill(200),
    )
    assert.equal(relay.lines.filter(line => line.includes('/oauth/token')).length, asked + 1)
    assert.notEqual(access(), before)
  })

  it('renews a token that the relay no longer takes before its time', async t => {
    const { relay, link, vault, records } = await open(t)
    await all(link.signIn(relay.url, undefined))
    const session = JSON.parse(records.get('relay') ?? '{}') as { tokens: object }
    records.set('relay', JSON.stringify({ ...session, tokens: { ...session.tokens, access: 'stale' } }))
    assert.equal((await createRelayTokens(vault).request('/api/relay/me')).status, 200)
  })

  it('refuses a relay whose key is not the one it was joined with', async t => {
    const { relay, link, records } = await open(t)
    await all(link.signIn(relay.url, undefined))
    const session = JSON.parse(records.get('relay') ?? '{}') as { info: { publicKey: object } }
    const other = { ...session.info, publicKey: { ...session.info.publicKey, kid: 'x'.repeat(43) } }
    records.set('relay', JSON.stringify({ ...session, info: other }))
    await assert.rejects(all(link.signIn(relay.url, undefined)), { code: 'conflict', message: /another key than when you joined/ })
  })

  it('refuses a relay that sends people to sign in elsewhere, and what is no relay', async t => {
    const { relay, link, tabs } = await open(t)
    const info = (await (await fetch(`${relay.url}/.well-known/plugboard-relay`)).json()) as object
    let body = JSON.stringify(info)
    const impostor = createServer((_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body))
    await new Promise<void>(done => impostor.listen(0, '127.0.0.1', done))
    t.after(() => void impostor.close())
    const address = impostor.address()
    const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    await assert.rejects(all(link.signIn(origin, undefined)), {
      code: 'unavailable',
      message: new RegExp(`says that its address is ${relay.url}`),
    })
    body = '<h1>Welcome to nginx</h1>'
    await assert.rejects(all(link.signIn(origin, undefined)), {
      code: 'unavailable',
      message: `There is no relay at ${origin}. Check the address.`,
    })
    assert.equal(tabs.length, 0, 'no browser was opened')
  })

  it('ends when the member says no, and when the user gives up', async t => {
    const { relay, member, vault } = await open(t)
    const denied = createRelayLink({ vault, openBrowser: url => void allow(member, url, 'deny') })
    await assert.rejects(all(denied.signIn(relay.url, undefined)), { code: 'cancelled' })
    const stop = new AbortController()
    const waiting = createRelayLink({ vault, openBrowser: () => stop.abort() })
    await assert.rejects(all(waiting.signIn(relay.url, stop.signal)), {
      code: 'cancelled',
      message: 'Signing in to Plugboard was cancelled.',
    })
    assert.deepEqual(await waiting.status(), { state: 'signed_out' })
  })
})
