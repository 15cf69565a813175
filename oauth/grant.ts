import type { TokenEndpointResponse } from 'oauth4webapi'
import type { Provider } from '../core/provider.ts'
import { withIncluded } from '../core/scopes.ts'

/** What an account gave us. Times are epoch ms; null where there is no end, or none was stated. */
export type Grant = {
  accessToken: string
  refreshToken: string | null
  accessExpiresAt: number | null
  refreshExpiresAt: number | null
  scopesGranted: string[]
}

/** Reads a token answer. An answer without `scope` means all that was asked for (RFC 6749 §5.1). */
export function toGrant(provider: Provider, answer: TokenEndpointResponse, scopesAsked: readonly string[], now: number): Grant {
  const after = (seconds: unknown) => (typeof seconds === 'number' ? now + seconds * 1000 : null)
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    accessExpiresAt: after(answer.expires_in),
    refreshExpiresAt: after(answer['refresh_token_expires_in']),
    scopesGranted: answer.scope === undefined ? [...scopesAsked] : readScopes(provider, answer.scope),
  }
}

function readScopes(provider: Provider, scope: string): string[] {
  const { grantedScopeSeparator, scopeSeparator } = provider
  // A scope may hold a comma (RFC 6749 §3.3), never a space.
  const separator = (grantedScopeSeparator ?? scopeSeparator) === ',' ? /[\s,]+/ : /\s+/
  return withIncluded(provider, scope.split(separator).filter(Boolean))
}
