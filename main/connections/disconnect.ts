import type { Tool } from '../../core/connector.ts'
import type { Grant } from '../../oauth/grant.ts'
import { explainWithdrawal } from '../../oauth/explain-withdrawal.ts'
import { revoke, type Withdrawal } from '../../oauth/revoke.ts'
import type { Party } from '../../oauth/server.ts'
import type { Parties } from './parties.ts'
import type { Registry, StoredConnection } from './registry.ts'
import type { ConnectionTokens } from './tokens.ts'
import type { Disconnected } from './view.ts'

type Grantee = Pick<StoredConnection, 'id' | 'appId' | 'practice' | 'provider' | 'clientId' | 'account'>
type Room = { registry: Registry; parties: Parties; tokens: ConnectionTokens }

/** Takes the access back at the provider where that is possible, deletes the tokens here in any case, and says what came of it. */
export async function disconnectRecord(room: Room, record: StoredConnection, connector: Tool): Promise<Disconnected> {
  const sharing = sharesGrant(room.registry, record)
  const withdrawal = sharing ? 'unconfirmed' : await withdraw(room, record, connector)
  await room.tokens.disconnect(record)
  const revoked = withdrawal === 'ended' || withdrawal === 'tokenOnly' || withdrawal === 'unclear'
  if (record.practice) return { revoked, message: 'The practice account is disconnected.', accountPageUrl: null }
  return {
    revoked,
    ...explainWithdrawal(connector.provider, record.facts, withdrawal, sharing ? `“${sharing.name}” uses the same account` : null),
  }
}

/** Takes back a fresh grant that the user does not want, unless another connection lives on the same account. */
export async function decline(
  registry: Registry,
  wish: Pick<StoredConnection, 'appId' | 'practice' | 'provider' | 'account'>,
  party: Party,
  grant: Grant,
) {
  if (sharesGrant(registry, { ...wish, id: '', clientId: party.client.clientId })) return
  await revoke({ ...party, accessToken: grant.accessToken, refreshToken: grant.refreshToken })
}

/** At some providers one withdrawal ends every grant of the account to this client, also those of other connections. */
export function sharesGrant(
  registry: Registry,
  { id, appId, practice, provider, clientId, account }: Grantee,
): StoredConnection | undefined {
  return registry.all().find(
    each =>
      each.id !== id &&
      each.state !== 'disconnected' &&
      each.practice === practice &&
      // Each app has practice accounts of its own.
      (!practice || each.appId === appId) &&
      each.provider === provider &&
      // Whose client the relay uses for what others gave it, this desktop does not know.
      (each.clientId === clientId || each.borrowed !== undefined) &&
      each.account?.id === account?.id,
  )
}

async function withdraw({ tokens, parties }: Room, record: StoredConnection, connector: Tool): Promise<Withdrawal> {
  const held = await tokens.held(record)
  if (!held?.accessToken) return 'unconfirmed'
  const party = await parties.forGrant(record.appId, connector, record.practice, held.client, record.facts).catch(() => null)
  if (!party) return 'unconfirmed'
  return revoke({ ...party, accessToken: held.accessToken, refreshToken: held.refreshToken })
}
