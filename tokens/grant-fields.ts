import type { Grant } from '../oauth/grant.ts'
import type { TokenRow } from './row.ts'
import { earlyMs, keepAliveMs } from './timing.ts'

/** How long the parts of a grant live, from the moment it came: that holds by any clock. Null where there is no end, or none was stated. */
export type Lives = { accessLifeMs: number | null; refreshLifeMs: number | null; idleDays: number | null }

/** The lives in a grant whose times were reckoned from `at`. */
export const livesOf = ({ accessExpiresAt, refreshExpiresAt }: Grant, at: number, idleDays: number | null): Lives => ({
  accessLifeMs: accessExpiresAt === null ? null : accessExpiresAt - at,
  refreshLifeMs: refreshExpiresAt === null ? null : refreshExpiresAt - at,
  idleDays,
})

/** When what was granted ends, and when it is renewed before that. An answer without a refresh token means that the old one stays. */
export function grantFields(
  grant: Grant,
  { accessLifeMs, refreshLifeMs, idleDays }: Lives,
  now: number,
  before: Pick<TokenRow, 'refreshToken' | 'refreshExpiresAt'> | null,
): Pick<TokenRow, 'accessExpiresAt' | 'refreshExpiresAt' | 'renewAt' | 'keepAliveAt'> {
  const at = (lifeMs: number | null) => (lifeMs === null ? null : Math.round(now + lifeMs))
  const isRenewable = grant.refreshToken !== null || (before?.refreshToken ?? null) !== null
  const refreshExpiresAt = grant.refreshToken === null && before ? before.refreshExpiresAt : at(refreshLifeMs)
  const leftMs = refreshExpiresAt === null ? null : refreshExpiresAt - now
  return {
    accessExpiresAt: at(accessLifeMs),
    refreshExpiresAt,
    renewAt: isRenewable && accessLifeMs !== null ? at(accessLifeMs - earlyMs(accessLifeMs)) : null,
    keepAliveAt: isRenewable ? at(keepAliveMs({ lifeMs: leftMs, idleDays })) : null,
  }
}
