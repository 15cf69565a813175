import { hostname } from 'node:os'
import {
  desktopClient,
  relayMember,
  type RelayInfo,
  type RelayMember,
  type RelaySignInEvent,
  type RelayStatus,
} from '../../core/contract/relay.ts'
import { AppError } from '../../core/errors.ts'
import type { Grant } from '../../oauth/grant.ts'
import { revoke } from '../../oauth/revoke.ts'
import { authorize } from '../oauth/authorize.ts'
import type { Vault } from '../vault/vault.ts'
import { discoverRelay, relayOrigin, relayParty } from './discover.ts'
import { createRelayTokens, type RelaySession, type RelayTokens } from './session.ts'

export type RelayLink = {
  /** What the desktop knows; the relay is asked first, for at most five seconds. */
  status(): Promise<RelayStatus>
  /** Errors: `validation`, `unavailable`, `unauthorized`, `cancelled`, `timeout`, `conflict` when the relay has another key than before. */
  signIn(url: string, signal: AbortSignal | undefined): AsyncGenerator<RelaySignInEvent, void>
  signOut(): Promise<{ ended: boolean }>
}

export type RelayLinkOptions = {
  vault: Vault
  openBrowser(url: string): Promise<void> | void
  now?: () => number
  statusLimitMs?: number
  /** How the relay's pages name this desktop. */
  desktopName?: string
  /** Shared with the other rooms that ask the relay: one renewal at a time. */
  tokens?: RelayTokens
  signedIn?(): void
}

/** The desktop's side of a relay: who is signed in there, with which key the relay was met first. */
export function createRelayLink({
  vault,
  openBrowser,
  now = Date.now,
  statusLimitMs = 5000,
  desktopName = `Plugboard on ${hostname()}`.slice(0, 60),
  tokens = createRelayTokens(vault, now),
  signedIn = () => {},
}: RelayLinkOptions): RelayLink {
  async function status(): Promise<RelayStatus> {
    const known = await tokens.read()
    if (!known?.tokens) return describe(known)
    try {
      const response = await tokens.request('/api/relay/me', { signal: AbortSignal.timeout(statusLimitMs) })
      const member = response.ok ? relayMember.safeParse(await response.json()) : null
      const current = await tokens.read()
      if (current && member?.success) await tokens.write({ ...current, member: member.data })
    } catch {
      // What is known counts while the relay cannot be asked. When it has ended the session, that was written down.
    }
    return describe(await tokens.read())
  }

  /** The relay's key is trusted when it is met first, and has to stay the same from then on. */
  async function checkPinned(info: RelayInfo): Promise<RelaySession | null> {
    const known = await tokens.read()
    if (known?.info.issuer === info.issuer && known.info.publicKey.kid !== info.publicKey.kid)
      throw new AppError(
        'conflict',
        `${info.issuer} has another key than when you joined it. If its owner says that it was set up anew, sign out of it first and sign in again.`,
      )
    return known
  }

  async function* signIn(url: string, signal: AbortSignal = new AbortController().signal): AsyncGenerator<RelaySignInEvent, void> {
    const info = await discoverRelay(relayOrigin(url), signal)
    const before = await checkPinned(info)
    const party = relayParty(info, desktopName)
    const attempt = await authorize({ ...party, scopes: [desktopClient.scope], signal, now })
    try {
      yield { type: 'opened', authorizationUrl: attempt.authorizationUrl, expiresAt: new Date(attempt.expiresAt).toISOString() }
      await openBrowser(attempt.authorizationUrl)
      await attempt.returned
      yield { type: 'exchanging' }
      const grant = await attempt.exchange()
      const session = toSession(info, grant, await whoAmI(info, grant, signal), now())
      signal.throwIfAborted()
      await tokens.write(session)
      signedIn()
      attempt.finish({
        outcome: 'connected',
        title: `You are signed in to ${info.name}`,
        text: `${desktopName} may now act for ${session.member.member.name}.`,
      })
      if (before) await endOnRelay(before)
      yield { type: 'signed_in', status: describe(session) }
    } catch (error) {
      const known = signal.aborted ? new AppError('cancelled', `Signing in to ${info.name} was cancelled.`) : AppError.from(error)
      attempt.finish({ outcome: 'failed', title: `You are not signed in to ${info.name}`, text: known.message })
      throw signal.aborted ? known : error
    } finally {
      await attempt.close()
    }
  }

  return {
    status,
    signIn,
    async signOut() {
      const session = await tokens.read()
      if (!session) return { ended: true }
      const ended = await endOnRelay(session)
      await tokens.forget()
      return { ended }
    },
  }
}

const endOnRelay = async ({ info, tokens }: RelaySession): Promise<boolean> =>
  tokens === null || (await revoke({ ...relayParty(info, ''), accessToken: tokens.access, refreshToken: tokens.refresh })) === 'ended'

async function whoAmI({ issuer, name }: RelayInfo, { accessToken }: Grant, signal: AbortSignal): Promise<RelayMember> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(15_000)])
  try {
    const response = await fetch(`${issuer}/api/relay/me`, {
      headers: { authorization: `Bearer ${accessToken}` },
      redirect: 'error',
      signal: limited,
    })
    return relayMember.parse(await response.json())
  } catch (cause) {
    throw new AppError('unavailable', `${name} did not say who you are there. Try again in a minute.`, { cause, action: { kind: 'retry' } })
  }
}

function toSession(info: RelayInfo, { accessToken, accessExpiresAt, refreshToken }: Grant, member: RelayMember, at: number): RelaySession {
  if (refreshToken === null)
    throw new AppError('unavailable', `${info.name} gave an answer that Plugboard cannot use. Try again in a few minutes.`)
  return { info, member, tokens: { access: accessToken, accessExpiresAt: accessExpiresAt ?? at, refresh: refreshToken } }
}

function describe(session: RelaySession | null): RelayStatus {
  if (!session) return { state: 'signed_out' }
  const { info, member, tokens } = session
  return {
    state: tokens ? 'signed_in' : 'needs_sign_in',
    url: info.issuer,
    name: info.name,
    workspace: member.workspace.name,
    email: member.member.email,
    role: member.member.role,
    keyId: info.publicKey.kid,
  }
}
