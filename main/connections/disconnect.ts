import { fillIn, type Facts } from '../../core/addresses.ts'
import type { Tool } from '../../core/connector.ts'
import type { Provider } from '../../core/provider.ts'
import type { Grant } from '../../oauth/grant.ts'
import { revoke, type Withdrawal } from '../../oauth/revoke.ts'
import type { Party } from '../../oauth/server.ts'
import type { Parties } from './parties.ts'
import type { Registry, StoredConnection } from './registry.ts'
import type { ConnectionTokens } from './tokens.ts'
import type { Disconnected } from './view.ts'

type Grantee = Pick<StoredConnection, 'id' | 'practice' | 'provider' | 'clientId' | 'account'>
type Room = { registry: Registry; parties: Parties; tokens: ConnectionTokens }

/** Takes the access back at the provider where that is possible, deletes the tokens here in any case, and says what came of it. */
export async function disconnectRecord(room: Room, record: StoredConnection, connector: Tool): Promise<Disconnected> {
  const sharing = sharesGrant(room.registry, record)
  const withdrawal = sharing ? 'unconfirmed' : await withdraw(room, record, connector)
  await room.tokens.disconnect(record)
  const revoked = withdrawal === 'ended' || withdrawal === 'tokenOnly' || withdrawal === 'unclear'
  if (record.practice) return { revoked, message: 'The practice account is disconnected.', accountPageUrl: null }
  return { revoked, ...explainWithdrawal(connector.provider, record.facts, withdrawal, sharing?.name) }
}

/** What the user is told, with the page where the rest is done by hand if there is a rest. */
export function explainWithdrawal(
  provider: Provider,
  facts: Facts,
  withdrawal: Withdrawal,
  sharedWith?: string,
): Pick<Disconnected, 'message' | 'accountPageUrl'> {
  const { name } = provider
  if (withdrawal === 'ended') return { message: `Disconnected, and ${name} has withdrawn the access.`, accountPageUrl: null }
  const page = fillIn(provider.accountPageUrl ?? '', facts)
  const accountPageUrl = page === '' || page.includes('{') ? null : page
  const where = accountPageUrl ? 'on your account page' : `in your settings at ${name}`
  const said = sharedWith
    ? `Disconnected here. ${name} keeps the access because “${sharedWith}” uses the same account`
    : {
        tokenOnly: `Disconnected, and ${name} has ended the access, but the app stays installed there`,
        unclear: `Disconnected, and ${name} has ended the access. The app may still be listed there`,
        unconfirmed: `Disconnected here. ${name} did not confirm that the access is withdrawn`,
        impossible: `Disconnected here. ${name} lets nobody withdraw the access from outside`,
      }[withdrawal]
  const rest = withdrawal === 'tokenOnly' || withdrawal === 'unclear' ? 'remove' : 'end'
  return { message: `${said}; you can ${rest} it ${where}.`, accountPageUrl }
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

async function withdraw({ tokens, parties }: Room, record: StoredConnection, connector: Tool): Promise<Withdrawal> {
  const held = await tokens.held(record)
  if (!held?.accessToken) return 'unconfirmed'
  const party = await parties.forGrant(record.appId, connector, record.practice, held.client, record.facts).catch(() => null)
  if (!party) return 'unconfirmed'
  return revoke({ ...party, accessToken: held.accessToken, refreshToken: held.refreshToken })
}
