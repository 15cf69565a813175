import { setTimeout as pause } from 'node:timers/promises'
import {
  accountAnswer,
  accountAsked,
  workspaceClients,
  type AccountAnswer,
  type AccountAsked,
  type AccountKeep,
  type AccountRequest,
} from '../../core/contract/account-requests.ts'
import { AppError } from '../../core/errors.ts'
import { askBriefly, jsonBody, limitMs, readAnswer, unlessLocked } from './answers.ts'
import type { RelayTokens } from './session.ts'

/**
 * The OAuth clients of the workspace that this desktop is signed in to, by provider. `relay` is its address without https, `page` where the
 * clients are changed. `clients` null: the relay cannot be asked, and nothing is known.
 */
export type WorkspaceClients = { relay: string; page: string; clients: ReadonlyMap<string, string> | null }

type Came = Extract<AccountAnswer, { state: 'signed_in' }>

/** What the relay has kept, and with which key of the relay this desktop knows it. */
export type Kept = Pick<Extract<AccountAnswer, { state: 'kept' }>, 'own' | 'run'> & { keyId: string }

export type RelayAccounts = ReturnType<typeof createRelayAccounts>

/** One look at a screen asks several times. */
const freshMs = 2000
const waitS = 15

/** Accounts that are connected through the relay, as this desktop asks for them (`core/contract/account-requests.ts`). Errors: the relay's own, or `unavailable`. */
export function createRelayAccounts(relay: Pick<RelayTokens, 'read' | 'request'>, now: () => number = Date.now) {
  const ask = askBriefly(relay.request)
  let known: { issuer: string; at: number; clients: ReadonlyMap<string, string> } | null = null
  let asking: Promise<void> | null = null

  async function askForClients(issuer: string): Promise<void> {
    const { clients } = await readAnswer(workspaceClients, await ask('/api/relay/clients'))
    known = { issuer, at: now(), clients: new Map(clients.map(({ provider, clientId }) => [provider, clientId])) }
  }

  return {
    /** Null: this desktop is signed in to no relay, as far as its vault can be read. What was known counts while the relay cannot be reached. */
    async clients(): Promise<WorkspaceClients | null> {
      const session = await relay.read().catch(unlessLocked)
      if (!session?.tokens) return null
      const { issuer } = session.info
      const isFresh = known?.issuer === issuer && now() - known.at < freshMs
      if (!isFresh) {
        asking ??= askForClients(issuer).finally(() => (asking = null))
        await asking.catch(() => {})
      }
      return { relay: new URL(issuer).host, page: `${issuer}/clients`, clients: known?.issuer === issuer ? known.clients : null }
    },

    ask: async (request: AccountRequest): Promise<AccountAsked> =>
      readAnswer(accountAsked, await ask('/api/relay/accounts', jsonBody(request))),

    /** Waits until the member has signed in. Errors: what it ended in, `timeout`, or what `signal` was aborted with. */
    async came({ id, expiresAt }: AccountAsked, signal: AbortSignal): Promise<Came> {
      while (now() < expiresAt) {
        const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs + waitS * 1000)])
        const answer = await ask(`/api/relay/accounts/${id}?wait=${waitS}`, { signal: limited })
          .then(response => readAnswer(accountAnswer, response))
          .catch((error: unknown) => {
            signal.throwIfAborted()
            // A relay that restarts, or a network that comes back, ends nothing: the member may be signing in all the while.
            if (AppError.from(error).code === 'unavailable' || limited.aborted) return null
            throw error
          })
        if (answer?.state === 'signed_in') return answer
        if (answer?.state === 'failed') throw new AppError(answer.code, answer.message, { action: { kind: 'retry' } })
        if (answer?.state === 'kept') throw new AppError('conflict', 'This sign-in is over. Start it again.')
        if (answer === null) await pause(1000, undefined, { signal })
      }
      throw new AppError('timeout', 'You did not finish signing in on the relay in time. Try again.', { action: { kind: 'retry' } })
    },

    /** The relay has custody from now on. */
    async keep({ id }: AccountAsked, as: AccountKeep): Promise<Kept> {
      const answer = await readAnswer(accountAnswer, await ask(`/api/relay/accounts/${id}/keep`, jsonBody(as)))
      const session = await relay.read()
      if (answer.state !== 'kept' || !session) throw new AppError('unavailable', 'The relay did not keep the account. Connect it again.')
      return { own: answer.own, run: answer.run, keyId: session.info.publicKey.kid }
    },

    async cancel({ id }: AccountAsked): Promise<void> {
      await ask(`/api/relay/accounts/${id}`, { method: 'DELETE' })
    },
  }
}
