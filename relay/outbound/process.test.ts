import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { it, type TestContext } from 'node:test'
import { spawnRelay } from '../process.fixture.ts'
import { createBrowser, testSettings } from '../relay.fixture.ts'

async function serve(t: TestContext, answer: RequestListener) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

it('what libraries of a relay request goes to the provider that the operator named, and nowhere else inside', async t => {
  async function metadataAsked(allowed: Record<string, string>): Promise<number> {
    const inner = await serve(t, (_, response) => response.end('{}'))
    const issuer = await serve(t, (_, response) => response.writeHead(302, { location: `${inner.origin}/latest/meta-data` }).end())
    const own = { RELAY_OIDC_ISSUER: issuer.origin, RELAY_OIDC_CLIENT_ID: 'relay', ...allowed }
    const relay = spawnRelay(t, { ...(await testSettings(t, 'SQLite')), ...own })
    assert.match((await createBrowser(await relay.url()).get('/sign-in/oidc')).text, /cannot be reached/)
    assert.ok(issuer.asked.length > 0, 'the named provider is asked')
    return inner.asked.length
  }
  const [guarded, open] = await Promise.all([metadataAsked({}), metadataAsked({ RELAY_ALLOW_PRIVATE_HOSTS: '127.0.0.1' })])
  assert.equal(guarded, 0)
  assert.ok(open > 0)
})
