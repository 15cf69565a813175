import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createEmulator } from 'emulate'
import { linear } from '../../connectors/providers/linear.ts'
import { microsoft } from '../../connectors/providers/microsoft.ts'
import { refresh } from '../../oauth/refresh.ts'
import type { Party } from '../../oauth/server.ts'
import { authorize } from './authorize.ts'
import { freePort } from './token-server.fixture.ts'

/** The two of emulate's services with OAuth that practice accounts do not use: someone else's idea of Microsoft and of Linear. */
const services = [
  {
    service: 'microsoft',
    provider: microsoft,
    paths: { authorize: '/oauth2/v2.0/authorize', token: '/oauth2/v2.0/token' },
    scopes: ['User.Read'],
    seed: (uri: string) => ({ oauth_clients: [{ client_id: 'client', client_secret: 'secret', name: 'Plugboard', redirect_uris: [uri] }] }),
  },
  {
    service: 'linear',
    provider: linear,
    paths: { authorize: '/oauth/authorize', token: '/oauth/token' },
    scopes: ['read', 'write'],
    seed: (uri: string) => ({
      oauth_apps: [{ client_id: 'client', client_secret: 'secret', name: 'Plugboard', redirect_uris: [uri], scopes: ['read', 'write'] }],
    }),
  },
] as const

/** A person who chooses the first account on the emulator's page. */
async function chooseAccount(authorizationUrl: string): Promise<string> {
  const page = await (await fetch(authorizationUrl)).text()
  const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1]
  assert.ok(action, page.replaceAll(/<style[\s\S]*?<\/style>|<[^>]+>/g, ' ').trim())
  const fields = [...page.slice(page.indexOf('<form'), page.indexOf('</form>')).matchAll(/name="([^"]+)" value="([^"]*)"/g)]
  const body = new URLSearchParams(fields.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]))
  const answer = await fetch(new URL(action, authorizationUrl), { method: 'POST', body, redirect: 'manual' })
  return answer.headers.get('location') ?? ''
}

describe('emulated services that were made by others', () => {
  for (const { service, provider, paths, scopes, seed } of services)
    it(`${service}: signs in and is renewed by the same code`, async t => {
      // The emulator compares addresses with their port.
      const redirect = { ...provider.redirect, ports: [await freePort()] }
      const uri = `http://${redirect.host}:${redirect.ports.join()}${redirect.path}`
      const emulator = await createEmulator({ service, port: 0, seed: { [service]: seed(uri) } })
      t.after(() => emulator.close())
      const party: Party = {
        provider: { ...provider, redirect },
        server: { authorizationEndpoint: `${emulator.url}${paths.authorize}`, tokenEndpoint: `${emulator.url}${paths.token}` },
        client: { clientId: 'client', clientSecret: 'secret' },
      }
      const attempt = await authorize({ ...party, scopes })
      t.after(() => attempt.close())
      void fetch(await chooseAccount(attempt.authorizationUrl)).catch(() => {})
      const { refreshToken, scopesGranted } = await attempt.exchange()
      assert.ok(refreshToken)
      for (const scope of scopes) assert.ok(scopesGranted.includes(scope), scope)
      const answer = await refresh({ ...party, refreshToken, scopes })
      assert.ok(answer.kind === 'granted' && answer.grant.accessToken, JSON.stringify(answer))
    })
})
