import * as oauth from 'oauth4webapi'
import { NoUsableAnswer, tokenFetch } from './answer.ts'
import { clientErrors, wordsOf } from './errors.ts'
import { toGrant, type Grant } from './grant.ts'
import { authenticationOf, mayBeInsecure, metadataOf, type Party } from './server.ts'

/**
 * How a refresh ended. `refused`: the provider withdrew the grant, for good. `misconfigured`: it does not accept the client; the grant may
 * live. `notSent`: proved not to have left. `unclear`: anything else; the token may have been used.
 */
export type RefreshAnswer =
  | { kind: 'granted'; grant: Grant }
  | { kind: 'refused' | 'misconfigured' | 'notSent' | 'unclear'; reason: string }

/** The only codes that end a grant: RFC 6749 §5.2, Slack's two, GitHub's. Everything else may pass. */
const refusals = new Set(['invalid_grant', 'invalid_refresh_token', 'token_revoked', 'bad_refresh_token'])

/** Exchanges a refresh token, once, without repeating. Never throws for what a provider does. RFC 6749 §6 */
export async function refresh(
  party: Party & { refreshToken: string; scopes: readonly string[]; now?: () => number; limitMs?: number },
): Promise<RefreshAnswer> {
  const { provider, server, client, refreshToken, scopes, now = Date.now, limitMs } = party
  const metadata = metadataOf(server)
  try {
    const response = await oauth.refreshTokenGrantRequest(metadata, { client_id: client.clientId }, authenticationOf(party), refreshToken, {
      [oauth.customFetch]: tokenFetch(provider, { limitMs }),
      [oauth.allowInsecureRequests]: mayBeInsecure(server.tokenEndpoint),
    })
    const answer = await oauth.processRefreshTokenResponse(metadata, { client_id: client.clientId }, response)
    return { kind: 'granted', grant: toGrant(provider, answer, scopes, now()) }
  } catch (error) {
    return classify(error)
  }
}

function classify(error: unknown): Exclude<RefreshAnswer, { kind: 'granted' }> {
  if (error instanceof oauth.ResponseBodyError) {
    const reason = wordsOf(error.error, error.error_description)
    if (refusals.has(error.error)) return { kind: 'refused', reason }
    return { kind: clientErrors.has(error.error) || error.error === 'invalid_scope' ? 'misconfigured' : 'unclear', reason }
  }
  if (error instanceof NoUsableAnswer) return { kind: error.notSent ? 'notSent' : 'unclear', reason: error.message }
  return { kind: 'unclear', reason: error instanceof Error ? error.message : String(error) }
}
