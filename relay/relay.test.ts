import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { relayInfo } from '../core/contract/relay.ts'
import { createLog } from './log.ts'
import { setUp, startTestRelay } from './relay.fixture.ts'

describe('a relay', () => {
  it('tells anyone its name, version, address and public key', async t => {
    const relay = await startTestRelay(t, { settings: { RELAY_NAME: 'Example Inc' } })
    const info = relayInfo.parse(await (await fetch(`${relay.url}/.well-known/plugboard-relay`)).json())
    assert.partialDeepStrictEqual(info, { name: 'Example Inc', version: '1.2.3', issuer: relay.url })
  })

  it('keeps its key from start to start', async t => {
    const kidOf = async (url: string) => relayInfo.parse(await (await fetch(`${url}/.well-known/plugboard-relay`)).json()).publicKey.kid
    const first = await startTestRelay(t)
    const kid = await kidOf(first.url)
    await first.close()
    assert.equal(await kidOf((await startTestRelay(t, { settings: first.settings })).url), kid)
  })

  it('notices that its public address leads to something else, or to nothing', async t => {
    const other = createServer((_, response) => void response.end('{}'))
    await new Promise<void>(done => other.listen(0, '127.0.0.1', done))
    t.after(() => void other.close())
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    assert.equal(await (await startTestRelay(t)).reachesItself(), true)
    assert.equal(await (await startTestRelay(t, { settings: { RELAY_URL: `http://127.0.0.1:${port}` } })).reachesItself(), false)
    assert.equal(await (await startTestRelay(t, { settings: { RELAY_URL: 'http://127.0.0.1:1' } })).reachesItself(), false)
  })

  it('tells programs in JSON and people on a page that there is nothing', async t => {
    const { url, browser } = await startTestRelay(t)
    const program = await fetch(`${url}/api/relay/nothing`)
    assert.deepEqual(
      [program.status, await program.json()],
      [404, { message: 'There is nothing here. Check the address.', code: 'not_found' }],
    )
    assert.match((await browser().get('/nothing')).text, /<h1>Not found<\/h1>/)
  })

  it('sets a session cookie that no script and no other site can use', async t => {
    const relay = await startTestRelay(t)
    await setUp(relay)
    const response = await fetch(`${relay.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: relay.url },
      body: new URLSearchParams({ email: 'olga@example.com', password: 'a fine long password' }),
    })
    const [cookie = ''] = response.headers.getSetCookie()
    assert.match(cookie, /^plugboard-relay\.session_token=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/)
  })
})

describe('the log', () => {
  it('is one JSON object a line, with whatever looks like a credential hidden', () => {
    const lines: string[] = []
    const log = createLog(
      line => lines.push(line),
      () => 0,
    )
    log.info('asked\nwith Bearer abcdefghijkl', { url: 'https://x/?access_token=abcdefghijkl', n: 1 })
    assert.deepEqual(lines, [
      '{"at":"1970-01-01T00:00:00.000Z","level":"info","message":"asked\\nwith Bearer ••••••","url":"https://x/?access_token=••••••","n":1}\n',
    ])
  })
})
