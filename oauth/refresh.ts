import * as oauth from 'oauth4webapi'
import type { Provider } from '../core/provider.ts'
import { NoUsableAnswer, tokenFetch } from './answer.ts'
import { clientErrors, wordsOf } from './errors.ts'
import { toGrant, type Grant } from './grant.ts'
import { askedScopes, authenticationOf, mayBeInsecure, metadataOf, type Party } from './server.ts'

/**
 * How a refresh ended. `refused`: the provider withdrew the grant, for good. `misconfigured`: it does not accept the client; the grant may
 * live. `notSent`: proved not to have left. `unclear`: anything else; the token may have been used.
 */
export type RefreshAnswer =
  | { kind: 'granted'; grant: Grant }
  | { kind: 'refused' | 'misconfigured' | 'notSent' | 'unclear'; reason: string }

/** Exchanges a refresh token, once, without repeating. Never throws for what a provider does. RFC 6749 §6 */
export async function refresh(
  party: Party & { refreshToken: string; scopes: readonly string[]; now?: () => number; limitMs?: number },
): Promise<RefreshAnswer> {
  const { provider, server, client, refreshToken, scopes, now = Date.now, limitMs } = party
  const metadata = metadataOf({ ...server, tokenEndpoint: server.refreshEndpoint ?? server.tokenEndpoint })
  try {
    const response = await oauth.refreshTokenGrantRequest(metadata, { client_id: client.clientId }, authenticationOf(party), refreshToken, {
      additionalParameters: { ...provider.tokenParameters, ...(provider.refreshNamesScopes && { scope: askedScopes(provider, scopes) }) },
      [oauth.customFetch]: tokenFetch(provider, { limitMs }),
      [oauth.allowInsecureRequests]: mayBeInsecure(server.tokenEndpoint),
    })
    const answer = await oauth.processRefreshTokenResponse(metadata, { client_id: client.clientId }, response)
    // A refresh takes nothing away (RFC 6749 §6): a scope left empty is the one there was.
    return { kind: 'granted', grant: toGrant(provider, { ...answer, scope: answer.scope || undefined }, scopes, now()) }
  } catch (error) {
    return classify(provider, error)
  }
}

/** Only `invalid_grant` (RFC 6749 §5.2) and what the provider has in its place end a grant. Everything else may pass. */
function classify({ refusals = [] }: Provider, error: unknown): Exclude<RefreshAnswer, { kind: 'granted' }> {
  if (error instanceof oauth.ResponseBodyError) {
    const reason = wordsOf(error.error, error.error_description)
    if (error.error === 'invalid_grant' || refusals.includes(error.error)) return { kind: 'refused', reason }
    return { kind: clientErrors.has(error.error) || error.error === 'invalid_scope' ? 'misconfigured' : 'unclear', reason }
  }
  if (error instanceof NoUsableAnswer) return { kind: error.notSent ? 'notSent' : 'unclear', reason: error.message }
  return { kind: 'unclear', reason: error instanceof Error ? error.message : String(error) }
}
