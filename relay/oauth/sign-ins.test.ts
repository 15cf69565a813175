import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { sql } from 'kysely'
import { onEachDatabase } from '../../host/store/each-database.fixture.ts'
import { openDatabase } from '../../host/store/database.ts'
import { sqliteEngine } from '../../host/store/sqlite-engine.ts'
import { giveConsent, postClient } from '../../oauth/oidc.fixture.ts'
import { within } from '../within.fixture.ts'
import { admin, browserWith, openOAuthNode, startTickets, wish } from './oauth.fixture.ts'

const client = { provider: 'tickets', clientId: postClient.clientId, clientSecret: postClient.clientSecret }
const returned = async (authorizationUrl: string, answer?: 'agree' | 'refuse') =>
  new URL(await giveConsent(authorizationUrl, answer)).searchParams

onEachDatabase('a sign-in that one node began is finished by another, with whose account it is', place =>
  within(async t => {
    const tickets = await startTickets(t)
    const begins = await openOAuthNode(place.engine, tickets)
    await begins.clients.save(admin, client, null)
    const { authorizationUrl, setCookie } = await begins.signIns.begin(wish)
    const asked = new URL(authorizationUrl).searchParams
    assert.equal(asked.get('redirect_uri'), 'http://127.0.0.1:4848/oauth/callback')
    assert.equal(asked.get('code_challenge_method'), 'S256')
    const parameters = await returned(authorizationUrl)

    const ends = await openOAuthNode(await place.reopen(), tickets)
    assert.deepEqual(await ends.signIns.end(parameters, browserWith(setCookie)), {
      kind: 'done',
      returnTo: 'http://127.0.0.1:4848/connections',
    })
    const [signedIn] = ends.came
    assert.partialDeepStrictEqual(signedIn, {
      appId: 'support',
      payload: wish.payload,
      account: { id: 'ada' },
      client: { clientId: 'post' },
    })
    assert.ok(await tickets.server.isActive(signedIn?.grant.accessToken ?? ''))
    assert.equal(JSON.stringify(signedIn?.client).includes('secret'), false)
  }),
)

async function begun(t: TestContext, options: { now?: () => number; url?: string } = {}) {
  const database = openDatabase(':memory:')
  t.after(() => database.close())
  const tickets = await startTickets(t)
  const engine = sqliteEngine(database)
  const node = await openOAuthNode(engine, { ...tickets, ...options })
  await node.clients.save(admin, client, null)
  return { ...node, ...tickets, engine, ...(await node.signIns.begin(wish)) }
}

const failing = async (ending: Promise<unknown>): Promise<string> => {
  const found = (await ending) as { kind: string; error?: Error }
  assert.equal(found.kind, 'failed', JSON.stringify(found))
  return found.error?.message ?? ''
}

it('a return counts once', async t => {
  const { signIns, authorizationUrl, setCookie, came, server } = await begun(t)
  const parameters = await returned(authorizationUrl)
  const both = await Promise.all([1, 2].map(() => signIns.end(parameters, browserWith(setCookie))))
  assert.deepEqual(both.map(({ kind }) => kind).sort(), ['done', 'failed'])
  assert.match(await failing(signIns.end(parameters, browserWith(setCookie))), /is over/)
  assert.deepEqual([came.length, server.knobs.tokenRequests], [1, 1])
})

it('another browser finishes nothing, and leaves the sign-in to the one that began it', async t => {
  const { signIns, authorizationUrl, setCookie, came, server } = await begun(t)
  const parameters = await returned(authorizationUrl)
  const other = await signIns.begin(wish)
  for (const cookies of [{}, browserWith(other.setCookie).cookies])
    assert.match(await failing(signIns.end(parameters, { ...browserWith(setCookie), cookies })), /another browser/)
  assert.equal(server.knobs.tokenRequests, 0)
  assert.equal((await signIns.end(parameters, browserWith(setCookie))).kind, 'done')
  assert.equal(came.length, 1)
})

it('a return that was tampered with brings nothing: state, issuer, a parameter twice', async t => {
  const { signIns, authorizationUrl, setCookie, came, server } = await begun(t)
  const honest = await returned(authorizationUrl)
  const changed = (change: (parameters: URLSearchParams) => void) => {
    const parameters = new URLSearchParams(honest)
    change(parameters)
    return signIns.end(parameters, browserWith(setCookie))
  }
  assert.match(await failing(changed(found => found.set('state', 'x'.repeat(43)))), /is over/)
  assert.match(await failing(changed(found => found.delete('state'))), /is over/)
  assert.match(await failing(changed(found => found.append('state', 'again'))), /is over/)
  assert.match(await failing(changed(found => found.set('iss', 'https://attacker.example'))), /did not come from/)
  assert.deepEqual([came.length, server.knobs.tokenRequests], [0, 0])
})

it('ends after ten minutes', async t => {
  let now = Date.now()
  const { signIns, authorizationUrl, setCookie } = await begun(t, { now: () => now })
  const parameters = await returned(authorizationUrl)
  now += 10 * 60_000
  assert.match(await failing(signIns.end(parameters, browserWith(setCookie))), /took too long/)
})

it('tells who waits for it that the person said no, and the person how to go back', async t => {
  const { signIns, authorizationUrl, setCookie, failures } = await begun(t)
  const ending = await signIns.end(await returned(authorizationUrl, 'refuse'), browserWith(setCookie))
  assert.ok(ending.kind === 'failed' && ending.returnTo === 'http://127.0.0.1:4848/connections')
  assert.deepEqual(
    failures.map(({ code }) => code),
    ['cancelled'],
  )
})

it('a client that the provider does not accept is the matter of an admin of the relay', async t => {
  const { signIns, clients, authorizationUrl, setCookie } = await begun(t)
  const parameters = await returned(authorizationUrl)
  await clients.save(admin, { ...client, clientSecret: 'a wrong one' }, null)
  assert.match(await failing(signIns.end(parameters, browserWith(setCookie))), /An admin checks its id, secret and redirect address/)
})

it('keeps neither state, verifier, cookie nor secret in clear', async t => {
  const { engine, authorizationUrl, setCookie } = await begun(t)
  const rows = JSON.stringify([await engine.query(sql`select * from sign_ins`), await engine.query(sql`select * from oauth_clients`)])
  const [cookie = ''] = Object.values(browserWith(setCookie).cookies)
  for (const secret of [new URL(authorizationUrl).searchParams.get('state') ?? '', cookie, postClient.clientSecret ?? '', 'tickets:read'])
    assert.ok(secret.length > 8 && !rows.includes(secret), secret)
})

it('over https the cookie is one that no other host can set', async t => {
  const { setCookie } = await begun(t, { url: 'https://relay.example.com' })
  assert.match(setCookie, /^__Host-plugboard-sign-in-[\w-]+=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/)
})

it('a browser that began on the own host of an app is sent back there, where its cookie is', async t => {
  const { signIns, came } = await begun(t)
  const { authorizationUrl, setCookie } = await signIns.begin({ ...wish, returnTo: 'http://support.localhost:4848/account' })
  const parameters = await returned(authorizationUrl)
  const { cookies } = browserWith(setCookie)
  const atRelay = await signIns.end(parameters, { ...browserWith(''), host: '127.0.0.1:4848' })
  assert.deepEqual(atRelay, { kind: 'elsewhere', origin: 'http://support.localhost:4848' })
  const there = await signIns.end(parameters, { cookies, host: 'support.localhost:4848', ip: null })
  assert.deepEqual(there, { kind: 'done', returnTo: 'http://support.localhost:4848/account' })
  assert.equal(came.length, 1)
})
