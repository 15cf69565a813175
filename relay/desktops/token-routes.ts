import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { desktopClient } from '../../core/contract/relay.ts'
import { addressOf, type RelayEnv } from '../web/request.ts'
import type { Rooms } from '../rooms.ts'
import type { TokenPair } from './desktops.ts'

const perAddress = { name: 'token', most: 120, windowMs: 60_000 }
const token = z.string().min(1).max(512)
const tokenRequest = z.discriminatedUnion('grant_type', [
  z.object({
    grant_type: z.literal('authorization_code'),
    client_id: z.string(),
    code: token,
    redirect_uri: z.string(),
    // RFC 7636 §4.1
    code_verifier: z.string().regex(/^[\w.~-]{43,128}$/),
  }),
  z.object({ grant_type: z.literal('refresh_token'), client_id: z.string(), refresh_token: token }),
])
const grantTypes = ['authorization_code', 'refresh_token']

type Refusal = 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type'

/** The relay as an authorization server for its desktops, without the pages: metadata (RFC 8414), tokens (RFC 6749 §5), revocation (RFC 7009). */
export function tokenRoutes({ desktops, limits, url }: Rooms): Hono<RelayEnv> {
  const app = new Hono<RelayEnv>()

  app.get('/.well-known/oauth-authorization-server', c =>
    c.json({
      issuer: url,
      authorization_endpoint: `${url}/oauth/authorize`,
      token_endpoint: `${url}/oauth/token`,
      revocation_endpoint: `${url}/oauth/revoke`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: grantTypes,
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
      revocation_endpoint_auth_methods_supported: ['none'],
      scopes_supported: [desktopClient.scope],
      authorization_response_iss_parameter_supported: true,
    }),
  )

  app.post('/oauth/token', async c => {
    await limits.take(perAddress, addressOf(c) ?? '')
    const form = await readForm(c)
    if (!form) return refuse(c, 'invalid_request')
    if (!grantTypes.includes(form['grant_type'] ?? '')) return refuse(c, form['grant_type'] ? 'unsupported_grant_type' : 'invalid_request')
    const parsed = tokenRequest.safeParse(form)
    if (!parsed.success) return refuse(c, 'invalid_request')
    if (parsed.data.client_id !== desktopClient.id) return refuse(c, 'invalid_client')
    const pair = await redeem(parsed.data, addressOf(c))
    return pair ? c.json(tokenAnswer(pair), 200, noStore) : refuse(c, 'invalid_grant')
  })

  app.post('/oauth/revoke', async c => {
    await limits.take(perAddress, addressOf(c) ?? '')
    const form = await readForm(c)
    const parsed = token.safeParse(form?.['token'])
    if (!parsed.success) return refuse(c, 'invalid_request')
    if (form?.['client_id'] !== desktopClient.id) return refuse(c, 'invalid_client')
    await desktops.revoke(parsed.data)
    return c.body(null, 200, noStore)
  })

  function redeem(request: z.infer<typeof tokenRequest>, ip: string | null): Promise<TokenPair | null> {
    if (request.grant_type === 'refresh_token') return desktops.refresh(request.refresh_token, ip)
    return desktops.redeemCode({ code: request.code, redirectUri: request.redirect_uri, verifier: request.code_verifier, ip })
  }

  return app
}

const noStore = { 'cache-control': 'no-store' }

const tokenAnswer = ({ accessToken, refreshToken, expiresInSeconds }: TokenPair) => ({
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: expiresInSeconds,
  refresh_token: refreshToken,
  scope: desktopClient.scope,
})

const refuse = (c: Context, error: Refusal) => c.json({ error }, error === 'invalid_client' ? 401 : 400, noStore)

/** The fields of a form, or null when it is none or names one twice (RFC 6749 §3.2). */
async function readForm(c: Context): Promise<Record<string, string> | null> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '')) return null
  const fields = new URLSearchParams(await c.req.text())
  const names = [...fields.keys()]
  return new Set(names).size === names.length ? Object.fromEntries(fields) : null
}
