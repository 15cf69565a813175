import { randomUUID } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { Provider } from '../core/provider.ts'
import type { Grant } from '../oauth/grant.ts'
import type { Party } from '../oauth/server.ts'

type Teardown = { after(end: () => Promise<void> | void): void }

/** What happens to one refresh request. `hold` keeps it before the provider decides, `delay` the answer after it has. */
export type Mishap = {
  hold?: Promise<unknown>
  delay?: Promise<unknown>
  /** `busy`: 503 and nothing used. `busyAfterUse`, `reset`, `silent`: used, and then 503, the line cut after the headers, or no word. */
  /** Said instead of anything else, with nothing used. */
  says?: { status: number; body: string }
  answer?: 'busy' | 'busyAfterUse' | 'reset' | 'silent' | 'html' | 'unknownClient' | 'noRefreshToken'
}

type Token = { family: number; parent: string | null; spentAt: number | null; isDead: boolean }

export type ProviderKind = 'stable' | 'strict' | 'graceSame' | 'graceSibling' | 'untilUsed'

/**
 * A provider with knobs, on loopback. A refresh token that was spent and comes again: `strict` ends the whole family, `graceSame` and
 * `graceSibling` answer within `graceMs` with the same or another successor, `untilUsed` until a successor was used; `stable` never spends one.
 */
export async function startProvider(
  t: Teardown,
  { kind, graceMs = 60_000, lifeS = 3600, now = Date.now }: { kind: ProviderKind; graceMs?: number; lifeS?: number; now?: () => number },
) {
  const tokens = new Map<string, Token>()
  const families: ('alive' | 'killed' | 'withdrawn')[] = []
  const issued: string[] = []
  const mishaps: Mishap[] = []
  const arrivals: (() => void)[] = []
  const seen = { requests: 0, exchanges: 0, replays: 0 }
  let always: Mishap | null = null

  function issue(family: number, parent: string | null): string {
    const token = `refresh-${randomUUID()}`
    tokens.set(token, { family, parent, spentAt: null, isDead: false })
    return token
  }

  /** The successor, or null when this token is refused. */
  function exchange(sent: string): string | null {
    const token = tokens.get(sent)
    if (!token || families[token.family] !== 'alive' || token.isDead) return null
    if (kind === 'stable') return sent
    if (token.spentAt === null) {
      const parent = token.parent === null ? undefined : tokens.get(token.parent)
      if (kind === 'untilUsed' && parent) parent.isDead = true
      token.spentAt = now()
      return issue(token.family, sent)
    }
    seen.replays += 1
    const inGrace = kind === 'untilUsed' || (kind !== 'strict' && now() - token.spentAt <= graceMs)
    if (inGrace && kind === 'graceSame') return [...tokens].find(([, each]) => each.parent === sent)?.[0] ?? null
    if (inGrace) return issue(token.family, sent)
    families[token.family] = 'killed'
    return null
  }

  const answerWith = (response: ServerResponse, status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

  function grantOf(refreshToken: string | undefined) {
    const accessToken = `access-${randomUUID()}`
    issued.push(accessToken, ...(refreshToken === undefined ? [] : [refreshToken]))
    return { access_token: accessToken, token_type: 'bearer', expires_in: lifeS, refresh_token: refreshToken }
  }

  let underWay = 0
  const server = createServer(async (request, response) => {
    underWay += 1
    response.on('close', () => (underWay -= 1))
    const mishap = mishaps.shift() ?? always ?? {}
    let body = ''
    for await (const chunk of request) body += chunk
    const sent = new URLSearchParams(body).get('refresh_token') ?? ''
    seen.requests += 1
    arrivals.shift()?.()
    await mishap.hold
    if (mishap.says) return response.writeHead(mishap.says.status, { 'content-type': 'application/json' }).end(mishap.says.body)
    if (mishap.answer === 'busy') return response.writeHead(503).end('<html>busy</html>')
    if (mishap.answer === 'unknownClient') return answerWith(response, 401, { error: 'invalid_client' })
    const next = exchange(sent)
    if (next !== null) seen.exchanges += 1
    await mishap.delay
    if (mishap.answer === 'silent') return undefined
    if (mishap.answer === 'busyAfterUse') return response.writeHead(503).end()
    if (mishap.answer === 'html') return response.writeHead(200, { 'content-type': 'text/html' }).end('<html>welcome</html>')
    if (mishap.answer === 'reset') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"access')
      return response.socket?.destroy()
    }
    if (next === null) return answerWith(response, 400, { error: 'invalid_grant', error_description: 'no such grant' })
    return answerWith(response, 200, grantOf(mishap.answer === 'noRefreshToken' ? undefined : next))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })

  return {
    seen,
    /** All tokens that were ever given out. */
    issued,
    party: partyAt(origin),
    /** The user signs in: a new family of tokens. `lifeMs` of the access token as it will be kept. */
    signIn(): Grant {
      families.push('alive')
      const refreshToken = issue(families.length - 1, null)
      const accessToken = `access-${randomUUID()}`
      issued.push(accessToken, refreshToken)
      return { accessToken, refreshToken, accessExpiresAt: null, refreshExpiresAt: null, scopesGranted: ['tickets:read'] }
    },
    /** The user takes the access back at the provider. */
    withdraw: () => families.forEach((state, family) => (families[family] = state === 'alive' ? 'withdrawn' : state)),
    /** For the next request only. */
    once: (mishap: Mishap) => void mishaps.push(mishap),
    /** For all requests from now on. */
    from: (mishap: Mishap | null) => void (always = mishap),
    /** Resolves when the next request has arrived. */
    arrival: () => new Promise<void>(resolve => arrivals.push(resolve)),
    /** Whether a refresh token could be exchanged now. */
    works(refreshToken: string): boolean {
      const token = tokens.get(refreshToken)
      return token !== undefined && families[token.family] === 'alive' && !token.isDead && token.spentAt === null
    },
    /** A replay of an older token took along this one, which was not used yet. */
    wasKilledUnused(refreshToken: string): boolean {
      const token = tokens.get(refreshToken)
      return token !== undefined && token.spentAt === null && families[token.family] === 'killed'
    },
    clearMishaps: () => void mishaps.splice(0),
    isIdle: () => underWay === 0,
    isOfLastSignIn: (refreshToken: string) => tokens.get(refreshToken)?.family === families.length - 1,
    /** Ends one token and leaves the others of its family. */
    kill(refreshToken: string): void {
      const token = tokens.get(refreshToken)
      if (token) token.isDead = true
    },
    isAlive: () => families.at(-1) === 'alive',
  }
}

export type FakeProvider = Awaited<ReturnType<typeof startProvider>>

/** What a client needs to know of it; also in another process, which knows the address alone. */
export function partyAt(origin: string): Party {
  const provider: Provider = {
    id: 'airtable',
    name: 'Airtable',
    authorizationEndpoint: `${origin}/authorize`,
    tokenEndpoint: `${origin}/token`,
    scopeParameter: 'scope',
    scopeSeparator: ' ',
    authorizationParameters: {},
    clientAuthentication: 'none',
    secretRequired: false,
    pkce: true,
    redirect: { host: '127.0.0.1', path: '/', ports: [] },
    grantAt: 'top',
    refreshToken: 'always',
    rotation: 'strict',
    apiOrigins: [origin],
    clientPageUrl: `${origin}/clients`,
    clientSetup: { steps: [] },
  }
  return {
    provider,
    server: { authorizationEndpoint: provider.authorizationEndpoint, tokenEndpoint: provider.tokenEndpoint },
    client: { clientId: 'desktop' },
  }
}
