import type { Handover } from '../core/custody/sealed.ts'
import type { Steps } from '../host/store/engine.ts'
import type { TokenDatabase } from './database.ts'
import { adoptGrant } from './grants.ts'
import { heldIn } from './held.ts'
import type { TokenRow } from './row.ts'
import type { Sealer } from './sealer.ts'

/** All that another machine needs to go on with a grant. Null when there is nothing, or it cannot be opened. */
export function handoverOf(row: TokenRow, sealer: Sealer): Handover | null {
  const held = heldIn(row, sealer)
  if (!held || held.accessToken === null) return null
  const { accessExpiresAt, refreshExpiresAt, scopes } = row
  return { ...held, accessToken: held.accessToken, accessExpiresAt, refreshExpiresAt, scopes }
}

/** Goes on with a grant that another machine has held. `now` is the database's time. */
export function adoptHandover(
  { database, sealer }: { database: TokenDatabase; sealer: Sealer },
  connectionId: string,
  { handover, grantId }: { handover: Handover; grantId: string },
  { idleDays, now }: { idleDays: number | null; now: number },
): Steps<void> {
  const { client, accessToken, refreshToken, accessExpiresAt, refreshExpiresAt, scopes: scopesGranted } = handover
  const left = (at: number | null) => (at === null ? null : at - now)
  return adoptGrant({ database, sealer }, connectionId, {
    client,
    grantId,
    grant: { accessToken, refreshToken, accessExpiresAt, refreshExpiresAt, scopesGranted },
    lives: { accessLifeMs: left(accessExpiresAt), refreshLifeMs: left(refreshExpiresAt), idleDays },
  })
}
