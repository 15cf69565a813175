import type { RateLimits } from '../../core/rate-limit.ts'

const reason = (...names: string[]) => new RegExp(`"reason"\\s*:\\s*"(?:${names.join('|')})"`)

/**
 * Google's APIs tell a limit by the reason in the body, with status 403 as often as 429.
 * https://developers.google.com/workspace/calendar/api/guides/errors
 */
export const googleLimits: RateLimits = {
  signals: [
    // Used up for a day, by an hour that Google does not tell.
    { status: 403, body: reason('quotaExceeded', 'dailyLimitExceeded'), waitMs: 3_600_000, everything: true },
    { status: 429, body: reason('quotaExceeded', 'dailyLimitExceeded'), waitMs: 3_600_000, everything: true },
    { status: 403, body: reason('rateLimitExceeded', 'userRateLimitExceeded', 'RATE_LIMIT_EXCEEDED') },
    { status: 403, body: /"status"\s*:\s*"RESOURCE_EXHAUSTED"/ },
  ],
}
