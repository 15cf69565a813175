import { AppError } from '../../core/errors.ts'
import type { Provider } from '../../core/provider.ts'
import { authorizationUrl, exchangeCode, newSecrets, readReturn } from '../../oauth/code-flow.ts'
import type { Grant } from '../../oauth/grant.ts'
import type { Party } from '../../oauth/server.ts'
import { listen } from './listener.ts'
import type { Page } from './page.ts'

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
  const { provider, signal, limitMs = 5 * 60_000, now = Date.now } = options
  if (signal?.aborted) throw cancelled(provider)
  const fresh = newSecrets()
  const listener = await listen({ provider, state: fresh.state })
  const secrets = { ...fresh, redirectUri: listener.redirectUri }

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
    .then(found => readReturn({ ...options, secrets, parameters: found }))
    .finally(() => clearTimeout(timer))
  const returned = parameters.then(() => undefined)
  // Whoever started the attempt may be gone before it ends.
  returned.catch(() => {})
  ended.promise.catch(() => {})

  return {
    authorizationUrl: await authorizationUrl({ ...options, secrets }),
    redirectUri: secrets.redirectUri,
    expiresAt: now() + limitMs,
    returned,
    async exchange() {
      const found = await parameters
      try {
        return await exchangeCode({ ...options, secrets, parameters: found })
      } catch (error) {
        throw signal?.aborted ? cancelled(provider) : error
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
