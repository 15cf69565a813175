import type { ContractRouterClient } from '@orpc/contract'
import type { Credential, CredentialsContract } from '../../core/contract/credentials.ts'

export type CredentialsClient = ContractRouterClient<CredentialsContract>

/** A token is asked for again this long before it ends, so that it does not end under way. */
const marginMs = 60_000

/** `credential` is there when main has answered. */
type Held = { asked: Promise<Credential>; credential?: Credential }

/** Keeps the app's current tokens at hand, and joins callers that ask at once. Nothing is kept that main has said is no longer so. */
export function createCredentialCache({
  appId,
  credentials,
  now = Date.now,
}: {
  appId: string
  credentials: CredentialsClient
  now?: () => number
}) {
  const known = new Map<string, Held>()

  function ask(key: string, input: Parameters<CredentialsClient['accessToken']>[0]): Promise<Credential> {
    const held: Held = { asked: credentials.accessToken(input) }
    known.set(key, held)
    held.asked.then(
      credential => (held.credential = credential),
      () => known.get(key) === held && known.delete(key),
    )
    return held.asked
  }

  const isFresh = ({ expiresAt }: Credential) => expiresAt === null || Date.parse(expiresAt) - now() > marginMs

  /** `rejected`: the credential that the provider has just refused; main then refreshes it unless a newer one is there. */
  async function get(connector: string, connection: string | undefined, rejected?: Credential): Promise<Credential> {
    const key = JSON.stringify([connector, connection ?? null])
    const isUsable = (credential: Credential) => !rejected || !isSame(credential, rejected)
    const held = known.get(key)
    if (held && !held.credential) {
      const credential = await held.asked
      return isUsable(credential) ? credential : get(connector, connection, rejected)
    }
    if (held?.credential && isUsable(held.credential) && isFresh(held.credential)) return held.credential
    return ask(key, {
      appId,
      connector,
      connection,
      ...(rejected && { rejected: { connectionId: rejected.connectionId, generation: rejected.generation } }),
    })
  }

  return { get, forget: () => known.clear() }
}

function isSame(one: Credential, other: Credential): boolean {
  return one.connectionId === other.connectionId && one.generation === other.generation
}
