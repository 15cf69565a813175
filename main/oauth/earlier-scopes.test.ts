import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { connectors } from '../../connectors/index.ts'
import { figma } from '../../connectors/providers/figma.ts'
import { scopesFor } from '../../core/connector.ts'
import { serverOf, type Party } from '../../oauth/server.ts'
import { authorize } from './authorize.ts'
import { authorizeByAnyName } from './earlier-scopes.ts'

/** Figma for a client of the given age: it knows some scopes and refuses the others the way RFC 6749 §4.1.2.1 says. */
async function figmaThatKnows(t: TestContext, scopes: readonly string[]) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost')
    if (url.pathname !== '/oauth')
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ access_token: 'a', refresh_token: 'r', expires_in: 60, scope: asked.at(-1) }))
    const scope = url.searchParams.get('scope') ?? ''
    asked.push(scope)
    const known = scope.split(',').every(each => scopes.includes(each))
    const back = new URL(url.searchParams.get('redirect_uri') ?? '')
    back.searchParams.set('state', url.searchParams.get('state') ?? '')
    back.searchParams.set(known ? 'code' : 'error', known ? 'code' : 'invalid_scope')
    return void response.writeHead(302, { location: back.href }).end()
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const party: Party = {
    provider: { ...figma, redirect: { ...figma.redirect, ports: [] } },
    server: { authorizationEndpoint: `${origin}/oauth`, tokenEndpoint: `${origin}/token` },
    client: { clientId: 'client', clientSecret: 'secret' },
  }
  return { asked, party }
}

const scopes = ['current_user:read', 'file_content:read', 'file_comments:write']

describe('complaint 7: too many or unknown scopes', () => {
  for (const connector of Object.values(connectors))
    it(`complaint 7: ${connector.id} asks for what its chosen actions need and nothing else`, async t => {
      const { provider } = connector
      for (const actionIds of [[], ...Object.keys(connector.actions).map(id => [id]), Object.keys(connector.actions)]) {
        const needed = scopesFor(connector, actionIds)
        const attempt = await authorize({
          provider: { ...provider, redirect: { ...provider.redirect, ports: [] } },
          server: serverOf(provider),
          client: { clientId: 'client', clientSecret: 'secret' },
          scopes: needed,
        })
        t.after(() => attempt.close())
        const asked = new URL(attempt.authorizationUrl).searchParams.get(provider.scopeParameter) ?? ''
        assert.deepEqual(asked.split(provider.scopeSeparator).filter(Boolean).sort(), [...needed].sort())
        const declared = new Set([...connector.identityScopes, ...actionIds.flatMap(id => connector.actions[id]?.scopes ?? [])])
        assert.deepEqual(new Set(needed), declared)
      }
    })

  it('complaint 7: a client that is older than the scopes is asked for them by their earlier names, in the same tab', async t => {
    const { asked, party } = await figmaThatKnows(t, ['files:read', 'file_comments:write'])
    const attempt = await authorizeByAnyName({ ...party, scopes, limitMs: 10_000 })
    t.after(() => attempt.close())
    const tab = fetch(attempt.authorizationUrl)
    await attempt.returned
    const grant = await attempt.exchange()
    attempt.finish({ outcome: 'connected', title: 'Figma is connected', text: '' })
    assert.match(await (await tab).text(), /Figma is connected/)
    assert.deepEqual(asked, ['current_user:read,file_content:read,file_comments:write', 'files:read,file_comments:write'])
    // What was given under the earlier name counts for the present ones.
    for (const scope of scopes) assert.ok(grant.scopesGranted.includes(scope), scope)
  })

  it('complaint 7: scopes that are not known by any name end in one sentence', async t => {
    const { asked, party } = await figmaThatKnows(t, [])
    const attempt = await authorizeByAnyName({ ...party, scopes, limitMs: 10_000 })
    t.after(() => attempt.close())
    const tab = fetch(attempt.authorizationUrl)
    await assert.rejects(attempt.returned, {
      code: 'unauthorized',
      message: /Figma does not give one of the permissions that were asked for/,
    })
    attempt.finish({ outcome: 'failed', title: 'Figma is not connected', text: '' })
    assert.match(await (await tab).text(), /Figma is not connected/)
    assert.equal(asked.length, 2)
  })

  it('complaint 7: nothing is asked twice where the names are known', async t => {
    const { asked, party } = await figmaThatKnows(t, scopes)
    const attempt = await authorizeByAnyName({ ...party, scopes, limitMs: 10_000 })
    t.after(() => attempt.close())
    void fetch(attempt.authorizationUrl).catch(() => {})
    assert.equal((await attempt.exchange()).accessToken, 'a')
    assert.equal(asked.length, 1)
  })
})
