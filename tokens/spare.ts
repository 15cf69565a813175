import { sql } from 'kysely'
import type { Steps } from '../host/store/engine.ts'
import type { TokenRow } from './row.ts'
import { tokenContext, type Sealer } from './sealer.ts'

/**
 * Makes the spare the current refresh token, as a new generation; `keep`: the one it replaces becomes the spare. The access token belonged
 * to the other answer and goes. Null when there is no spare that can be opened.
 */
export function* useSpare(
  sealer: Sealer,
  row: TokenRow,
  current: string,
  now: number,
  replaced: 'keep' | 'drop',
): Steps<{ row: TokenRow; refreshToken: string } | null> {
  const refreshToken = row.spareToken === null ? null : sealer.open(tokenContext(row, 'spare'), row.spareToken)
  if (refreshToken === null) return null
  const next = { ...row, generation: row.generation + 1 }
  const swapped: TokenRow = {
    ...next,
    accessToken: null,
    refreshToken: sealer.seal(tokenContext(next, 'refresh'), refreshToken),
    spareToken: replaced === 'keep' ? sealer.seal(tokenContext(next, 'spare'), current) : null,
    parentHash: null,
    firstAttemptAt: null,
    doubt: false,
    spareDoubt: replaced === 'keep',
  }
  yield sql`update connection_tokens set generation = ${swapped.generation}, access_token = null, access_expires_at = ${now},
    refresh_token = ${swapped.refreshToken}, spare_token = ${swapped.spareToken}, parent_hash = null, first_attempt_at = null, doubt = 0,
    spare_doubt = ${Number(swapped.spareDoubt)} where connection_id = ${row.connectionId}`
  return { row: swapped, refreshToken }
}
