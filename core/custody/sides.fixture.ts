import type { DesktopCustody, DesktopEffect } from './desktop.ts'
import type { RelayCustody, RelayEffect } from './relay.ts'

/** One refresh token of a provider that accepts each of them once: the authorization it belongs to, and how often that was renewed. */
export type Token = { grant: number; version: number }

export type Holding = { token: Token | null; attempt: Token | null; answer: Token | null }
export type DesktopSide = Holding & { state: DesktopCustody; held: Token | null; escrow: Token | null }
export type RelaySide = Holding & { state: RelayCustody; promised: Token | null; seq: number }

/** What a test may break, to see that it would be noticed. */
export type Flaw = 'forgetAttempt' | 'activateOnOffer' | 'noLedger' | 'noEscrow' | 'keepAfterHeld' | 'noKeychain'

/** What a move of the desktop does to the tokens that it has. `token`: what came with the message that moved it. */
export function keepOnDesktop(desktop: DesktopSide, effect: DesktopEffect | null, token: Token | null, flaw: Flaw | null): void {
  switch (effect) {
    case 'letGo':
      desktop.escrow = flaw === 'noEscrow' ? null : desktop.token
      if (flaw !== 'keepAfterHeld') desktop.token = null
      break
    case 'hold':
      desktop.held = token
      break
    case 'takeUp':
      desktop.token = desktop.held
      desktop.held = desktop.escrow = null
      break
    case 'dropToken':
      desktop.token = null
      break
    case 'dropHeld':
      desktop.held = null
      break
    case 'dropCopies':
      desktop.held = desktop.escrow = null
      break
    case 'dropSecrets':
      desktop.token = desktop.held = desktop.escrow = null
      break
    case 'dropAll':
      desktop.token = desktop.held = desktop.escrow = desktop.attempt = desktop.answer = null
      break
    case null:
  }
}

/** The same of the relay. */
export function keepOnRelay(relay: RelaySide, effect: RelayEffect | null, token: Token | null): void {
  if (effect === 'promise' || effect === 'promiseAlone') relay.promised = token
  if (effect === 'activate') relay.token = relay.promised
  if (effect === 'activate' || effect === 'drop') relay.promised = null
  if (effect === 'drop' || effect === 'promiseAlone') relay.token = null
}

export const same = (one: Token | null, other: Token | null): boolean =>
  one !== null && other !== null && one.grant === other.grant && one.version === other.version
