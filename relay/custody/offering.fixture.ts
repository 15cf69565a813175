import type { CustodyAnswer, CustodyRequest, RelayRun, SharedConnection } from '../../core/custody/messages.ts'
import { noRun } from '../../core/custody/messages.ts'
import { sealTo } from '../../core/custody/sealed.ts'
import type { AnswerKey } from '../../core/custody/messages.ts'
import type { Grant } from '../../oauth/grant.ts'
import type { OAuthClient } from '../../oauth/server.ts'
import type { Caller } from './handle.ts'

const member = { userId: 'u1', workspaceId: 'w1', name: 'Ada', email: 'ada@example.com', role: 'editor' } as const
export const caller: Caller = { member, desktop: { id: 'd1', name: 'Laptop' }, ip: null }

export const about: SharedConnection = {
  appId: 'a1b2c3d4-0000-4000-8000-000000000001',
  connector: 'airtable',
  name: 'Team',
  mode: 'shared',
  isDefault: true,
  practice: false,
  account: { id: 'acc1', label: 'team@example.com' },
  facts: {},
}

type Ask = (request: CustodyRequest) => Promise<CustodyAnswer | null>

/** Hands a grant over as a desktop does: learns the run, offers, lets go. */
export async function handOver(
  ask: Ask,
  key: AnswerKey,
  connectionId: string,
  grant: Grant,
  client: OAuthClient,
): Promise<CustodyAnswer | null> {
  const sealed = await sealTo(key, { connectionId, grantId: 'g1', direction: 'handover' }, JSON.stringify({ ...contentOf(grant), client }))
  const head = { connectionId, desktopId: 'd-1', turn: 1, seen: 0 }
  const offer = (run: RelayRun) => ask({ kind: 'Offer', ...head, run, sealed, grantId: 'g1', keyId: key.kid, about })
  const met = await offer(noRun)
  if (met?.kind !== 'OtherRun') throw new Error(`The relay answered ${met?.kind}.`)
  await offer(met.run)
  return ask({ kind: 'Yours', ...head, run: met.run, base: 'turn1' })
}

const contentOf = ({ accessToken, refreshToken, accessExpiresAt, refreshExpiresAt, scopesGranted }: Grant) => ({
  accessToken,
  refreshToken,
  accessExpiresAt,
  refreshExpiresAt,
  scopes: scopesGranted,
})
