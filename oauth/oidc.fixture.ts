import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Provider as OpenIdProvider } from 'oidc-provider'
import type { Provider } from '../core/provider.ts'
import { serverOf, type OAuthClient, type Party } from './server.ts'

type Teardown = { after(end: () => Promise<void> | void): void }

export const publicClient: OAuthClient = { clientId: 'desktop' }
export const basicClient: OAuthClient = { clientId: 'basic', clientSecret: 'basic:secret/+%' }
export const postClient: OAuthClient = { clientId: 'post', clientSecret: 'post:secret' }

const registered = {
  // A desktop’s listener, and a relay.
  redirect_uris: ['http://127.0.0.1/callback', 'http://127.0.0.1/oauth/callback'],
  application_type: 'native',
  grant_types: ['authorization_code', 'refresh_token'],
  id_token_signed_response_alg: 'ES256',
}

/** A certified OpenID provider on loopback: PKCE required, `iss` in its answers, rotating refresh tokens whose reuse ends the grant. */
export async function startAuthorizationServer(
  t: Teardown,
  {
    redirectUris = registered.redirect_uris,
    ignoresPorts = true,
    scopes = ['tickets:read', 'tickets:write'],
  }: { redirectUris?: string[]; ignoresPorts?: boolean; scopes?: readonly string[] } = {},
) {
  /** What stands between us and the server: may answer in its place. */
  const knobs: {
    tokenRequests: number
    revocations: number
    intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null
  } = {
    tokenRequests: 0,
    revocations: 0,
    intercept: null,
  }
  const server = createServer((request, response) => {
    const isToken = request.method === 'POST' && request.url === '/token'
    if (isToken) knobs.tokenRequests += 1
    if (request.url === '/token/revocation') knobs.revocations += 1
    if (isToken && knobs.intercept?.(request, response)) return
    answer(request, response)
  })
  let answer = (_: IncomingMessage, response: ServerResponse): void => void response.end()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const accounts = {
    async findAccount(_: unknown, id: string) {
      return { accountId: id, claims: async () => ({ sub: id }) }
    },
  }
  const openId = new OpenIdProvider(issuer, {
    ...accounts,
    clients: [
      {
        ...registered,
        redirect_uris: redirectUris,
        // For native clients it leaves the port of a loopback address out of the comparison (RFC 8252 §7.3), for others not.
        application_type: ignoresPorts ? 'native' : 'web',
        client_id: publicClient.clientId,
        token_endpoint_auth_method: 'none',
      },
      {
        ...registered,
        client_id: basicClient.clientId,
        client_secret: basicClient.clientSecret,
        token_endpoint_auth_method: 'client_secret_basic',
      },
      {
        ...registered,
        client_id: postClient.clientId,
        client_secret: postClient.clientSecret,
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    scopes: ['openid', 'offline_access', ...scopes],
    features: {
      revocation: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      devInteractions: { enabled: true },
    },
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    pkce: { required: () => true },
    ttl: { AccessToken: 600, AuthorizationCode: 60, RefreshToken: 3600, Grant: 3600, Session: 3600, Interaction: 600, IdToken: 600 },
    cookies: { keys: ['test'] },
    jwks: { keys: [await signingKey()] },
  })
  answer = openId.callback()
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const provider: Provider = {
    id: 'tickets',
    name: 'Tickets',
    authorizationEndpoint: `${issuer}/auth`,
    tokenEndpoint: `${issuer}/token`,
    revocation: { endpoint: `${issuer}/token/revocation`, by: 'client', token: 'both', ends: 'grant' },
    issuer,
    scopeParameter: 'scope',
    scopeSeparator: ' ',
    authorizationParameters: { prompt: 'consent' },
    clientAuthentication: 'none',
    secretRequired: false,
    pkce: true,
    redirect: { host: '127.0.0.1', path: '/callback', ports: [] },
    grantAt: 'top',
    refreshToken: 'always',
    rotation: 'strict',
    clientPageUrl: 'https://tickets.example/clients',
    clientSetup: { steps: [] },
    apiOrigins: [issuer],
  }
  const party = (client: OAuthClient = publicClient, facts: Partial<Provider> = {}): Party => {
    const known = { ...provider, ...facts }
    return { provider: known, server: serverOf(known), client }
  }
  /** What the server itself says of a token (RFC 7662). */
  async function isActive(token: string): Promise<boolean> {
    const response = await fetch(`${issuer}/token/introspection`, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id: postClient.clientId, client_secret: postClient.clientSecret ?? '' }),
    })
    const { active } = await response.json()
    return active === true
  }
  return { issuer, party, isActive, knobs }
}

/** A person at the browser: signs in, agrees (or not), and stops at the address the browser is sent back to. */
export async function giveConsent(authorizationUrl: string, answer: 'agree' | 'refuse' = 'agree', login = 'ada'): Promise<string> {
  const cookies = new Map<string, string>()
  const go = async (url: URL, body?: Record<string, string>): Promise<Response> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body && { method: 'POST', body: new URLSearchParams(body) }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    return response
  }
  const issuer = new URL(authorizationUrl).origin
  let url = new URL(authorizationUrl)
  let response = await go(url)
  for (let step = 0; step < 12; step += 1) {
    const location = response.headers.get('location')
    if (location) {
      url = new URL(location, url)
      if (url.origin !== issuer) return url.href
      response = await go(url)
      continue
    }
    const page = await response.text()
    const action = /action="([^"]+)"/.exec(page)?.[1]
    if (!action)
      throw new Error(`The server shows no form: ${response.status} ${page.replaceAll(/<style[\s\S]*?<\/style>|<[^>]+>/g, '').trim()}`)
    if (answer === 'refuse') response = await go(new URL(`${action}/abort`, url))
    else
      response = await go(
        new URL(action, url),
        page.includes('name="password"') ? { prompt: 'login', login, password: 'x' } : { prompt: 'consent' },
      )
  }
  throw new Error('The server never sent the browser back')
}

async function signingKey(): Promise<JsonWebKey & { use: string; alg: string; kid: string }> {
  const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  return { ...(await crypto.subtle.exportKey('jwk', privateKey)), use: 'sig', alg: 'ES256', kid: 'test', key_ops: undefined }
}
