import { relayAccounts, taken, tokenGiven, type RelayAccount, type Taken } from '../../core/contract/shared-accounts.ts'
import { makeAnswerKey, openSealed } from '../../core/custody/sealed.ts'
import { AppError } from '../../core/errors.ts'
import type { HeldToken } from '../../tokens/tokens.ts'
import { givenToken } from '../custody/access.ts'
import { createBriefly } from '../custody/briefly.ts'
import { askBriefly, jsonBody, readAnswer, unlessLocked } from './answers.ts'
import type { RelayTokens } from './session.ts'

export type SharedAccounts = ReturnType<typeof createSharedAccounts>

/** Accounts in the relay's custody that this desktop has not given: what there is, their tokens, and taking one over. Errors: the relay's own, or `unavailable`. */
export function createSharedAccounts(relay: Pick<RelayTokens, 'read' | 'request'>, now: () => number = Date.now) {
  const briefly = createBriefly<HeldToken>(token => token, now)
  const ask = askBriefly(relay.request)
  const session = makeAnswerKey()
  const at = (connectionId: string, what: string) => `/api/relay/shared/${encodeURIComponent(connectionId)}/${what}` as const

  return {
    /** Null: this desktop is signed in to no relay, as far as its vault can be read. */
    async list(): Promise<{ relay: string; accounts: RelayAccount[] } | null> {
      const found = await relay.read().catch(unlessLocked)
      if (!found?.tokens) return null
      return { relay: found.info.issuer, ...(await readAnswer(relayAccounts, await ask('/api/relay/shared'))) }
    },

    /** `rejected` is the generation that the service refused. */
    token: (connectionId: string, rejected?: number): Promise<HeldToken> =>
      briefly.get(connectionId, '', rejected, async () => {
        const { publicKey: sessionPublicKey, privateKey } = await session
        const wish = { sessionPublicKey, ...(rejected !== undefined && { rejected }) }
        const { sealed, grantId } = await readAnswer(tokenGiven, await ask(at(connectionId, 'token'), jsonBody(wish)))
        return givenToken(await openSealed(privateKey, { connectionId, grantId, direction: 'access' }, sealed))
      }),
    /** What was given is not asked of it any more: it is here now, or elsewhere. */
    forget: briefly.forget,

    /** `keyId`: the key of the relay, as this desktop knows it. */
    async take(connectionId: string, desktopId: string): Promise<Taken & { keyId: string }> {
      const found = await relay.read()
      if (!found) throw new AppError('unauthorized', 'Sign in to your relay first.', { action: { kind: 'settings', section: 'relay' } })
      const there = await readAnswer(taken, await ask(at(connectionId, 'take'), jsonBody({ desktopId })))
      return { ...there, keyId: found.info.publicKey.kid }
    },
  }
}
