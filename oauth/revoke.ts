import * as oauth from 'oauth4webapi'
import { z } from 'zod'
import { NoUsableAnswer, parseJson, send } from './answer.ts'
import { authenticationOf, mayBeInsecure, metadataOf, type Party } from './server.ts'

const answer = z.object({ ok: z.boolean().optional(), error: z.string().optional() }).catch({})

/** What a provider says of a token that is gone already. */
const goneAlready = new Set(['invalid_token', 'token_revoked', 'token_expired', 'invalid_auth', 'account_inactive'])

/**
 * Takes a grant back at the provider (RFC 7009). True only when the provider said so of the token that renews the grant, or of the only
 * one there is; otherwise the user has to end it on the account page. Never throws for what a provider does.
 */
export async function revoke(party: Party & { accessToken: string; refreshToken: string | null; limitMs?: number }): Promise<boolean> {
  if (!party.server.revocationEndpoint) return false
  // The refresh token first: with most providers it takes its access tokens along.
  const renewing = party.refreshToken === null ? null : await revokeToken(party, party.refreshToken)
  const access = await revokeToken(party, party.accessToken)
  return renewing ?? access
}

async function revokeToken(party: Party & { limitMs?: number }, token: string): Promise<boolean> {
  const { server, client, limitMs = 10_000 } = party
  let text = ''
  try {
    const response = await oauth.revocationRequest(metadataOf(server), { client_id: client.clientId }, authenticationOf(party), token, {
      [oauth.customFetch]: async (url: string, init: RequestInit) => {
        const sent = await send(url, init, { limitMs })
        text = sent.text
        return new Response(null, { status: sent.response.status })
      },
      [oauth.allowInsecureRequests]: mayBeInsecure(server.tokenEndpoint),
    })
    const { ok, error } = answer.parse(parseJson(text))
    if (error !== undefined && goneAlready.has(error)) return true
    return response.status === 200 && ok !== false
  } catch (error) {
    if (error instanceof NoUsableAnswer || error instanceof oauth.OperationProcessingError) return false
    throw error
  }
}
