import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Provider } from '../../core/provider.ts'
import type { Party } from '../../oauth/server.ts'
import { authorize } from './authorize.ts'

type Teardown = { after(end: () => Promise<void> | void): void }

export type Answer = (response: ServerResponse, request: IncomingMessage, body: URLSearchParams) => void

export const json =
  (body: unknown, status = 200): Answer =>
  response =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

/** A provider's token endpoint that answers as told. */
export async function tokenEndpoint(t: Teardown, provider: Provider, answer: Answer): Promise<Party & { bodies: URLSearchParams[] }> {
  const bodies: URLSearchParams[] = []
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    bodies.push(new URLSearchParams(body))
    answer(response, request, new URLSearchParams(body))
  }
  const server = createServer((request, response) => void receive(request, response))
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const known = { ...provider, redirect: { ...provider.redirect, ports: [] } }
  return {
    provider: known,
    server: {
      authorizationEndpoint: `${origin}/authorize`,
      tokenEndpoint: `${origin}/token`,
      revocationEndpoint: `${origin}/revoke`,
      deviceAuthorizationEndpoint: `${origin}/device`,
    },
    client: { clientId: 'client', ...(provider.secretRequired && { clientSecret: 'secret' }) },
    bodies,
  }
}

/** The sign-in with the browser's part done: the code is there, the exchange is what is looked at. */
export async function exchange(t: Teardown, party: Party, scopes: string[] = ['a', 'b'], returned: Record<string, string> = {}) {
  const attempt = await authorize({ ...party, scopes })
  t.after(() => attempt.close())
  const url = new URL(attempt.redirectUri)
  const state = new URL(attempt.authorizationUrl).searchParams.get('state') ?? ''
  url.search = new URLSearchParams({ code: 'code', state, ...returned }).toString()
  void fetch(url).catch(() => {})
  return attempt.exchange()
}

/** A port that nothing listens on, for addresses that have to be registered beforehand. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise(done => server.close(done))
  return typeof address === 'object' && address ? address.port : 0
}
