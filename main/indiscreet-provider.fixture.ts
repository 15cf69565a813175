/** A Slack that tells everything it knows to everybody, in whatever way the test asks for. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

/** How it answers calls. Each way has the caller's token in it, in the open and as it stands in an address. */
export const indiscretions: Record<string, (response: ServerResponse, told: string) => unknown> = {
  'a good answer': (response, told) =>
    json(response, { ok: true, channel: told, ts: '1.0', channels: [{ id: told, name: told }], note: told }),
  'a refusal in words': (response, told) => json(response, { ok: false, error: 'restricted_action', detail: told, needed: told }),
  'an unknown word': (response, told) => json(response, { ok: false, error: told.replace(/[^\w.:-]/g, ''), detail: told }),
  'a missing permission': (response, told) => json(response, { ok: false, error: 'missing_scope', needed: told }),
  'a server error': (response, told) => json(response, { error: told, stack: `at ${told}` }, 500),
  'a web page': (response, told) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>${told}</html>`),
  'a web page with an error': (response, told) => response.writeHead(502, { 'content-type': 'text/html' }).end(`<html>${told}</html>`),
  'no JSON': (response, told) => response.writeHead(200, { 'content-type': 'application/json' }).end(`{"ok": ${told}`),
  'another shape': (response, told) => json(response, { ok: true, channel: { told }, ts: [told], channels: told }),
  'a redirect': (response, told) =>
    response.writeHead(302, { location: `http://127.0.0.1:9/${encodeURIComponent(told)}?token=${encodeURIComponent(told)}` }).end(),
  'a line that breaks': response => response.socket?.destroy(),
  'no HTTP': (response, told) => response.socket?.end(`220 hello ${told}\r\n`),
  'a refused token': (response, told) => json(response, { ok: false, error: 'invalid_auth', detail: told }),
}

/** Kept apart, for what comes after it is not sent any more. */
const limit = (response: ServerResponse, told: string) =>
  json(response, { ok: false, error: told }, 429, { 'retry-after': '3600', 'x-echo': told })

function json(response: ServerResponse, body: object, status = 200, headers: Record<string, string> = {}) {
  return response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** Tokens have no shape to be known by, and characters that look different in an address. `secrets` has every one it has given. */
export async function startIndiscreetProvider() {
  const secrets: string[] = []
  let manner = 'a good answer'
  let asked = 0
  let refresh: 'granted' | 'refused' | 'broken' = 'granted'
  const give = (kind: string) => {
    const secret = `${kind}~of+Robin/${secrets.length}~Zx9Qw7Er5Ty3`
    secrets.push(secret)
    return secret
  }

  async function answerToken(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const asked = new URLSearchParams(await text(request))
    const told = Object.fromEntries(asked)
    if (asked.get('grant_type') === 'refresh_token' && refresh === 'refused')
      return json(response, {
        ok: false,
        error: 'invalid_refresh_token',
        error_description: `no such token ${asked.get('refresh_token')}`,
        told,
      })
    if (asked.get('grant_type') === 'refresh_token' && refresh === 'broken')
      return response.writeHead(502, { 'content-type': 'text/html' }).end(`<html>${asked.get('refresh_token')}</html>`)
    return json(response, {
      ok: true,
      access_token: give('access'),
      refresh_token: give('refresh'),
      token_type: 'bot',
      scope: 'chat:write,channels:read,channels:history,users:read,users:read.email,reactions:write,channels:join',
      expires_in: 43_200,
      team: { id: 'T1', name: 'Northwind' },
    })
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const told = String(request.headers.authorization).replace('Bearer ', '')
    if (url.pathname === '/oauth/v2/authorize') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.search = new URLSearchParams({ code: give('code'), state: url.searchParams.get('state') ?? '' }).toString()
      response.writeHead(302, { location: back.href }).end()
    } else if (url.pathname === '/api/oauth.v2.access') void answerToken(request, response)
    else if (url.pathname === '/api/auth.test') json(response, { ok: true, team_id: 'T1', team: 'Northwind', user: 'robin', user_id: 'U1' })
    else {
      asked++
      const answer = manner === 'a limit' ? limit : indiscretions[manner]
      answer?.(response, `${told} ${encodeURIComponent(told)}`)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    origin: typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '',
    secrets,
    /** How many calls came since it behaves as it does. */
    asked: () => asked,
    behave: (how: string, whenRefreshing: typeof refresh = 'granted') => {
      manner = how
      asked = 0
      refresh = whenRefreshing
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
