import { checkAnswers, type Facts } from '../../core/addresses.ts'
import type { Tool } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import type { PracticePlace } from '../../core/practice-place.ts'
import type { Provider } from '../../core/provider.ts'
import type { Counterpart } from '../../oauth/identify.ts'
import { serverOf, type OAuthClient, type OAuthServer } from '../../oauth/server.ts'
import type { Clients } from './clients.ts'

/** Where practice accounts of an app are reached. Ports may change: ask each time. `at`: where it was connected, when that was a desktop. */
export type PracticeServers = {
  /** Errors: `not_found` for a provider without one, `unavailable`. */
  endpoints(appId: string, provider: Provider, at?: PracticePlace): Promise<OAuthServer & OAuthClient & { origins: Record<string, string> }>
}

/** A connection as far as it decides whom one talks to. */
export type PartyOfWhat = { workspaceId: string; appId: string; practice: boolean; practiceAt?: PracticePlace }

export type Parties = ReturnType<typeof createParties>

/** Finds the authorization server and the client for accounts on this relay: the real ones, or those of a practice account. */
export function createParties({ clients, practice }: { clients: Pick<Clients, 'of'>; practice: PracticeServers }) {
  async function practiceParty(appId: string, { provider }: Tool, at?: PracticePlace): Promise<Counterpart> {
    const { clientId, clientSecret, origins, ...server } = await practice.endpoints(appId, provider, at)
    return {
      provider,
      server,
      client: { clientId, ...(clientSecret !== undefined && { clientSecret }) },
      facts: {},
      practiceOrigins: origins,
    }
  }

  return {
    /** For a new sign-in, with the answers to the provider's fields. Errors: `validation` when the workspace has no client, or for an answer. */
    async forSignIn({ workspaceId, appId, practice }: PartyOfWhat, tool: Tool, answers: Facts = {}): Promise<Counterpart> {
      if (practice) return practiceParty(appId, tool)
      const { provider } = tool
      const client = await clients.of(workspaceId, provider)
      if (!client)
        throw new AppError(
          'validation',
          `This workspace has no OAuth client for ${tool.name} yet. An admin adds it on the relay under “OAuth clients”.`,
        )
      const facts = checkAnswers(provider, answers)
      return { provider, server: serverOf(provider, facts), client, facts, practiceOrigins: null }
    },

    /** For a grant that is there: only the client it was made with can use it. The secret of the workspace's client may have been changed since. */
    async forGrant(of: PartyOfWhat, tool: Tool, made: OAuthClient, facts: Facts = {}): Promise<Counterpart> {
      const { workspaceId, appId, practice, practiceAt } = of
      if (practice) return practiceParty(appId, tool, practiceAt)
      const { provider } = tool
      const client = (await clients.of(workspaceId, provider, made.clientId)) ?? made
      return { provider, server: serverOf(provider, facts), client, facts, practiceOrigins: null }
    },
  }
}
