import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { makeAnswerKey, openSealed } from '../../core/custody/sealed.ts'
import { custodyAnswer } from '../../core/custody/messages.ts'
import { giveConsent, postClient } from '../../oauth/oidc.fixture.ts'
import { signInDesktop } from '../desktops/desktop.fixture.ts'
import { createBrowser, databases, joinAs, setUp, startTestRelay, testSettings } from '../relay.fixture.ts'
import { desktopAt, leadsOnTo, signInAt, startBroker } from './broker.fixture.ts'
import { startTickets } from './oauth.fixture.ts'

for (const kind of databases)
  describe(`an account that is connected through the relay, on ${kind}`, { concurrency: true }, () => {
    it('is the relay’s from its first moment, and the desktop gets short-lived tokens of it', async t => {
      const { relay, owner, desktop, server } = await startBroker(t, { kind })
      const { id, url } = await desktop.ask()
      const page = await owner.get(new URL(url).pathname)
      for (const words of ['Connect Tickets?', 'Support desk', 'Plugboard on laptop', 'Olga Owner', 'Read tickets'])
        assert.ok(page.text.includes(words), words)
      assert.deepEqual(await desktop.answer(id), { state: 'waiting' })

      const waiting = desktop.answer(id, 15)
      const back = await signInAt(owner, url)
      assert.match(back.text, /You are signed in as ada@tickets\.example/)
      const came = await waiting
      assert.partialDeepStrictEqual(came, { state: 'signed_in', account: { id: 'ada' }, clientId: 'post', grant: { renewable: true } })

      const kept = await desktop.keep(id, 'c1')
      assert.ok(kept.state === 'kept' && kept.own === 1)
      assert.deepEqual(await desktop.keep(id, 'c1'), kept, 'the answer was lost: asking again changes nothing')
      const { publicKey, privateKey } = await makeAnswerKey()
      const head = { connectionId: 'c1', turn: 1, seen: kept.own, run: kept.run, base: `own${kept.own}` }
      const response = await desktop.send('/api/relay/custody', 'POST', { kind: 'AccessToken', ...head, sessionPublicKey: publicKey })
      const given = custodyAnswer.parse(await response.json())
      assert.ok(given.kind === 'Token')
      const token = JSON.parse(
        await openSealed(privateKey, { connectionId: 'c1', grantId: given.grantId, direction: 'access' }, given.sealed),
      )
      assert.ok(await server.isActive(token.accessToken))
      assert.match((await owner.get('/connections')).text, /ada@tickets\.example/)
      assert.match((await owner.get('/audit')).text, /Connected an account/)
      const told = [...relay.lines, page.text, back.text, JSON.stringify([came, kept])].join('\n')
      for (const secret of [token.accessToken, postClient.clientSecret ?? '', new URL(back.url).searchParams.get('code') ?? 'no code'])
        assert.equal(told.includes(secret), false, secret)
    })

    it('is renewed with the secret that the workspace has now', async t => {
      const now = { ms: Date.now() }
      const { desktop, owner, server, saveClient } = await startBroker(t, { kind, now: () => now.ms })
      const { id, url } = await desktop.ask()
      await signInAt(owner, url)
      const kept = await desktop.keep(id, 'c1')
      assert.ok(kept.state === 'kept')
      const { publicKey } = await makeAnswerKey()
      const use = async (rejectedGeneration?: number) => {
        const head = { connectionId: 'c1', turn: 1, seen: kept.own, run: kept.run, base: `own${kept.own}`, sessionPublicKey: publicKey }
        return desktop.send('/api/relay/custody', 'POST', { kind: 'AccessToken', ...head, rejectedGeneration })
      }
      const first = custodyAnswer.parse(await (await use()).json())
      assert.ok(first.kind === 'Token')
      const before = server.knobs.tokenRequests
      await saveClient('', 'another-client')
      const renewed = custodyAnswer.parse(await (await use(first.generation)).json())
      assert.ok(renewed.kind === 'Token' && renewed.generation > first.generation, 'an earlier client serves what was connected with it')
      assert.equal(server.knobs.tokenRequests, before + 1)
    })
  })

describe('who may go on with a request', { concurrency: true }, () => {
  it('is the member who began it, and the desktop that asked', async t => {
    const { relay, owner, desktop } = await startBroker(t)
    const { id, url } = await desktop.ask()
    const path = new URL(url).pathname
    const editor = await joinAs(relay, owner, { email: 'ed@example.com', role: 'editor' })
    assert.equal((await editor.get(path)).status, 404)
    assert.equal((await editor.post(path, {})).status, 404)
    assert.match((await relay.browser().get(path)).url.href, /sign-in\?next=/)
    const others = [await signInDesktop(relay.url, editor), await signInDesktop(relay.url, owner, 'Another laptop')]
    for (const other of others.map(({ access }) => desktopAt(relay.url, access))) {
      assert.equal((await other.send(`/api/relay/accounts/${id}`)).status, 404)
      assert.equal(
        (await other.send(`/api/relay/accounts/${id}/keep`, 'POST', { connectionId: 'c1', name: 'x', isDefault: true })).status,
        404,
      )
      assert.equal((await other.send(`/api/relay/accounts/${id}`, 'DELETE')).status, 404)
    }
    assert.equal((await desktopAt(relay.url, 'nobody').send('/api/relay/clients')).status, 401)
    const viewer = await signInDesktop(relay.url, await joinAs(relay, owner, { email: 'vi@example.com', role: 'viewer' }))
    const refused = await desktopAt(relay.url, viewer.access).send('/api/relay/accounts', 'POST', {})
    assert.equal(refused.status, 400)
  })

  it('cannot take a connection of someone else’s with it', async t => {
    const { relay, owner, desktop } = await startBroker(t)
    const mine = await desktop.ask()
    await signInAt(owner, mine.url)
    await desktop.keep(mine.id, 'c1')
    const editor = await joinAs(relay, owner, { email: 'ed@example.com', role: 'editor' })
    const other = desktopAt(relay.url, (await signInDesktop(relay.url, editor)).access)
    const theirs = await other.ask()
    await signInAt(editor, theirs.url)
    assert.equal(
      (await other.send(`/api/relay/accounts/${theirs.id}/keep`, 'POST', { connectionId: 'c1', name: 'x', isDefault: true })).status,
      404,
    )
  })

  it('a cancelled request takes nothing, also when the sign-in was under way', async t => {
    const { owner, desktop } = await startBroker(t)
    const { id, url } = await desktop.ask()
    const back = await giveConsent(leadsOnTo(await owner.post(new URL(url).pathname, {})))
    assert.equal((await desktop.send(`/api/relay/accounts/${id}`, 'DELETE')).status, 204)
    const page = await owner.get(back.slice(new URL(back).origin.length))
    assert.match(page.text, /cancelled where it was begun/)
    assert.match(page.text, new RegExp(`href="[^"]*/connect/${id}"`))
    assert.partialDeepStrictEqual(await desktop.answer(id), { state: 'failed', code: 'cancelled' })
    assert.match((await owner.get('/connections')).text, /No account was given/)
  })

  it('an account that is cancelled is taken back at the provider, unless a connection lives on it', async t => {
    const { owner, desktop, server } = await startBroker(t)
    const cancelled = async () => {
      const { id, url } = await desktop.ask()
      await signInAt(owner, url)
      await desktop.send(`/api/relay/accounts/${id}`, 'DELETE')
    }
    await cancelled()
    const alone = server.knobs.revocations
    assert.ok(alone > 0)
    const { id, url } = await desktop.ask()
    await signInAt(owner, url)
    await desktop.keep(id, 'c1')
    await cancelled()
    assert.equal(server.knobs.revocations, alone, 'the connection may have the same token')
  })

  it('what the person did not allow is told to the desktop', async t => {
    const { owner, desktop } = await startBroker(t)
    const { id, url } = await desktop.ask()
    const page = await signInAt(owner, url, 'refuse')
    assert.match(page.text, /did not give access/)
    assert.deepEqual(await desktop.answer(id), {
      state: 'failed',
      code: 'cancelled',
      message: 'You did not give access to Tickets. Nothing was connected.',
    })
    assert.match((await owner.get('/audit')).text, /A sign-in with a provider failed/)
    const kept = await desktop.send(`/api/relay/accounts/${id}/keep`, 'POST', { connectionId: 'c1', name: 'x', isDefault: true })
    assert.equal(kept.status, 409)
  })

  it('what nobody finishes ends after ten minutes, and says so', async t => {
    const now = { ms: Date.now() }
    const { desktop, owner, access, relay } = await startBroker(t, { now: () => now.ms })
    const { id, url } = await desktop.ask()
    await signInAt(owner, url)
    now.ms += 10 * 60_000
    const again = desktopAt(relay.url, access)
    const later = await again.send(`/api/relay/accounts/${id}`)
    // The desktop's own access has ended as well by now.
    assert.equal(later.status, 401)
    assert.match((await owner.get(new URL(url).pathname)).text, /Nobody finished the sign-in in time/)
  })
})

describe('the account of a shared connection, connected anew on the relay’s pages', { concurrency: true }, () => {
  async function shared(t: TestContext) {
    const broker = await startBroker(t)
    const { id, url } = await broker.desktop.ask()
    await signInAt(broker.owner, url)
    await broker.desktop.keep(id, 'c1')
    const { owner } = broker
    const reconnect = async (login: string) => {
      const back = await giveConsent(leadsOnTo(await owner.post('/connect', { connectionId: 'c1' })), 'agree', login)
      return owner.get(back.slice(new URL(back).origin.length))
    }
    return { ...broker, reconnect }
  }

  it('is in use at once when it is the same', async t => {
    const { reconnect } = await shared(t)
    assert.match((await reconnect('ada')).text, /<h1>Tickets is connected<\/h1>/)
  })

  for (const [choice, stays] of [
    ['new', 'bob'],
    ['kept', 'ada'],
  ] as const)
    it(`is asked about when it is another one: ${choice}`, async t => {
      const { reconnect, owner } = await shared(t)
      const page = await reconnect('bob')
      assert.match(page.text, /Use bob@tickets\.example\?/)
      assert.match((await owner.get('/connections')).text, /ada@tickets\.example/)
      await owner.post(`${page.url.pathname}/account`, { account: choice })
      const shown = (await owner.get('/connections')).text
      assert.deepEqual(
        ['ada', 'bob'].filter(name => shown.includes(`${name}@tickets.example`)),
        [stays],
      )
    })

  it('is not for viewers', async t => {
    const { relay, owner } = await shared(t)
    const viewer = await joinAs(relay, owner, { email: 'vi@example.com', role: 'viewer' })
    assert.equal((await viewer.post('/connect', { connectionId: 'c1' })).status, 403)
  })
})

it('one relay node begins it, another finishes it', async t => {
  const tickets = await startTickets(t)
  const settings = { ...(await testSettings(t, 'Postgres')), PORT: String(await freePort()) }
  const address = `http://127.0.0.1:${settings.PORT}`
  const shared = { ...settings, RELAY_URL: address }
  const first = await startTestRelay(t, { settings: shared, catalogue: tickets.catalogue })
  const port = await freePort()
  await startTestRelay(t, { settings: { ...shared, PORT: String(port) }, catalogue: tickets.catalogue })
  const owner = await setUp(first)
  await owner.post('/clients/tickets', { clientId: postClient.clientId, clientSecret: postClient.clientSecret ?? '' })
  const { access } = await signInDesktop(address, owner)
  const { id, url } = await desktopAt(address, access).ask()
  const back = new URL(await giveConsent(leadsOnTo(await owner.post(new URL(url).pathname, {}))))
  const elsewhere = createBrowser(`http://127.0.0.1:${port}`)
  for (const [name, value] of owner.cookies) elsewhere.cookies.set(name, value)
  const page = await elsewhere.get(back.pathname + back.search)
  assert.equal(page.location, `${address}/connect/${id}`)
  const atSecond = desktopAt(`http://127.0.0.1:${port}`, access)
  assert.equal((await atSecond.answer(id)).state, 'signed_in')
  assert.equal((await atSecond.keep(id, 'c1')).state, 'kept')
  assert.equal((await desktopAt(address, access).answer(id)).state, 'kept')
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
