import * as oauth from 'oauth4webapi'
import { AppError } from '../../core/errors.ts'
import type { Provider } from '../../core/provider.ts'
import { tokenFetch } from '../../oauth/answer.ts'
import { explainAnswer, explainCode } from '../../oauth/errors.ts'
import { toGrant, type Grant } from '../../oauth/grant.ts'
import { listen } from './listener.ts'
import type { Page } from './page.ts'
import { askedScopes, authenticationOf, mayBeInsecure, metadataOf, type Party } from '../../oauth/server.ts'
import { isSignedByShopify } from '../../oauth/signed-return.ts'

export type AuthorizeOptions = Party & {
  scopes: readonly string[]
  /** Ends the attempt with `cancelled`. */
  signal?: AbortSignal
  /** How long the user may take in the browser. */
  limitMs?: number
  now?: () => number
}

/** One sign-in under way: open `authorizationUrl`, await `returned`, `exchange`, tell the browser's tab with `finish`, and `close` in any case. */
export type Attempt = {
  authorizationUrl: string
  redirectUri: string
  /** Epoch ms. */
  expiresAt: number
  /** Errors: `timeout`, `cancelled` (by us or by the user at the provider), `unauthorized`, `unavailable`. */
  returned: Promise<void>
  /** Once. Errors: `unauthorized` when the provider refuses, `unavailable` when it gives no usable answer. RFC 6749 §4.1.3 */
  exchange(): Promise<Grant>
  finish(page: Page): void
  /** Sends the browser's tab on to another address instead. */
  sendOn(url: string): void
  close(): Promise<void>
}

/**
 * Starts the authorization code flow of a native app: loopback redirect (RFC 8252), PKCE with S256 (RFC 7636), state, `iss` where the
 * server sends it (RFC 9207), one listener for one attempt (RFC 9700).
 */
export async function authorize(options: AuthorizeOptions): Promise<Attempt> {
  const { provider, server, client, scopes, signal, limitMs = 5 * 60_000, now = Date.now } = options
  if (signal?.aborted) throw cancelled(provider)
  const state = oauth.generateRandomState()
  const codeVerifier = oauth.generateRandomCodeVerifier()
  const listener = await listen({ provider, state })
  const { redirectUri } = listener

  const ended = Promise.withResolvers<never>()
  const cancel = () => ended.reject(cancelled(provider))
  const tooLate = () =>
    ended.reject(
      new AppError('timeout', `You did not finish signing in to ${provider.name} in time. Try again.`, { action: { kind: 'retry' } }),
    )
  const timer = setTimeout(tooLate, limitMs)
  signal?.addEventListener('abort', cancel, { once: true })
  if (signal?.aborted) cancel()

  const parameters = Promise.race([listener.returned, ended.promise])
    .then(found => validate(options, found, state))
    .finally(() => clearTimeout(timer))
  const returned = parameters.then(() => undefined)
  // Whoever started the attempt may be gone before it ends.
  returned.catch(() => {})
  ended.promise.catch(() => {})

  return {
    authorizationUrl: await authorizationUrl(options, { redirectUri, state, codeVerifier }),
    redirectUri,
    expiresAt: now() + limitMs,
    returned,
    async exchange() {
      const found = await parameters
      const metadata = metadataOf(server)
      try {
        const response = await oauth.authorizationCodeGrantRequest(
          metadata,
          { client_id: client.clientId },
          authenticationOf(options),
          found,
          redirectUri,
          provider.pkce ? codeVerifier : oauth.nopkce,
          {
            additionalParameters: provider.tokenParameters,
            [oauth.customFetch]: tokenFetch(provider, { signal }),
            [oauth.allowInsecureRequests]: mayBeInsecure(server.tokenEndpoint),
          },
        )
        const answer = await oauth.processAuthorizationCodeResponse(metadata, { client_id: client.clientId }, response)
        return toGrant(provider, answer, scopes, now())
      } catch (error) {
        if (signal?.aborted) throw cancelled(provider)
        throw explainAnswer(provider, error)
      }
    },
    finish: page => listener.answer(page),
    sendOn: url => listener.sendOn(url),
    async close() {
      cancel()
      signal?.removeEventListener('abort', cancel)
      await listener.close()
    },
  }
}

const cancelled = (provider: Provider) => new AppError('cancelled', `Connecting to ${provider.name} was cancelled.`)

type Secrets = { redirectUri: string; state: string; codeVerifier: string }

async function authorizationUrl(
  { provider, server, client, scopes }: AuthorizeOptions,
  { redirectUri, state, codeVerifier }: Secrets,
): Promise<string> {
  const url = new URL(server.authorizationEndpoint)
  const challenge = provider.pkce ? { code_challenge: await challengeOf(provider, codeVerifier), code_challenge_method: 'S256' } : {}
  const parameters = {
    ...provider.authorizationParameters,
    response_type: 'code',
    [provider.clientIdParameter ?? 'client_id']: client.clientId,
    redirect_uri: redirectUri,
    [provider.scopeParameter]: askedScopes(provider, scopes),
    state,
    ...challenge,
  }
  for (const [name, value] of Object.entries(parameters)) if (value) url.searchParams.set(name, value)
  return url.href
}

async function challengeOf({ challengeEncoding }: Provider, codeVerifier: string): Promise<string> {
  const challenge = await oauth.calculatePKCECodeChallenge(codeVerifier)
  return challengeEncoding === 'hex' ? Buffer.from(challenge, 'base64url').toString('hex') : challenge
}

/** Throws what the provider says instead of giving a code, and `unauthorized` when it is not the provider who says it. */
function validate({ provider, server, client, facts }: AuthorizeOptions, found: URLSearchParams, state: string): URLSearchParams {
  if (provider.signedReturn === 'shopify' && !isSignedByShopify(found, client.clientSecret ?? '', facts?.['shop'] ?? ''))
    throw forged(provider, new Error('the signature of the return is wrong'))
  // Without a known issuer there is nothing to compare `iss` with; each attempt has its own address, state and verifier.
  const parameters = new URLSearchParams(found)
  if (!server.issuer) parameters.delete('iss')
  try {
    return oauth.validateAuthResponse(metadataOf(server), { client_id: client.clientId }, parameters, state)
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) throw explainCode(provider, error.error, error.error_description, error)
    throw forged(provider, error)
  }
}

const forged = (provider: Provider, cause: unknown) =>
  new AppError('unauthorized', `The sign-in did not come from ${provider.name}, so Plugboard refused it. Try again.`, {
    action: { kind: 'retry' },
    details: cause instanceof Error ? cause.message : undefined,
    cause,
  })
