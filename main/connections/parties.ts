import { checkAnswers, type Facts } from '../../core/addresses.ts'
import type { Tool } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import type { Counterpart } from '../../oauth/identify.ts'
import { serverOf, type OAuthClient } from '../../oauth/server.ts'
import { isOnThisMachine } from '../../core/practice-place.ts'
import { endpointsAt, type Practice } from '../../practice/practice.ts'
import type { Borrowed } from './borrowed.ts'
import type { OAuthClients } from './clients.ts'

export type Parties = ReturnType<typeof createParties>

/** Finds the authorization server and client for a connection: the real ones, or the practice account's emulator. */
export function createParties({ practice, clients }: { practice: Practice; clients: OAuthClients }) {
  async function practiceParty(appId: string, { provider }: Tool): Promise<Counterpart> {
    const { clientId, clientSecret, origins, ...server } = await practice.endpoints(appId, provider)
    return {
      // The emulator takes any loopback port, so a practice account never waits for one of the real provider's few.
      provider: { ...provider, redirect: { ...provider.redirect, ports: [] } },
      server,
      client: { clientId, ...(clientSecret !== undefined && { clientSecret }) },
      facts: {},
      practiceOrigins: origins,
    }
  }

  return {
    /**
     * For a new sign-in, with the answers to the provider's fields. Throws `validation`: with the way to the settings when there is no client
     * for a real account, or with what is wrong about an answer.
     */
    async forSignIn(appId: string, connector: Tool, isPractice: boolean, answers: Facts = {}): Promise<Counterpart> {
      if (isPractice) return practiceParty(appId, connector)
      const { provider } = connector
      const client = provider.relayOnly ? null : await clients.get(provider)
      if (!client)
        throw new AppError(
          'validation',
          (await clients.missing(provider)) ?? `The client secret for ${connector.name} is missing. Add it in Settings.`,
          provider.relayOnly ? {} : { action: { kind: 'settings', section: 'clients' } },
        )
      const facts = checkAnswers(provider, answers)
      return { provider, server: serverOf(provider, facts), client, facts, practiceOrigins: null }
    },

    /** For a grant that is there: only the client it was made with can use it. Its secret may have been changed since. */
    async forGrant(appId: string, connector: Tool, isPractice: boolean, made: OAuthClient, facts: Facts = {}): Promise<Counterpart> {
      if (isPractice) return practiceParty(appId, connector)
      const { provider } = connector
      const current = await clients.get(provider)
      const client = current?.clientId === made.clientId ? current : made
      return { provider, server: serverOf(provider, facts), client, facts, practiceOrigins: null }
    },

    /**
     * Where a practice connection's API calls go. `lent`: another desktop has connected it, `practiceAt` on its machine. Errors: `unavailable`
     * when that is not known to be this one.
     */
    async origins(
      appId: string,
      { provider, name, id }: Tool,
      lent?: Pick<Borrowed, 'practiceAt' | 'relay'>,
    ): Promise<Record<string, string>> {
      const at = lent?.practiceAt
      if (!at || (at.service !== null && at.service === (await practice.serviceId())))
        return (await practice.endpoints(appId, provider)).origins
      // What such a relay serves is all on one machine.
      if (isOnThisMachine(new URL(lent.relay))) return endpointsAt(at.origin, provider).origins
      throw new AppError(
        'unavailable',
        `The practice account of ${name} answers on the computer that it was connected on alone. Connect one here, or a real account.`,
        { action: { kind: 'connect', connector: id } },
      )
    },
  }
}
