import { desktopClient, relayInfo, type RelayInfo } from '../../core/contract/relay.ts'
import { AppError } from '../../core/errors.ts'
import type { Provider } from '../../core/provider.ts'
import { parseJson, send } from '../../oauth/answer.ts'
import { mayBeInsecure, serverOf, type Party } from '../../oauth/server.ts'

/** The origin of a relay from what a user types: `relay.example.com` is enough. Errors: `validation`. */
export function relayOrigin(typed: string): string {
  const url = URL.parse(/^https?:\/\//i.test(typed) ? typed : `https://${typed}`)
  if (!url || url.username || url.pathname !== '/' || url.search || url.hash)
    throw new AppError('validation', `“${typed}” is no address of a relay. Enter it as https://relay.example.com.`)
  if (url.protocol !== 'https:' && !mayBeInsecure(url.href))
    throw new AppError('validation', 'A relay on another computer needs an address that begins with https://.')
  return url.origin
}

/** Asks a relay what it says of itself. Errors: `unavailable` when it does not answer, or something else does. */
export async function discoverRelay(origin: string, signal?: AbortSignal): Promise<RelayInfo> {
  const answer = await send(`${origin}/.well-known/plugboard-relay`, {}, { limitMs: 15_000, signal }).catch((cause: unknown) => {
    signal?.throwIfAborted()
    throw new AppError('unavailable', `${origin} cannot be reached. Check the address and your connection.`, {
      cause,
      action: { kind: 'retry' },
    })
  })
  const parsed = relayInfo.safeParse(parseJson(answer.text))
  if (!parsed.success) throw new AppError('unavailable', `There is no relay at ${origin}. Check the address.`)
  // Otherwise one relay could send people to sign in at another, and get their code (RFC 9207).
  if (parsed.data.issuer !== origin)
    throw new AppError(
      'unavailable',
      `The relay at ${origin} says that its address is ${parsed.data.issuer}. Use that address, if you trust it.`,
    )
  return parsed.data
}

/** A relay as an authorization server: the endpoints follow from its origin, wherever its answers may point. */
export function relayParty({ name, issuer }: Pick<RelayInfo, 'name' | 'issuer'>, desktopName: string): Party {
  const provider: Provider = {
    id: 'relay',
    name,
    issuer,
    authorizationEndpoint: `${issuer}/oauth/authorize`,
    tokenEndpoint: `${issuer}/oauth/token`,
    revocation: { endpoint: `${issuer}/oauth/revoke`, by: 'client', token: 'both', ends: 'grant' },
    scopeParameter: 'scope',
    scopeSeparator: ' ',
    authorizationParameters: { desktop_name: desktopName },
    clientAuthentication: 'none',
    secretRequired: false,
    pkce: true,
    redirect: { host: '127.0.0.1', path: desktopClient.redirectPath, ports: [] },
    grantAt: 'top',
    refreshToken: 'always',
    rotation: 'untilUsed',
    clientPageUrl: issuer,
    clientSetup: { steps: [] },
    apiOrigins: [issuer],
  }
  return { provider, server: serverOf(provider), client: { clientId: desktopClient.id } }
}
