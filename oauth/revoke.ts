import { fillIn } from '../core/addresses.ts'
import type { Revocation } from '../core/provider.ts'
import { errorIn, inOwnForm, NoUsableAnswer, parseAnswer, parseJson, send } from './answer.ts'
import { authenticationOf, metadataOf, type Party } from './server.ts'

/**
 * What taking a grant back came to. `ended`: the provider confirmed that the app's access is over. `tokenOnly`: the token is void, but the
 * app stays authorized or installed. `unclear`: the token is void; whether the app stays listed is not known. `unconfirmed`: the provider
 * did not say yes. `impossible`: it has no way to do it, or none for a client without a secret.
 */
export type Withdrawal = 'ended' | 'tokenOnly' | 'unclear' | 'unconfirmed' | 'impossible'

/** What a provider says of a token that is gone already. */
const goneAlready = new Set(['invalid_token', 'token_revoked', 'token_expired', 'invalid_auth', 'account_inactive'])

const outcomes = { grant: 'ended', token: 'tokenOnly', unclear: 'unclear' } as const satisfies Record<Revocation['ends'], Withdrawal>

type Tokens = { accessToken: string; refreshToken: string | null }

/**
 * Takes a grant back at the provider. Confirmed only when the provider said so of the token that renews the grant, or of the only one there
 * is. Never throws for what a provider does. RFC 7009
 */
export async function revoke(party: Party & Tokens & { limitMs?: number }): Promise<Withdrawal> {
  const { provider, server, client, accessToken, refreshToken } = party
  const { revocation } = provider
  if (!revocation || !server.revocationEndpoint || (revocation.secretRequired && !client.clientSecret)) return 'impossible'
  // The refresh token first: with most providers it takes its access tokens along.
  const renewing = revocation.token === 'access' || refreshToken === null ? null : await revokeToken(party, revocation, refreshToken)
  const access = revocation.token === 'refresh' && renewing !== null ? null : await revokeToken(party, revocation, accessToken)
  return (renewing ?? access) ? outcomes[revocation.ends] : 'unconfirmed'
}

async function revokeToken(party: Party & { limitMs?: number }, revocation: Revocation, token: string): Promise<boolean> {
  const { provider, server, client, facts = {}, limitMs = 10_000 } = party
  const { method = 'POST', by, body = 'form', tokenParameter = by === 'client' ? 'token' : '', parameters = {} } = revocation
  const headers = new Headers({ accept: 'application/json' })
  const fields = new URLSearchParams(tokenParameter && { [tokenParameter]: token })
  for (const [name, fact] of Object.entries(parameters)) fields.set(name, facts[fact] ?? '')
  if (by === 'client')
    authenticationOf(party, revocation.clientAuthentication)(metadataOf(server), { client_id: client.clientId }, fields, headers)
  else headers.set(provider.tokenHeader ?? 'authorization', provider.tokenHeader ? token : `Bearer ${token}`)
  const url = fillIn(server.revocationEndpoint ?? '', { token: encodeURIComponent(token), clientId: encodeURIComponent(client.clientId) })
  const content =
    body === 'none' ? {} : inOwnForm({ ...provider, tokenBody: body === 'json' ? 'json' : undefined }, { body: fields, headers })
  try {
    const { response, text } = await send(url, { headers, ...content, method }, { limitMs })
    // What stands in an answer does not count (RFC 7009 §2.2), unless it is an error. A page for people comes from something in between.
    if (response.ok && !parseJson(text)) return !response.headers.get('content-type')?.includes('html')
    const error = errorIn(parseAnswer(text, response), response.status)
    return error ? goneAlready.has(error.error) : response.ok
  } catch (error) {
    if (error instanceof NoUsableAnswer) return false
    throw error
  }
}
