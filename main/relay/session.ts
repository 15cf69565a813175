import { z } from 'zod'
import { desktopClient, relayInfo, relayMember } from '../../core/contract/relay.ts'
import { AppError } from '../../core/errors.ts'
import { refresh } from '../../oauth/refresh.ts'
import type { Vault } from '../vault/vault.ts'
import { relayParty } from './discover.ts'

const vaultId = 'relay'
/** A token is renewed this long before its end, so that none ends on its way. */
const earlyMs = 60_000

/** What this desktop knows of its relay. `tokens` is null once the relay has ended the session. Times are epoch ms. */
const relaySession = z.object({
  info: relayInfo,
  member: relayMember,
  tokens: z.object({ access: z.string(), accessExpiresAt: z.number(), refresh: z.string() }).nullable(),
})
export type RelaySession = z.infer<typeof relaySession>

export type RelayTokens = {
  read(): Promise<RelaySession | null>
  write(session: RelaySession): Promise<void>
  forget(): Promise<void>
  /**
   * Sends a request to the relay with a token that is renewed when it is due, or when the relay no longer takes it. Errors:
   * `unauthorized` when this desktop is not signed in (any more), `unavailable` when the relay cannot be reached.
   */
  request(path: `/${string}`, init?: RequestInit): Promise<Response>
}

const signInAgain = () =>
  new AppError('unauthorized', 'This desktop is not signed in to the relay any more. Sign in again.', {
    action: { kind: 'settings', section: 'relay' },
  })

/**
 * The desktop's tokens of its relay, in the vault. One renewal at a time; the home directory belongs to one process. A renewal whose
 * answer was lost is repeated with the same token: the relay takes it until its successor is used.
 */
export function createRelayTokens(vault: Pick<Vault, 'read' | 'write' | 'delete'>, now: () => number = Date.now): RelayTokens {
  let renewing: Promise<string> | null = null

  async function read(): Promise<RelaySession | null> {
    const text = await vault.read(vaultId)
    return text === null ? null : relaySession.parse(JSON.parse(text))
  }
  const write = (session: RelaySession) => vault.write(vaultId, JSON.stringify(session))

  async function renew(): Promise<string> {
    const session = await read()
    if (!session?.tokens) throw signInAgain()
    const { info, tokens } = session
    const answer = await refresh({
      ...relayParty(info, ''),
      refreshToken: tokens.refresh,
      scopes: [desktopClient.scope],
      now,
      limitMs: 15_000,
    })
    if (answer.kind === 'granted') {
      const { accessToken: access, accessExpiresAt, refreshToken } = answer.grant
      await write({ ...session, tokens: { access, accessExpiresAt: accessExpiresAt ?? now(), refresh: refreshToken ?? tokens.refresh } })
      return access
    }
    if (answer.kind === 'refused') {
      await write({ ...session, tokens: null })
      throw signInAgain()
    }
    throw unreachable(info.issuer, answer.reason)
  }

  const renewOnce = (): Promise<string> => (renewing ??= renew().finally(() => (renewing = null)))

  async function request(path: `/${string}`, init: RequestInit = {}): Promise<Response> {
    const session = await read()
    if (!session?.tokens) throw signInAgain()
    const { info, tokens } = session
    const ask = async (token: string) => {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${token}`)
      return fetch(info.issuer + path, { ...init, headers, redirect: 'error' }).catch((cause: unknown) => {
        init.signal?.throwIfAborted()
        throw unreachable(info.issuer, String(cause), cause)
      })
    }
    const isDue = tokens.accessExpiresAt - earlyMs <= now()
    const first = await ask(isDue ? await renewOnce() : tokens.access)
    if (first.status !== 401 || isDue) return first
    return ask(await renewOnce())
  }

  return { read, write, forget: () => vault.delete(vaultId), request }
}

const unreachable = (origin: string, details: string, cause?: unknown) =>
  new AppError('unavailable', `${origin} cannot be reached. Check your connection and try again.`, {
    action: { kind: 'retry' },
    details,
    cause,
  })
