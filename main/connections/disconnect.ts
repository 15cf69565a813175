import type { Connector } from '../../core/connector.ts'
import type { Grant } from '../../oauth/grant.ts'
import { revoke } from '../../oauth/revoke.ts'
import type { Party } from '../../oauth/server.ts'
import type { Vault } from '../vault/vault.ts'
import type { Parties } from './parties.ts'
import type { Registry, StoredConnection } from './registry.ts'
import { deleteSecret } from './secrets.ts'
import { iso } from './token-state.ts'
import type { Tokens } from './tokens.ts'
import type { Disconnected } from './view.ts'

type Grantee = Pick<StoredConnection, 'id' | 'practice' | 'provider' | 'clientId' | 'account'>
type Room = { registry: Registry; vault: Vault; parties: Parties; tokens: Tokens; now: () => number }

/** Takes the access back at the provider where that is possible, deletes the tokens here in any case, and says which of the two happened. */
export async function disconnectRecord(room: Room, record: StoredConnection, connector: Connector): Promise<Disconnected> {
  const { registry, vault, tokens, now } = room
  const { provider } = connector
  const sharing = sharesGrant(registry, record)
  const revoked = !sharing && (await withdraw(room, record, connector))
  await tokens.inTurn(record.id, async () => {
    await registry.update(record.id, current => ({
      state: 'disconnected',
      since: iso(now()),
      reason: null,
      nextTryAt: null,
      attempt: null,
      scopesGranted: [],
      accessExpiresAt: null,
      generation: current.generation + 1,
    }))
    tokens.forgetUnsaved(record.id)
    await deleteSecret(vault, record.id)
  })
  if (record.practice) return { revoked, message: 'The practice account is disconnected.', accountPageUrl: null }
  if (revoked) return { revoked, message: `Disconnected, and ${provider.name} has withdrawn the access.`, accountPageUrl: null }
  const accountPageUrl = provider.accountPageUrl ?? null
  const why = sharing
    ? `${provider.name} keeps the access because “${sharing.name}” uses the same account`
    : `${provider.name} did not confirm that the access is withdrawn`
  return { revoked, message: `Disconnected here. ${why}${accountPageUrl ? '; you can end it on your account page' : ''}.`, accountPageUrl }
}

/** Takes back a fresh grant that the user does not want, unless another connection lives on the same account. */
export async function decline(
  registry: Registry,
  wish: Pick<StoredConnection, 'practice' | 'provider' | 'account'>,
  party: Party,
  grant: Grant,
) {
  if (sharesGrant(registry, { ...wish, id: '', clientId: party.client.clientId })) return
  await revoke({ ...party, accessToken: grant.accessToken, refreshToken: grant.refreshToken })
}

/** At some providers one withdrawal ends every grant of the account to this client, also those of other connections. */
function sharesGrant(registry: Registry, { id, practice, provider, clientId, account }: Grantee): StoredConnection | undefined {
  if (practice) return undefined
  return registry
    .all()
    .find(
      each =>
        each.id !== id &&
        each.state !== 'disconnected' &&
        !each.practice &&
        each.provider === provider &&
        each.clientId === clientId &&
        each.account?.id === account?.id,
    )
}

async function withdraw({ tokens, parties }: Room, record: StoredConnection, connector: Connector): Promise<boolean> {
  const secret = await tokens.held(record)
  if (!secret) return false
  const party = await parties.forGrant(record.appId, connector, record.practice, secret.client).catch(() => null)
  return party !== null && revoke({ ...party, accessToken: secret.accessToken, refreshToken: secret.refreshToken })
}
