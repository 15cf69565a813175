import type { z } from 'zod'
import type { Tool } from '../../core/connector.ts'
import type { oauthClient } from '../../core/contract/main.ts'
import { AppError } from '../../core/errors.ts'
import { clientNote, needsSecret, redirectUris } from '../../core/oauth-client.ts'
import type { Provider } from '../../core/provider.ts'
import type { OAuthClient } from '../../oauth/server.ts'
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
}

/** OAuth clients of real providers: the user's own (ids in `oauth-clients.json`, secrets in the vault), else the shipped ones. */
export function createClients({ home, vault, tools, report, shipped = readShippedClients(report) }: Options) {
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
      throw new AppError('validation', `An app for ${labelOf(provider)} on a computer has no secret. Leave it empty.`)
    if (needsSecret(provider) && !clientSecret && !keepsSecret)
      throw new AppError('validation', `${labelOf(provider)} needs the client secret too. Copy it from the page where you made the client.`)
    if (clientSecret) await vault.write(secretId(provider.id), clientSecret)
    else if (!keepsSecret) await vault.delete(secretId(provider.id))
    await own.write({ ...others, [provider.id]: { clientId, hasSecret: keepsSecret || Boolean(clientSecret) } })
  }

  /** Two providers may share a name: Slack's bot and Slack's user. */
  function labelOf(provider: Provider): string {
    const names = Object.values(tools).filter(each => each.provider.id === provider.id)
    const [only] = names
    return names.length === 1 && only ? only.name : provider.name
  }

  return {
    /** The client to use with a provider, or null when there is none. Throws with action `unlock` while its secret cannot be read. */
    async get(provider: Provider): Promise<OAuthClient | null> {
      const mine = (await own.read())[provider.id]
      if (!mine) return shipped[provider.id] ?? null
      const clientSecret = mine.hasSecret ? await vault.read(secretId(provider.id)) : null
      if (needsSecret(provider) && clientSecret === null) return null
      return { clientId: mine.clientId, ...(clientSecret !== null && { clientSecret }) }
    },

    /** Null when a real account can be connected; else one line for the connect card: what is missing, and how to get it. */
    async missing(provider: Provider): Promise<string | null> {
      const practice = provider.practice ? ', or try it with a practice account' : ''
      if (provider.relayOnly) return `${labelOf(provider)} takes https addresses only: connect a real account through a relay${practice}.`
      if ((await own.read())[provider.id] || shipped[provider.id]) return null
      const what = needsSecret(provider) ? 'client id and secret' : 'client id'
      return `Add the ${what} of your own ${labelOf(provider)} app in Settings${practice}.`
    },

    async list(): Promise<z.infer<typeof oauthClient>[]> {
      const mine = await own.read()
      return [...providers.values()].map(provider => ({
        provider: provider.id,
        name: labelOf(provider),
        clientId: mine[provider.id]?.clientId ?? shipped[provider.id]?.clientId ?? null,
        hasSecret: mine[provider.id]?.hasSecret ?? false,
        secretRequired: needsSecret(provider),
        redirectUris: redirectUris(provider),
        clientPageUrl: provider.clientPageUrl,
        steps: [...provider.clientSetup.steps],
        scopesHint: provider.clientSetup.scopesHint ?? null,
        note: clientNote(provider),
      }))
    },

    set(input: { provider: string; clientId: string; clientSecret?: string }): Promise<void> {
      const turn = last.then(() => save(input))
      last = turn.catch(() => {})
      return turn
    },
  }
}
