import { once } from 'node:events'
import { createAdaptorServer } from '@hono/node-server'
import { apiOriginsOf, type Facts } from '../core/addresses.ts'
import { boundFetch } from '../core/bound-fetch.ts'
import type { Call } from '../core/connector.ts'
import type { Provider } from '../core/provider.ts'

export type Asked = { method: string; path: string; query: Record<string, string>; authorization: string | null; body: string }

/**
 * A service on this machine that stands in for a provider's API and answers as it is told, with what it was asked; and a call that
 * reaches it as the gateway's would: the token is added, and the API's origins lead here.
 */
export async function localService(
  t: { after(end: () => Promise<void>): void },
  provider: Provider,
  answer: (request: Asked) => Response | Promise<Response>,
) {
  const requests: Asked[] = []
  const server = createAdaptorServer({
    async fetch(request: Request) {
      const { pathname: path, searchParams } = new URL(request.url)
      const { method, headers } = request
      const query = Object.fromEntries(searchParams)
      const asked = { method, path, query, authorization: headers.get('authorization'), body: await request.text() }
      requests.push(asked)
      return answer(asked)
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(async () => {
    const closed = once(server, 'close')
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
  })
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const facts = someFacts(provider)
  const apiOrigins = apiOriginsOf(provider, facts)
  const practiceOrigins = Object.fromEntries(apiOrigins.map(real => [real, origin]))
  const bound = boundFetch({ accessToken: 'a-token', apiOrigins, tokenHeader: provider.tokenHeader, practiceOrigins })
  const call: Call = { fetch: bound, account: null, practice: true, facts, signal: new AbortController().signal }
  return { call, requests }
}

/** Something for each name that the origins of a provider hold: a whole origin, or a part of one. */
function someFacts({ apiOrigins }: Provider): Facts {
  const names = apiOrigins.flatMap(template => [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({ name, template })))
  return Object.fromEntries(names.map(({ name, template }) => [name, template.startsWith('{') ? 'https://example' : 'example']))
}
