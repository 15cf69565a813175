import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { slackUser } from '../connectors/providers/slack.ts'
import { refresh } from './refresh.ts'

const refreshToken = 'refresh~of+Mia/Zx9Qw7Er5Ty3'
const clientSecret = 'client~secret/Kd83+hsQ'

for (const clientAuthentication of ['client_secret_post', 'client_secret_basic'] as const)
  test(`a provider that repeats a key in its words does not show it to people (${clientAuthentication})`, async t => {
    const server = createServer(async (request, response) => {
      const told = Object.fromEntries(new URLSearchParams(await text(request)))
      const basic = request.headers.authorization ?? ''
      const words = `no ${told['refresh_token']} of ${told['client_secret']} or ${basic} or ${atob(basic.replace('Basic ', ''))} here`
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: 'invalid_grant', error_description: words }))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const address = server.address()
    const origin = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : ''
    const answer = await refresh({
      provider: { ...slackUser, clientAuthentication },
      server: { authorizationEndpoint: `${origin}/authorize`, tokenEndpoint: `${origin}/token` },
      client: { clientId: 'plugboard', clientSecret },
      refreshToken,
      scopes: [],
    })
    assert.ok(answer.kind === 'refused')
    assert.match(answer.reason, /^invalid_grant: no •••••• of /)
    for (const secret of [
      refreshToken,
      clientSecret,
      encodeURIComponent(clientSecret),
      btoa(`plugboard:${encodeURIComponent(clientSecret)}`),
    ])
      assert.ok(!answer.reason.includes(secret), answer.reason)
  })
