import type { TokenEndpointResponse } from 'oauth4webapi'
import { z } from 'zod'
import type { Facts } from '../core/addresses.ts'
import type { Provider } from '../core/provider.ts'
import { withIncluded } from '../core/scopes.ts'

/** What an account gave us. Times are epoch ms; null where there is no end, or none was stated. */
export type Grant = {
  accessToken: string
  refreshToken: string | null
  accessExpiresAt: number | null
  refreshExpiresAt: number | null
  scopesGranted: string[]
  /** What the answer told of the account's own addresses, where the provider tells such things: also after a refresh, when they may have moved. */
  facts?: Facts
}

/** Reads a token answer. An answer without `scope` means all that was asked for (RFC 6749 §5.1). */
export function toGrant(provider: Provider, answer: TokenEndpointResponse, scopesAsked: readonly string[], now: number): Grant {
  const after = (seconds: unknown) => (typeof seconds === 'number' ? now + seconds * 1000 : null)
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    accessExpiresAt: after(answer.expires_in) ?? (provider.expiryIn === 'jwt' ? expiryOf(answer.access_token) : null),
    refreshExpiresAt: after(answer['refresh_token_expires_in']),
    scopesGranted: answer.scope === undefined ? [...scopesAsked] : readScopes(provider, answer.scope),
    ...(provider.learned && { facts: factsIn(provider.learned, answer) }),
  }
}

const factsIn = (learned: NonNullable<Provider['learned']>, answer: TokenEndpointResponse): Facts =>
  Object.fromEntries(
    Object.entries(learned).flatMap(([name, { member }]) => {
      const value = answer[member]
      return typeof value === 'string' ? [[name, value] as const] : []
    }),
  )

const claims = z.object({ exp: z.number().positive() })

/** When a JWT ends (RFC 7519 §4.1.4), in epoch ms. It is not verified: it tells nothing but when to renew it. */
function expiryOf(token: string): number | null {
  try {
    const payload: unknown = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')))
    return claims.parse(payload).exp * 1000
  } catch {
    return null
  }
}

function readScopes(provider: Provider, scope: string): string[] {
  const { grantedScopeSeparator, scopeSeparator } = provider
  // A scope may hold a comma (RFC 6749 §3.3), never a space.
  const separator = (grantedScopeSeparator ?? scopeSeparator) === ',' ? /[\s,]+/ : /\s+/
  const granted = scope.split(separator).filter(Boolean)
  const renamed = Object.entries(provider.earlierScopes ?? {}).filter(([, earlier]) => granted.includes(earlier))
  return withIncluded(provider, [...granted, ...renamed.map(([current]) => current)])
}

/** The scopes by the names they had before, for a client that is older than the present ones. Null when there are none. */
export function underEarlierNames({ earlierScopes = {} }: Provider, scopes: readonly string[]): string[] | null {
  const earlier = [...new Set(scopes.map(scope => earlierScopes[scope] ?? scope))]
  return scopes.some(scope => scope in earlierScopes) ? earlier : null
}
