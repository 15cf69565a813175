import type { ContractRouterClient } from '@orpc/contract'
import type { Credential, CredentialsContract } from '../../core/contract/credentials.ts'

export type CredentialsClient = ContractRouterClient<CredentialsContract>

/** A credential by what decides which it is: the input of the question without what was rejected. */
export type Wanted = Omit<Parameters<CredentialsClient['accessToken']>[0], 'appId' | 'rejected'>

/** A token is asked for again this long before it ends, so that it does not end under way. */
const marginMs = 60_000

/** `credential` is there when main has answered. */
type Held = { asked: Promise<Credential>; credential?: Credential }

/**
 * Keeps the app's current shared tokens at hand, and joins callers that ask at once for the same. Nothing is kept that main has said is no
 * longer so, and no user's own token: the user may end it at any moment, also through another process that could not tell us in time.
 */
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
    const drop = () => known.get(key) === held && known.delete(key)
    held.asked.then(credential => (input.user === undefined ? (held.credential = credential) : drop()), drop)
    return held.asked
  }

  const isFresh = ({ expiresAt }: Credential) => expiresAt === null || Date.parse(expiresAt) - now() > marginMs

  /** `rejected`: the credential that the provider has just refused; main then refreshes it unless a newer one is there. */
  async function get(wanted: Wanted, rejected?: Credential): Promise<Credential> {
    const { connector, connection, user, flow } = wanted
    const key = JSON.stringify([connector, connection ?? null, user ?? null, flow ?? null])
    const isUsable = (credential: Credential) => !rejected || !isSame(credential, rejected)
    const held = known.get(key)
    if (held && !held.credential) {
      const credential = await held.asked
      return isUsable(credential) ? credential : get(wanted, rejected)
    }
    if (held?.credential && isUsable(held.credential) && isFresh(held.credential)) return held.credential
    return ask(key, {
      ...wanted,
      appId,
      ...(rejected && { rejected: { connectionId: rejected.connectionId, generation: rejected.generation } }),
    })
  }

  return { get, forget: () => known.clear() }
}

function isSame(one: Credential, other: Credential): boolean {
  return one.connectionId === other.connectionId && one.generation === other.generation
}
