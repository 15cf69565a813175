import type { OAuthClient } from '../oauth/server.ts'
import type { TokenRow } from './row.ts'
import { clientContext, tokenContext, type Sealer } from './sealer.ts'

/** All that is held of a grant. A token is null when there is none, or when it cannot be opened. */
export type Held = { accessToken: string | null; refreshToken: string | null; client: OAuthClient }

/** Null when the client is not there or cannot be opened: nothing can be done with the rest then. */
export function heldIn(row: TokenRow, sealer: Sealer): Held | null {
  const client = row.client === null ? null : sealer.open(clientContext(row), row.client)
  if (client === null) return null
  return {
    client: JSON.parse(client),
    accessToken: row.accessToken === null ? null : sealer.open(tokenContext(row, 'access'), row.accessToken),
    refreshToken: row.refreshToken === null ? null : sealer.open(tokenContext(row, 'refresh'), row.refreshToken),
  }
}
