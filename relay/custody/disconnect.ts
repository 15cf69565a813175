import { tools } from '../../connectors/catalogue.ts'
import type { Withdrawn } from '../../core/custody/messages.ts'
import type { Database } from '../../host/store/engine.ts'
import { explainWithdrawal } from '../../oauth/explain-withdrawal.ts'
import { revoke } from '../../oauth/revoke.ts'
import type { Held } from '../../tokens/held.ts'
import { otherUseOf } from '../oauth/same-account.ts'
import type { CustodyRecord } from './record.ts'
import type { PartyOf } from './tokens.ts'

/** What the relay held of an account until a moment ago. */
export type Dropped = { record: Pick<CustodyRecord, 'connectionId' | 'workspaceId' | 'about'>; held: Held | null }

/** Takes the access back at the provider. Nothing of it is left here by then, whatever the provider answers. */
export async function withdraw(
  database: Pick<Database, 'query'>,
  { record: { connectionId, workspaceId, about }, held }: Dropped,
  partyOf: PartyOf,
): Promise<Withdrawn> {
  const party = about && held && (await partyOf(about, held.client, workspaceId).catch(() => null))
  const provider = party?.provider ?? (about && tools[about.connector]?.provider)
  if (!about || !provider) return { revoked: false, message: 'Disconnected here.', accountPageUrl: null }
  const keptBecause = await otherUseOf(database, { ...about, connectionId, workspaceId })
  const withdrawal =
    party && held.accessToken && !keptBecause
      ? await revoke({ ...party, accessToken: held.accessToken, refreshToken: held.refreshToken })
      : ('unconfirmed' as const)
  const revoked = withdrawal === 'ended' || withdrawal === 'tokenOnly' || withdrawal === 'unclear'
  if (about.practice) return { revoked, message: 'The practice account is disconnected.', accountPageUrl: null }
  return { revoked, ...explainWithdrawal(provider, about.facts, withdrawal, keptBecause) }
}
