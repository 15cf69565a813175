import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import { describe, it } from 'node:test'
import { until } from '../core/until.fixture.ts'
import { makeTestDatabase } from '../host/store/postgres.fixture.ts'
import { spawnRelay } from './process.fixture.ts'
import { entityFile, publishApp, signUp } from './published/published.fixture.ts'
import { createBrowser, databases, onPostgres, owner, testSettings } from './relay.fixture.ts'
import { openPublisher } from './releases/releases.fixture.ts'

/** A function that keeps a record, by which others see that it is under way, and waits for nothing. */
const neverEnding = {
  'functions/wait/function.jsonc': '{ "timeoutSeconds": 300 }',
  'functions/wait/entry.ts': `
    import { entities } from 'plugboard'
    export default async function wait() {
      await entities.Mark.create({ text: 'here' })
      await new Promise(() => {})
    }`,
}

const token = (address: string | undefined) => new URL(address ?? '').searchParams.get('token') ?? ''

for (const kind of databases)
  describe(`a relay as a process, on ${kind}`, { concurrency: true }, () => {
    it('starts twice at once on an empty database, and both serve one workspace', async t => {
      const settings = await testSettings(t, kind)
      const nodes = [spawnRelay(t, settings), spawnRelay(t, settings)]
      const [first = '', second = ''] = await Promise.all(nodes.map(node => node.url()))
      const infos = await Promise.all(
        [first, second].map(
          async url => (await (await fetch(`${url}/.well-known/plugboard-relay`)).json()) as { publicKey: { kid: string } },
        ),
      )
      assert.equal(infos[0]?.publicKey.kid, infos[1]?.publicKey.kid)
      const [, link] = (await nodes[0]?.line(/Set it up, once: (\S+)/)) ?? []
      const browser = createBrowser(first)
      assert.equal((await browser.post('/set-up', { token: token(link), ...owner })).url.pathname, '/apps')
      assert.equal((await createBrowser(second).post('/sign-in', { email: owner.email, password: owner.password })).url.pathname, '/apps')
      const [, other] = (await nodes[1]?.line(/Set it up, once: (\S+)/)) ?? []
      assert.equal((await createBrowser(second).get(`/set-up?token=${token(other)}`)).status, 410, 'the other node’s link is over, too')
    })

    it('finishes what is under way when it is asked to end, says so, and ends with 0', async t => {
      const relay = spawnRelay(t, await testSettings(t, kind))
      const url = await relay.url()
      const body = new URLSearchParams({ email: 'nobody@example.com', password: 'some password' }).toString()
      const slow = request(`${url}/sign-in`, {
        method: 'POST',
        headers: {
          origin: url,
          accept: 'text/html',
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
        },
      })
      const answered = new Promise<number | undefined>((resolve, reject) =>
        slow.on('response', response => resolve(response.resume().statusCode)).on('error', reject),
      )
      slow.write(body.slice(0, 5))
      // The half request has arrived once a request that was sent after it on this machine is answered.
      assert.equal((await fetch(`${url}/readyz`)).status, 200)
      relay.child.kill('SIGTERM')
      const readiness = async () => (await fetch(`${url}/readyz`, { headers: { connection: 'close' } })).status
      while ((await readiness()) !== 503) await new Promise(setImmediate)
      assert.equal((await fetch(`${url}/healthz`)).status, 200, 'alive until the end')
      slow.end(body.slice(5))
      assert.equal(await answered, 401)
      assert.equal(await relay.exit, 0)
    })

    it('stops a function that never ends when the time for what is under way is over, says so to its caller, and ends', async t => {
      const relay = spawnRelay(t, { ...(await testSettings(t, kind)), RELAY_DRAIN_SECONDS: '0' })
      const url = await relay.url()
      const [, setupUrl = ''] = await relay.line(/Set it up, once: (\S+)/)
      const publisher = await openPublisher({ url, setupUrl, browser: () => createBrowser(url) })
      const files = { ...entityFile('Mark', { text: { type: 'string' } }), ...neverEnding }
      const visitor = await signUp(await publishApp(publisher, { appId: 'slow', name: 'Slow', visibility: 'public', files }), owner.email)
      const called = visitor.post('functions/wait', {})
      await until(async () => (await visitor.get('entities/Mark')).body.items.length > 0)
      relay.child.kill('SIGTERM')
      const { status, body } = await called
      assert.deepEqual(
        [status, body],
        [503, { code: 'cancelled', message: 'wait was stopped, because its app was closed. Try again in a moment.' }],
      )
      assert.equal(await relay.exit, 0)
      await relay.line(/"level":"warn","message":"Requests were stopped, because they took longer than RELAY_DRAIN_SECONDS\.","stopped":1/)
    })

    it('goes on with its sessions and secrets after kill -9, and with a new master key', async t => {
      const settings = await testSettings(t, kind)
      const first = spawnRelay(t, settings)
      const url = await first.url()
      const browser = createBrowser(url)
      const [, link] = await first.line(/Set it up, once: (\S+)/)
      await browser.post('/set-up', { token: token(link), ...owner })
      first.child.kill('SIGKILL')
      await first.exit
      const newKey = Buffer.alloc(32, 9).toString('base64')
      const rotation = spawnRelay(t, { ...settings, RELAY_NEW_KEY: newKey }, ['rotate-key'])
      assert.equal(await rotation.exit, 0)
      await rotation.line(/The master key was changed: 2 keys/)
      const again = spawnRelay(t, { ...settings, PORT: new URL(url).port, ...(settings['RELAY_KEY'] && { RELAY_KEY: newKey }) })
      assert.equal(await again.url(), url)
      assert.match((await browser.get('/account')).text, /Olga Owner/, 'still signed in')
      assert.ok(!again.lines.some(line => line.includes('Set it up')), 'no link once there is an owner')
    })

    it('logs each request as one line of JSON with its route, and no secret', async t => {
      const relay = spawnRelay(t, await testSettings(t, kind))
      const url = await relay.url()
      const [, link] = await relay.line(/Set it up, once: (\S+)/)
      const browser = createBrowser(url)
      await browser.post('/set-up', { token: token(link), ...owner })
      await browser.get('/reset?token=ya29.secret-of-a-link')
      await fetch(`${url}/api/relay/me?code=code-of-someone`, { headers: { authorization: 'Bearer token-of-someone' } })
      await relay.line(/"route":"\/api\/relay\/me","status":401/)
      const setUpLine = await relay.line(/^(.*"method":"POST","route":"\/set-up".*)$/)
      const logged = JSON.parse(setUpLine[1] ?? '') as Record<string, unknown>
      assert.deepEqual(Object.keys(logged), ['at', 'level', 'message', 'requestId', 'method', 'route', 'status', 'ms'])
      const all = relay.lines.filter(line => !line.startsWith('Set it up')).join('\n')
      for (const secret of [
        token(link),
        owner.password,
        'secret-of-a-link',
        'code-of-someone',
        'token-of-someone',
        ...browser.cookies.values(),
      ])
        assert.ok(!all.includes(secret), secret)
    })
  })

it('a relay ends when it is asked to, also after its database is gone', async t => {
  const database = await makeTestDatabase()
  const settings = { ...(await testSettings(t, 'SQLite')), ...onPostgres(database.url) }
  const relay = spawnRelay(t, settings)
  const url = await relay.url()
  await database[Symbol.asyncDispose]()
  assert.equal((await fetch(`${url}/readyz`)).status, 503)
  relay.child.kill('SIGTERM')
  assert.equal(await relay.exit, 0)
})

describe('a relay that cannot start', () => {
  it('says in one sentence why', async t => {
    const settings = await testSettings(t, 'SQLite')
    for (const [wrong, sentence] of [
      [{ PORT: 'x' }, /^\{.*"message":"PORT cannot be used: /],
      [{ RELAY_KEY: 'c2hvcnQ=' }, /"message":"RELAY_KEY cannot be used: must be 32 bytes in base64/],
      [{ RELAY_URL: 'http://relay.example.com' }, /"message":"RELAY_URL cannot be used: must begin with https/],
      [{ RELAY_OIDC_ISSUER: 'https://id.example.com' }, /"message":"Set RELAY_OIDC_CLIENT_ID as well/],
      [{ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, /"level":"error","message":"[^"]+\."/],
    ] as const) {
      const relay = spawnRelay(t, { ...settings, ...wrong })
      assert.equal(await relay.exit, 1)
      await relay.line(sentence)
      assert.ok(!relay.lines.join('').includes('c2hvcnQ='), 'the value is not repeated')
    }
  })

  it('names a port that is taken, and leaves nothing running', async t => {
    const first = spawnRelay(t, await testSettings(t, 'SQLite'))
    const { port } = new URL(await first.url())
    const settings = await testSettings(t, 'SQLite')
    const second = spawnRelay(t, { ...settings, PORT: port })
    assert.equal(await second.exit, 1)
    await second.line(new RegExp(`Port ${port} is taken by another program\\. Choose another one with PORT\\.`))
    assert.deepEqual(
      (await readdir(settings['PLUGBOARD_RELAY_DATA'] ?? '')).filter(name => /wal|shm|\.\d+$/.test(name)),
      [],
    )
  })

  it('knows its commands', async t => {
    const relay = spawnRelay(t, await testSettings(t, 'SQLite'), ['--port', '1'])
    assert.equal(await relay.exit, 1)
    await relay.line(/The relay knows serve and rotate-key, and no options/)
  })
})
