import type { Tool } from './connector.ts'
import type { Provider } from './provider.ts'

/** What a provider's client is called. Two providers may share a name, as Slack's bot and Slack's user: then it is that of the one tool. */
export function labelOf(tools: Readonly<Record<string, Pick<Tool, 'name' | 'provider'>>>, provider: Provider): string {
  const names = Object.values(tools).filter(each => each.provider.id === provider.id)
  const [only] = names
  return names.length === 1 && only ? only.name : provider.name
}

/** Whether nothing can be connected without a secret: where there is a device flow, it does without. */
export const needsSecret = ({ secretRequired, deviceAuthorizationEndpoint }: Provider): boolean =>
  secretRequired && deviceAuthorizationEndpoint === undefined

/** What to register with the provider: each port of its list, or no port where any is accepted (RFC 8252 §7.3). A relay's address is its own. */
export function redirectUris({ relayOnly, redirect: { host, path, ports, registered } }: Provider): string[] {
  if (relayOnly) return []
  if (registered) return [...registered]
  return ports.length === 0 ? [`http://${host}${path}`] : ports.map(port => `http://${host}:${port}${path}`)
}

/** What to know about a provider's clients beside the steps. Null when there is nothing. */
export function clientNote(provider: Provider): string | null {
  if (provider.relayOnly) return 'It takes https addresses only and so needs a relay, whose address is entered instead.'
  if (provider.deviceAuthorizationEndpoint) return 'It works without the secret: then you sign in by typing a code on the provider’s page.'
  if (provider.secretRefused) return 'It has no secret.'
  return provider.secretRequired ? null : 'It works without the secret.'
}
