import type { Connector } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import { serverOf, type OAuthClient, type Party } from '../../oauth/server.ts'
import type { Practice } from '../practice/practice.ts'
import type { OAuthClients } from './clients.ts'

/** Whom a connection talks to, and where its API is answered when that is not the real service. */
export type Counterpart = Party & { practiceOrigins: Record<string, string> | null }

export type Parties = ReturnType<typeof createParties>

/** Finds the authorization server and client for a connection: the real ones, or the practice account's emulator. */
export function createParties({ practice, clients }: { practice: Practice; clients: OAuthClients }) {
  async function practiceParty(appId: string, { provider }: Connector): Promise<Counterpart> {
    const { clientId, clientSecret, origins, ...server } = await practice.endpoints(appId, provider)
    return {
      // The emulator takes any loopback port, so a practice account never waits for one of the real provider's few.
      provider: { ...provider, redirect: { ...provider.redirect, ports: [] } },
      server,
      client: { clientId, ...(clientSecret !== undefined && { clientSecret }) },
      practiceOrigins: origins,
    }
  }

  return {
    /** For a new sign-in. Throws with the way to the settings when there is no client for a real account. */
    async forSignIn(appId: string, connector: Connector, isPractice: boolean): Promise<Counterpart> {
      if (isPractice) return practiceParty(appId, connector)
      const { provider } = connector
      const client = await clients.get(provider)
      if (client) return { provider, server: serverOf(provider), client, practiceOrigins: null }
      throw new AppError(
        'validation',
        (await clients.missing(provider)) ?? `The client secret for ${connector.name} is missing. Add it in Settings.`,
        {
          action: { kind: 'settings', section: 'clients' },
        },
      )
    },

    /** For a grant that is there: only the client it was made with can use it. Its secret may have been changed since. */
    async forGrant(appId: string, connector: Connector, isPractice: boolean, made: OAuthClient): Promise<Counterpart> {
      if (isPractice) return practiceParty(appId, connector)
      const { provider } = connector
      const current = await clients.get(provider)
      return { provider, server: serverOf(provider), client: current?.clientId === made.clientId ? current : made, practiceOrigins: null }
    },

    /** Where a practice connection's API calls go. */
    origins: async (appId: string, { provider }: Connector): Promise<Record<string, string>> =>
      (await practice.endpoints(appId, provider)).origins,
  }
}
