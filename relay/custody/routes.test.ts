import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { custodyAnswer, type CustodyRequest } from '../../core/custody/messages.ts'
import { relayInfo } from '../../core/contract/relay.ts'
import { relayAccounts, tokenGiven } from '../../core/contract/shared-accounts.ts'
import { makeAnswerKey, openSealed, sealTo } from '../../core/custody/sealed.ts'
import { startProvider } from '../../tokens/provider.fixture.ts'
import { signInDesktop } from '../desktops/desktop.fixture.ts'
import { databases, joinAs, setUp, startTestRelay, type DatabaseKind } from '../relay.fixture.ts'
import { config, makeRelease } from '../releases/releases.fixture.ts'
import { about, handOver } from './offering.fixture.ts'

async function open(t: TestContext, kind: DatabaseKind) {
  const provider = await startProvider(t, { kind: 'strict' })
  const relay = await startTestRelay(t, { kind, tokens: { partyOf: async (_, client) => ({ ...provider.party, client }) } })
  const owner = await setUp(relay)
  const { access } = await signInDesktop(relay.url, owner)
  const { publicKey } = relayInfo.parse(await (await fetch(`${relay.url}/.well-known/plugboard-relay`)).json())
  const send = (body: unknown, token = access) =>
    fetch(`${relay.url}/api/relay/custody`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(body) })
  const askAs = (token: string) => async (request: CustodyRequest) => {
    const response = await send(request, token)
    return response.status === 204 ? null : custodyAnswer.parse(await response.json())
  }
  const ask = askAs(access)
  const draft = { name: 'Desk', files: makeRelease({ 'config.jsonc': config('Desk') }).files }
  const body = JSON.stringify(draft)
  await fetch(`${relay.url}/api/relay/apps/${about.appId}/releases`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access}` },
    body,
  })
  const grant = provider.signIn()
  const give = (as = access) => handOver(askAs(as), publicKey, 'c1', grant, provider.party.client)
  return { relay, owner, provider, publicKey, grant, send, ask, askAs, give }
}

for (const kind of databases)
  describe(`custody over HTTP, on ${kind}`, { concurrency: true }, () => {
    it('takes an account from a desktop that is signed in, gives it tokens sealed to its key, and logs none of them', async t => {
      const { relay, provider, grant, give, ask } = await open(t, kind)
      const active = await give()
      assert.equal(active?.kind, 'Active')
      if (!active) return
      const { publicKey, privateKey } = await makeAnswerKey()
      const head = { connectionId: 'c1', desktopId: 'd-1', turn: 1, seen: 0, run: active.run, base: 'turn1' }
      const given = await ask({ kind: 'AccessToken', ...head, sessionPublicKey: publicKey })
      assert.equal(given?.kind, 'Token')
      if (given?.kind !== 'Token') return
      const text = await openSealed(privateKey, { connectionId: 'c1', grantId: 'g1', direction: 'access' }, given.sealed)
      assert.equal(JSON.parse(text).accessToken, grant.accessToken)
      for (const token of provider.issued) assert.equal(relay.lines.join('\n').includes(token), false)
    })

    it('refuses strangers, members who may not share, other members’ accounts and what is no request', async t => {
      const { relay, owner, publicKey, give, send } = await open(t, kind)
      const active = await give()
      const mine = { kind: 'Mine', connectionId: 'c1', desktopId: 'd-1', turn: 9, seen: 0, run: active?.run }
      assert.equal((await send(mine, 'nobody')).status, 401)
      const editor = await signInDesktop(relay.url, await joinAs(relay, owner, { email: 'ed@example.com', role: 'editor' }))
      assert.equal((await send(mine, editor.access)).status, 404)
      assert.equal((await send({ ...mine, turn: -1 })).status, 400)
      assert.equal((await send({ kind: 'Unheard' })).status, 400)
      const offer = { ...mine, kind: 'Offer', turn: 10, grantId: 'g', keyId: publicKey.kid, about }
      for (const text of ['no JSON at all', JSON.stringify({ accessToken: 'a-secret' })]) {
        const sealed = await sealTo(publicKey, { connectionId: 'c1', grantId: 'g', direction: 'handover' }, text)
        const answered = await send({ ...offer, sealed })
        assert.equal(answered.status, 400)
        assert.match(await answered.text(), /does not understand this request/)
      }
      assert.equal(relay.lines.join('\n').includes('a-secret'), false)
      const viewer = await signInDesktop(relay.url, await joinAs(relay, owner, { email: 'vi@example.com', role: 'viewer' }))
      assert.equal((await send({ ...offer, sealed: 'x' }, viewer.access)).status, 403)
    })

    it('gives no token to who gave it once they are a viewer; what they began still settles, and their own sign-in they may take back', async t => {
      const { relay, owner, grant, give, send, askAs } = await open(t, kind)
      const email = 'ed@example.com'
      const { access } = await signInDesktop(relay.url, await joinAs(relay, owner, { email, role: 'editor' }))
      const { run } = (await give(access)) ?? {}
      assert.ok(run)
      const { publicKey, privateKey } = await makeAnswerKey()
      const head = { connectionId: 'c1', desktopId: 'd-1', turn: 1, seen: 0, run, base: 'turn1' }
      const use = () => send({ kind: 'AccessToken', ...head, sessionPublicKey: publicKey }, access)
      assert.equal((await use()).status, 200)

      const row = (await owner.get('/members')).text.split('<tr>').find(text => text.includes(email))
      await owner.post('/members/role', { id: /name="id" value="([^"]+)"/.exec(row ?? '')?.[1] ?? '', role: 'viewer' })
      const refused = await use()
      assert.equal(refused.status, 403)
      assert.match((await refused.json()).message, /^As a viewer you may not use shared accounts on a desktop\./)
      assert.equal((await askAs(access)({ kind: 'Yours', ...head }))?.kind, 'Active')
      const back = await askAs(access)({ kind: 'Reclaim', ...head, turn: 2, returnPublicKey: publicKey })
      assert.ok(back?.kind === 'Returning')
      const text = await openSealed(privateKey, { connectionId: 'c1', grantId: 'g1', direction: 'return' }, back.sealed)
      assert.equal(JSON.parse(text).refreshToken, grant.refreshToken)
    })

    it('lends it to desktops of members who may use it, and lets the one who gave it take it over on another desktop', async t => {
      const { relay, owner, grant, give, send } = await open(t, kind)
      const active = await give()
      const to = (access: string) => async (path: string, body?: unknown) => {
        const headers = { authorization: `Bearer ${access}` }
        const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
        const response = await fetch(`${relay.url}/api/relay/shared${path}`, init)
        return { status: response.status, body: await response.json() }
      }
      const another = to((await signInDesktop(relay.url, owner)).access)
      const editor = to((await signInDesktop(relay.url, await joinAs(relay, owner, { email: 'ed@example.com', role: 'editor' }))).access)
      const viewer = to((await signInDesktop(relay.url, await joinAs(relay, owner, { email: 'vi@example.com', role: 'viewer' }))).access)

      for (const [desktop, mayTake] of [
        [another, true],
        [editor, false],
        [viewer, false],
      ] as const) {
        const { accounts } = relayAccounts.parse((await desktop('')).body)
        assert.partialDeepStrictEqual(accounts, [{ connectionId: 'c1', name: 'Team', state: 'connected', mayTake }])
      }
      const { publicKey, privateKey } = await makeAnswerKey()
      const lent = tokenGiven.parse((await editor('/c1/token', { sessionPublicKey: publicKey })).body)
      const text = await openSealed(privateKey, { connectionId: 'c1', grantId: lent.grantId, direction: 'access' }, lent.sealed)
      assert.equal(JSON.parse(text).accessToken, grant.accessToken)
      assert.equal((await viewer('/c1/token', { sessionPublicKey: publicKey })).status, 403)
      assert.equal((await editor('/c9/token', { sessionPublicKey: publicKey })).status, 404)
      assert.equal((await to('nobody')('')).status, 401)

      assert.equal((await editor('/c1/take', { desktopId: 'd-ed' })).status, 404)
      assert.equal((await another('/c1/take', {})).status, 400)
      const took = await another('/c1/take', { desktopId: 'd-2' })
      assert.partialDeepStrictEqual(took, { status: 200, body: { turn: 2, own: 0, base: 'turn1' } })
      assert.deepEqual(await another('/c1/take', { desktopId: 'd-2' }), took)
      // Even a later turn of the desktop before counts no more.
      const mine = await send({ kind: 'Mine', connectionId: 'c1', desktopId: 'd-1', turn: 9, seen: 0, run: active?.run })
      assert.equal(custodyAnswer.parse(await mine.json()).kind, 'Elsewhere')
      assert.equal((await editor('/c1/token', { sessionPublicKey: publicKey })).status, 200)
    })
  })
