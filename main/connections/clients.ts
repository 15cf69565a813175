import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Connector } from '../../core/connector.ts'
import type { oauthClient } from '../../core/contract/main.ts'
import { AppError } from '../../core/errors.ts'
import type { Provider } from '../../core/provider.ts'
import { writeFileAtomically } from '../../host/files/atomic.ts'
import type { OAuthClient } from '../../oauth/server.ts'
import type { Vault } from '../vault/vault.ts'

/** Client ids that Plugboard is shipped with, by provider: public ones only, for providers that need no secret. None is registered yet. */
const shippedClients: Readonly<Record<string, OAuthClient>> = {}

const clientsFile = z.object({
  v: z.literal(1),
  clients: z.record(z.string(), z.object({ clientId: z.string().min(1), hasSecret: z.boolean() })),
})
type OwnClients = z.infer<typeof clientsFile>['clients']

export type OAuthClients = ReturnType<typeof createClients>

type Options = {
  home: string
  vault: Vault
  connectors: Readonly<Record<string, Connector>>
  shipped?: Readonly<Record<string, OAuthClient>>
}

/** OAuth clients of real providers: the user's own (ids in `oauth-clients.json`, secrets in the vault), else the shipped ones. */
export function createClients({ home, vault, connectors, shipped = shippedClients }: Options) {
  const path = join(home, 'oauth-clients.json')
  const providers = new Map(Object.values(connectors).map(({ provider }) => [provider.id, provider]))
  const secretId = (providerId: string) => `client/${providerId}`
  let last: Promise<unknown> = Promise.resolve()

  async function own(): Promise<OwnClients> {
    const text = await readFile(path, 'utf8').catch(() => '')
    const parsed = clientsFile.safeParse(parseJson(text))
    return parsed.success ? parsed.data.clients : {}
  }

  async function save(input: { provider: string; clientId: string; clientSecret?: string }): Promise<void> {
    const provider = providers.get(input.provider)
    if (!provider) throw new AppError('not_found', `Plugboard knows no provider called ${input.provider}.`)
    const { [provider.id]: current, ...others } = await own()
    const clientId = input.clientId.trim()
    const clientSecret = input.clientSecret?.trim()
    if (clientId === '') {
      await writeClients(others)
      return vault.delete(secretId(provider.id))
    }
    // A secret belongs to one client: a new id without one must not inherit the old.
    const keepsSecret = !clientSecret && current?.clientId === clientId && current.hasSecret
    if (provider.secretRequired && !clientSecret && !keepsSecret)
      throw new AppError('validation', `${labelOf(provider)} needs the client secret too. Copy it from the page where you made the client.`)
    if (clientSecret) await vault.write(secretId(provider.id), clientSecret)
    else if (!keepsSecret) await vault.delete(secretId(provider.id))
    await writeClients({ ...others, [provider.id]: { clientId, hasSecret: keepsSecret || Boolean(clientSecret) } })
  }

  const writeClients = (clients: OwnClients) => writeFileAtomically(path, `${JSON.stringify({ v: 1, clients }, null, 2)}\n`)

  /** Two providers may share a name: Slack's bot and Slack's user. */
  function labelOf(provider: Provider): string {
    const names = Object.values(connectors).filter(each => each.provider.id === provider.id)
    const [only] = names
    return names.length === 1 && only ? only.name : provider.name
  }

  return {
    /** The client to use with a provider, or null when there is none. Throws with action `unlock` while its secret cannot be read. */
    async get(provider: Provider): Promise<OAuthClient | null> {
      const mine = (await own())[provider.id]
      if (!mine) return shipped[provider.id] ?? null
      const clientSecret = mine.hasSecret ? await vault.read(secretId(provider.id)) : null
      if (provider.secretRequired && clientSecret === null) return null
      return { clientId: mine.clientId, ...(clientSecret !== null && { clientSecret }) }
    },

    /** Null when a real account can be connected; else one line for the connect card. */
    async missing(provider: Provider): Promise<string | null> {
      if ((await own())[provider.id] || shipped[provider.id]) return null
      const what = provider.secretRequired ? 'client id and secret' : 'client id'
      return `Add the ${what} of your own ${labelOf(provider)} app in Settings, or try it with a practice account.`
    },

    async list(): Promise<z.infer<typeof oauthClient>[]> {
      const mine = await own()
      return [...providers.values()].map(provider => ({
        provider: provider.id,
        name: labelOf(provider),
        clientId: mine[provider.id]?.clientId ?? shipped[provider.id]?.clientId ?? null,
        hasSecret: mine[provider.id]?.hasSecret ?? false,
        secretRequired: provider.secretRequired,
        redirectUris: redirectUris(provider),
        clientPageUrl: provider.clientPageUrl,
      }))
    },

    set(input: { provider: string; clientId: string; clientSecret?: string }): Promise<void> {
      const turn = last.then(() => save(input))
      last = turn.catch(() => {})
      return turn
    },
  }
}

/** What to register with the provider: each port of its list, or no port where any is accepted (RFC 8252 §7.3). */
export function redirectUris({ redirect: { host, path, ports } }: Provider): string[] {
  return ports.length === 0 ? [`http://${host}${path}`] : ports.map(port => `http://${host}:${port}${path}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
