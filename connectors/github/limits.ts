import type { RateLimits } from '../../core/rate-limit.ts'

/**
 * GitHub answers 403 as often as 429. The primary limit counts searches and GraphQL apart; the secondary one is about everything, and
 * asks for a minute where it does not say how long. https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export const githubLimits: RateLimits = {
  kinds: /^\/(search|graphql)\b/,
  signals: [
    { status: 403, header: ['retry-after', /\d/], everything: true },
    { status: 403, header: ['x-ratelimit-remaining', /^0$/] },
    { status: 403, body: /secondary rate limit|abuse detection/i, waitMs: 60_000, everything: true },
    { status: 429, body: /secondary rate limit/i, waitMs: 60_000, everything: true },
  ],
}
