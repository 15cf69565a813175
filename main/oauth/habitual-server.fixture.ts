import { createHash, createHmac, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Facts } from '../../core/addresses.ts'
import type { Provider } from '../../core/provider.ts'
import { serverOf, type OAuthClient, type OAuthServer, type Party } from '../../oauth/server.ts'
import type { Habits } from './provider-habits.fixture.ts'

type Teardown = { after(end: () => void): void }
type Grant = { accessToken: string; refreshToken: string | null; scopes: string; alive: boolean }
type Code = { challenge: string | null; redirectUri: string; scopes: string; lasts: boolean }

const secret = 'the-secret'

/**
 * An authorization server with the habits of one provider, on loopback: whoever does not do as it wants is refused with a reason that a test
 * can read in `refusals`. The addresses of the provider are paths of it, host and all.
 */
export async function startHabitualServer(t: Teardown, habits: Habits) {
  const codes = new Map<string, Code>()
  const grants: Grant[] = []
  const refusals: string[] = []
  const refuse = (response: ServerResponse, why: string, error = 'invalid_request'): void => {
    refusals.push(why)
    json(response, habits.errors200 ? 200 : 400, { error, error_description: why })
  }

  function authorize(response: ServerResponse, query: URLSearchParams): void {
    const redirect = URL.parse(query.get('redirect_uri') ?? '')
    const separator = habits.separator ?? ' '
    const scopes = query.get(habits.scopeParameter ?? 'scope') ?? ''
    const faults = [
      query.get('response_type') !== 'code' && 'response_type',
      query.get(habits.clientId ?? 'client_id') !== 'the-client' && 'client id',
      redirect?.hostname !== habits.redirectHost && `redirect to ${redirect?.hostname}`,
      (query.get('state') ?? '').length < 16 && 'short state',
      scopes.includes(separator === ',' ? ' ' : ',') && `scopes ${scopes}`,
      habits.pkce && query.get('code_challenge_method') !== 'S256' && 'no PKCE',
      habits.pkce && !(habits.pkce === 'hex' ? /^[0-9a-f]{64}$/ : /^[\w-]{43}$/).test(query.get('code_challenge') ?? '') && 'challenge',
      ...Object.entries(habits.asks ?? {}).map(([name, value]) => query.get(name) !== value && name),
    ].filter(Boolean)
    if (faults.length > 0 || !redirect) return refuse(response, faults.join(', '))
    const code = randomUUID()
    codes.set(code, {
      challenge: query.get('code_challenge'),
      redirectUri: redirect.href,
      scopes: scopes.replaceAll(separator, habits.answerSeparator ?? separator),
      lasts: lasts(habits, query, scopes.split(separator)),
    })
    redirect.search = returned(habits, { code, state: query.get('state') ?? '' }).toString()
    response.writeHead(302, { location: redirect.href }).end()
  }

  function exchange(response: ServerResponse, fields: URLSearchParams): void {
    const code = codes.get(fields.get('code') ?? '')
    codes.delete(fields.get('code') ?? '')
    if (!code) return refuse(response, 'code', 'invalid_grant')
    if (fields.get('redirect_uri') !== code.redirectUri) return refuse(response, 'redirect_uri', 'invalid_grant')
    const digest = createHash('sha256').update(fields.get('code_verifier') ?? '')
    if (habits.pkce && digest.digest(habits.pkce === 'hex' ? 'hex' : 'base64url') !== code.challenge)
      return refuse(response, 'verifier', 'invalid_grant')
    const grant = issue(habits, code.scopes, code.lasts)
    grants.push(grant)
    json(response, 200, habits.wrap ? habits.wrap(answerWith(habits, grant)) : answerWith(habits, grant))
  }

  function refresh(response: ServerResponse, fields: URLSearchParams): void {
    const grant = grants.find(each => each.alive && each.refreshToken === fields.get('refresh_token'))
    if (!grant) return refuse(response, 'refresh token', 'invalid_grant')
    if (habits.refreshScope && !fields.get('scope')?.split(' ').includes(habits.refreshScope)) return refuse(response, 'scope')
    const next = issue(habits, grant.scopes, true)
    if (habits.refreshing === 'stable') next.refreshToken = grant.refreshToken
    else if (habits.refreshing !== 'sibling') grant.alive = false
    grants.push(next)
    const { refresh_token: token, ...rest } = answerWith(habits, next)
    json(response, 200, habits.refreshing === 'stable' ? rest : { ...rest, refresh_token: token })
  }

  /** Null when the client is known as this provider wants to know it. */
  function clientFault(request: IncomingMessage, fields: URLSearchParams, kind: string): string | null {
    const basic = `Basic ${Buffer.from(`the-client:${secret}`).toString('base64')}`
    if (kind === 'basic') return request.headers.authorization === basic && !fields.has('client_secret') ? null : 'basic authentication'
    if (request.headers.authorization) return 'authorization header'
    if (fields.get(habits.clientId ?? 'client_id') !== 'the-client') return 'client id'
    return kind === 'post'
      ? fields.get('client_secret') === secret
        ? null
        : 'client secret'
      : fields.has('client_secret')
        ? 'a secret'
        : null
  }

  function withdraw(request: IncomingMessage, response: ServerResponse, fields: URLSearchParams, path: string): void {
    const { by = '', token, json: asJson, alsoAsks = {} } = habits.revoke ?? {}
    const header = by.startsWith('header ') ? request.headers[by.slice(7).toLowerCase()] : undefined
    const bearer = request.headers.authorization?.replace(/^Bearer /, '')
    const named = token === 'path' ? decodeURIComponent(path.split('/').at(-1) ?? '') : token ? fields.get(token) : null
    const fault = by === 'bearer' || header !== undefined ? null : clientFault(request, fields, by)
    const wants = Object.entries(alsoAsks).find(([name, value]) => fields.get(name) !== value)
    if (fault || wants || Boolean(asJson) !== isJson(request)) return refuse(response, fault ?? wants?.[0] ?? 'encoding')
    const holder = grants.find(each =>
      [named, header, token ? null : bearer].some(one => one === each.accessToken || (one && one === each.refreshToken)),
    )
    const family = (each: Grant) => holder && (each === holder || (each.refreshToken !== null && each.refreshToken === holder.refreshToken))
    const ended = grants.filter(each => family(each) || Object.keys(alsoAsks).length > 0)
    if (ended.length === 0) return refuse(response, 'no such token', 'invalid_token')
    for (const grant of ended) grant.alive = false
    json(response, 200, {})
  }

  const server = createServer((request, response) => void receive(request, response))
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://localhost')
    const address = url.pathname.slice(1)
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const fields = isJson(request) ? new URLSearchParams(JSON.parse(text)) : new URLSearchParams(text)
    if (request.method === 'GET' && address === habits.authorize) return authorize(response, url.searchParams)
    const revoking = habits.revoke && `${request.method} ${address}`.startsWith(habits.revoke.request)
    if (revoking) return withdraw(request, response, fields, address)
    const refreshing = fields.get('grant_type') === 'refresh_token'
    if (request.method !== 'POST' || address !== ((refreshing && habits.refresh) || habits.token))
      return refuse(response, `${request.method} ${address}`)
    const fault = clientFault(request, fields, habits.client)
    if (fault) return refuse(response, fault, 'invalid_client')
    if (Boolean(habits.json) !== isJson(request)) return refuse(response, 'encoding')
    const wants = Object.entries(habits.tokenAsks ?? {}).find(([name, value]) => fields.get(name) !== value)
    if (wants) return refuse(response, wants[0])
    return refreshing ? refresh(response, fields) : exchange(response, fields)
  }
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const bound = server.address()
  const origin = `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`
  const here = (address: string) => address.replace(/^https:\//, origin)

  return {
    refusals,
    /** Whether a token would be accepted. */
    isAlive: (token: string | null) =>
      grants.some(each => each.alive && token !== null && [each.accessToken, each.refreshToken].includes(token)),
    /** Us, as we know the provider, led to this server. */
    party(provider: Provider, facts: Facts): Party {
      const real = serverOf(provider, facts)
      const server = Object.fromEntries(Object.entries(real).map(([name, value]) => [name, value && here(value)]))
      const client: OAuthClient =
        habits.client === 'post' || habits.client === 'basic'
          ? { clientId: 'the-client', clientSecret: secret }
          : { clientId: 'the-client' }
      return {
        provider: { ...provider, redirect: { ...provider.redirect, ports: [] } },
        server: { ...real, ...server } satisfies OAuthServer,
        client,
        facts,
      }
    },
  }
}

const isJson = (request: IncomingMessage): boolean => request.headers['content-type'] === 'application/json'

const json = (response: ServerResponse, status: number, body: unknown): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

function lasts({ lasting }: Habits, query: URLSearchParams, scopes: string[]): boolean {
  if (lasting === undefined) return true
  if (lasting === 'never') return false
  return 'scope' in lasting ? scopes.includes(lasting.scope) : query.get(lasting.parameter[0]) === lasting.parameter[1]
}

function returned({ signsReturn }: Habits, parameters: Record<string, string>): URLSearchParams {
  if (!signsReturn) return new URLSearchParams(parameters)
  const all = { ...parameters, shop: 'acme.myshopify.com', timestamp: '1790000000', host: 'YWRtaW4=' }
  const message = Object.entries(all)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(pair => pair.join('='))
    .join('&')
  return new URLSearchParams({ ...all, hmac: createHmac('sha256', secret).update(message).digest('hex') })
}

function issue({ ends }: Habits, scopes: string, lasting: boolean): Grant {
  const claims = Buffer.from(JSON.stringify({ exp: 4_000_000_000, tid: randomUUID() })).toString('base64url')
  return {
    accessToken: ends === 'jwt' ? `e30.${claims}.sig` : `access-${randomUUID()}`,
    refreshToken: lasting ? `refresh/${randomUUID()}` : null,
    scopes,
    alive: true,
  }
}

const answerWith = ({ ends }: Habits, { accessToken, refreshToken, scopes }: Grant): Record<string, unknown> => ({
  access_token: accessToken,
  token_type: 'Bearer',
  ...(refreshToken && { refresh_token: refreshToken }),
  ...(!ends && { expires_in: 3600 }),
  ...(scopes && { scope: scopes }),
})
