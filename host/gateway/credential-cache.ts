import type { ContractRouterClient } from '@orpc/contract'
import type { Credential, CredentialsContract } from '../../core/contract/credentials.ts'

export type CredentialsClient = ContractRouterClient<CredentialsContract>

/** A token is asked for again this long before it ends, so that it does not end under way. */
const marginMs = 60_000

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
  const known = new Map<string, Promise<Credential>>()

  function ask(key: string, input: Parameters<CredentialsClient['accessToken']>[0]): Promise<Credential> {
    const asked = credentials.accessToken(input)
    known.set(key, asked)
    asked.catch(() => known.get(key) === asked && known.delete(key))
    return asked
  }

  const isFresh = ({ expiresAt }: Credential) => expiresAt === null || Date.parse(expiresAt) - now() > marginMs

  return {
    /** `rejected`: the credential that the provider has just refused; main then refreshes it unless a newer one is there. */
    async get(connector: string, connection: string | undefined, rejected?: Credential): Promise<Credential> {
      const key = JSON.stringify([connector, connection ?? null])
      const input = { appId, connector, connection }
      const held = await known.get(key)?.catch(() => undefined)
      if (rejected) {
        if (held && (held.generation !== rejected.generation || held.connectionId !== rejected.connectionId)) return held
        return ask(key, { ...input, rejected: { connectionId: rejected.connectionId, generation: rejected.generation } })
      }
      if (held && isFresh(held)) return held
      return ask(key, input)
    },
    forget: () => known.clear(),
  }
}
