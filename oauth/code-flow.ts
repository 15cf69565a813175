import * as oauth from 'oauth4webapi'
import { AppError } from '../core/errors.ts'
import type { Provider } from '../core/provider.ts'
import { tokenFetch } from './answer.ts'
import { explainAnswer, explainCode } from './errors.ts'
import { toGrant, type Grant } from './grant.ts'
import { askedScopes, authenticationOf, mayBeInsecure, metadataOf, type Party } from './server.ts'
import { isSignedByShopify } from './signed-return.ts'

/** What belongs to one sign-in alone. `redirectUri` is what the provider has to send the browser back to, exactly. */
export type FlowSecrets = { redirectUri: string; state: string; codeVerifier: string }

/** One sign-in of the authorization code flow with PKCE and S256 (RFC 7636), whoever waits for the browser's return. */
export type CodeFlow = Party & { scopes: readonly string[]; secrets: FlowSecrets }

/** For each sign-in anew: 256 random bits each. */
export const newSecrets = (): Omit<FlowSecrets, 'redirectUri'> => ({
  state: oauth.generateRandomState(),
  codeVerifier: oauth.generateRandomCodeVerifier(),
})

/** Where the browser is sent, in the provider's own words. RFC 6749 §4.1.1 */
export async function authorizationUrl({ provider, server, client, scopes, secrets }: CodeFlow): Promise<string> {
  const url = new URL(server.authorizationEndpoint)
  const challenge = provider.pkce
    ? { code_challenge: await challengeOf(provider, secrets.codeVerifier), code_challenge_method: 'S256' }
    : {}
  const parameters = {
    ...provider.authorizationParameters,
    response_type: 'code',
    [provider.clientIdParameter ?? 'client_id']: client.clientId,
    redirect_uri: secrets.redirectUri,
    [provider.scopeParameter]: askedScopes(provider, scopes),
    state: secrets.state,
    ...challenge,
  }
  for (const [name, value] of Object.entries(parameters)) if (value) url.searchParams.set(name, value)
  return url.href
}

async function challengeOf({ challengeEncoding }: Provider, codeVerifier: string): Promise<string> {
  const challenge = await oauth.calculatePKCECodeChallenge(codeVerifier)
  return challengeEncoding === 'hex' ? Buffer.from(challenge, 'base64url').toString('hex') : challenge
}

type Returned = CodeFlow & { parameters: URLSearchParams }

/**
 * The parameters that the browser came back with, once they are what this sign-in waits for: state, and `iss` where the server sends it (RFC
 * 9207). Throws what the provider says instead of giving a code, and `unauthorized` when it is not the provider who says it.
 */
export function readReturn({ provider, server, client, facts, secrets, parameters: found }: Returned): URLSearchParams {
  if (provider.signedReturn === 'shopify' && !isSignedByShopify(found, client.clientSecret ?? '', facts?.['shop'] ?? ''))
    throw forged(provider, new Error('the signature of the return is wrong'))
  // Without a known issuer there is nothing to compare `iss` with; each attempt has its own address, state and verifier.
  const parameters = new URLSearchParams(found)
  if (!server.issuer) parameters.delete('iss')
  try {
    return oauth.validateAuthResponse(metadataOf(server), { client_id: client.clientId }, parameters, secrets.state)
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) throw explainCode(provider, error.error, error.error_description, error)
    throw forged(provider, error)
  }
}

/**
 * Exchanges the code in what `readReturn` gave, once. Errors: `unauthorized` when the provider refuses, `unavailable` when it gives no usable
 * answer, or what `signal` was aborted with. RFC 6749 §4.1.3
 */
export async function exchangeCode(flow: Returned & { signal?: AbortSignal; now?: () => number }): Promise<Grant> {
  const { provider, server, client, scopes, secrets, parameters, signal, now = Date.now } = flow
  const metadata = metadataOf(server)
  try {
    const response = await oauth.authorizationCodeGrantRequest(
      metadata,
      { client_id: client.clientId },
      authenticationOf(flow),
      parameters,
      secrets.redirectUri,
      provider.pkce ? secrets.codeVerifier : oauth.nopkce,
      {
        additionalParameters: provider.tokenParameters,
        [oauth.customFetch]: tokenFetch(provider, { signal }),
        [oauth.allowInsecureRequests]: mayBeInsecure(server.tokenEndpoint),
      },
    )
    const answer = await oauth.processAuthorizationCodeResponse(metadata, { client_id: client.clientId }, response)
    return toGrant(provider, answer, scopes, now())
  } catch (error) {
    throw explainAnswer(provider, error)
  }
}

const forged = (provider: Provider, cause: unknown) =>
  new AppError('unauthorized', `The sign-in did not come from ${provider.name}, so Plugboard refused it. Try again.`, {
    action: { kind: 'retry' },
    details: cause instanceof Error ? cause.message : undefined,
    cause,
  })
