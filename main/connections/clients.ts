import type { z } from 'zod'
import type { Tool } from '../../core/connector.ts'
import type { oauthClient } from '../../core/contract/main.ts'
import { AppError } from '../../core/errors.ts'
import { clientNote, labelOf, needsSecret, redirectUris } from '../../core/oauth-client.ts'
import type { Provider } from '../../core/provider.ts'
import type { OAuthClient } from '../../oauth/server.ts'
import type { WorkspaceClients } from '../relay/accounts.ts'
import type { Vault } from '../vault/vault.ts'
import { openOwnClients } from './own-clients.ts'
import { readShippedClients } from './shipped-clients.ts'

export type OAuthClients = ReturnType<typeof createClients>

type Options = {
  home: string
  vault: Vault
  /** The tools that clients are for. */
  tools: Readonly<Record<string, Pick<Tool, 'name' | 'provider'>>>
  report: (error: AppError) => void
  shipped?: Readonly<Record<string, OAuthClient>>
  /** The clients on the relay that this desktop is signed in to. */
  workspace(): Promise<WorkspaceClients | null>
}

/** OAuth clients of real providers: the user's own (ids in `oauth-clients.json`, secrets in the vault), else the shipped ones. */
export function createClients({ home, vault, tools, report, workspace, shipped = readShippedClients(report) }: Options) {
  const own = openOwnClients(home, report)
  const providers = new Map(Object.values(tools).map(({ provider }) => [provider.id, provider]))
  const secretId = (providerId: string) => `client/${providerId}`
  let last: Promise<unknown> = Promise.resolve()

  async function save(input: { provider: string; clientId: string; clientSecret?: string }): Promise<void> {
    const provider = providers.get(input.provider)
    if (!provider) throw new AppError('not_found', `Plugboard knows no provider called ${input.provider}.`)
    const { [provider.id]: current, ...others } = await own.read()
    const clientId = input.clientId.trim()
    const clientSecret = input.clientSecret?.trim()
    if (clientId === '') {
      await own.write(others)
      return vault.delete(secretId(provider.id))
    }
    // A secret belongs to one client: a new id without one must not inherit the old.
    const keepsSecret = !clientSecret && current?.clientId === clientId && current.hasSecret
    if (provider.secretRefused && clientSecret)
      throw new AppError('validation', `An app for ${nameOf(provider)} on a computer has no secret. Leave it empty.`)
    if (needsSecret(provider) && !clientSecret && !keepsSecret)
      throw new AppError('validation', `${nameOf(provider)} needs the client secret too. Copy it from the page where you made the client.`)
    if (clientSecret) await vault.write(secretId(provider.id), clientSecret)
    else if (!keepsSecret) await vault.delete(secretId(provider.id))
    await own.write({ ...others, [provider.id]: { clientId, hasSecret: keepsSecret || Boolean(clientSecret) } })
  }

  const nameOf = (provider: Provider) => labelOf(tools, provider)

  /** Whether there is a client on this computer that a sign-in can be done with. */
  const isHere = async ({ id, relayOnly }: Provider) => !relayOnly && Boolean((await own.read())[id] ?? shipped[id])

  return {
    /** The client to use with a provider, or null when there is none. Throws with action `unlock` while its secret cannot be read. */
    async get(provider: Provider): Promise<OAuthClient | null> {
      const mine = (await own.read())[provider.id]
      if (!mine) return shipped[provider.id] ?? null
      const clientSecret = mine.hasSecret ? await vault.read(secretId(provider.id)) : null
      if (needsSecret(provider) && clientSecret === null) return null
      return { clientId: mine.clientId, ...(clientSecret !== null && { clientSecret }) }
    },

    /**
     * Whether a sign-in goes through the relay: where no client is here, or the connection was made that way, and the workspace has one. Else
     * it is done here.
     */
    async isThroughRelay(provider: Provider, wasBefore: boolean): Promise<boolean> {
      if (!wasBefore && (await isHere(provider))) return false
      return (await workspace())?.clients?.has(provider.id) ?? false
    },

    /** Null when a real account can be connected; else one line for the connect card: what is missing, and how to get it. */
    async missing(provider: Provider): Promise<string | null> {
      if (await isHere(provider)) return null
      const there = await workspace()
      if (there?.clients?.has(provider.id)) return null
      const name = nameOf(provider)
      const practice = provider.practice ? ', or try it with a practice account' : ''
      const what = needsSecret(provider) ? 'client id and secret' : 'client id'
      if (!provider.relayOnly) {
        const orThere = there?.clients ? `, have an admin add one to ${there.relay}` : ''
        return `Add the ${what} of your own ${name} app in Settings${orThere}${practice}.`
      }
      if (!there) return `${name} takes https addresses only: connect a real account through a relay${practice}.`
      return there.clients
        ? `${name} is connected through ${there.relay}, which has no OAuth client for it yet: an admin adds it there${practice}.`
        : `${name} is connected through ${there.relay}, which cannot be reached at the moment${practice}.`
    },

    async list(): Promise<z.infer<typeof oauthClient>[]> {
      const [mine, there] = await Promise.all([own.read(), workspace()])
      return [...providers.values()].map(provider => ({
        provider: provider.id,
        name: nameOf(provider),
        clientId: mine[provider.id]?.clientId ?? shipped[provider.id]?.clientId ?? null,
        hasSecret: mine[provider.id]?.hasSecret ?? false,
        secretRequired: needsSecret(provider),
        redirectUris: redirectUris(provider),
        clientPageUrl: provider.clientPageUrl,
        steps: [...provider.clientSetup.steps],
        scopesHint: provider.clientSetup.scopesHint ?? null,
        note: clientNote(provider),
        workspace: there?.clients ? { relay: there.relay, page: there.page, clientId: there.clients.get(provider.id) ?? null } : null,
      }))
    },

    set(input: { provider: string; clientId: string; clientSecret?: string }): Promise<void> {
      const turn = last.then(() => save(input))
      last = turn.catch(() => {})
      return turn
    },
  }
}
