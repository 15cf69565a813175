import { boundFetch } from '../../core/bound-fetch.ts'
import type { ConnectionMode } from '../../core/app/connector-file.ts'
import type { Account, Connector } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import { authorize } from '../oauth/authorize.ts'
import type { Grant } from '../../oauth/grant.ts'
import type { Vault } from '../vault/vault.ts'
import { decline } from './disconnect.ts'
import type { Counterpart } from './parties.ts'
import type { Questions } from './questions.ts'
import type { Registry, StoredConnection } from './registry.ts'
import { saveGrant } from './save-grant.ts'
import { iso } from './token-state.ts'
import type { Tokens } from './tokens.ts'

export type Wish = {
  appId: string
  connector: Connector
  mode: ConnectionMode
  practice: boolean
  scopes: readonly string[]
  /** The connection to reconnect: id, name and references stay. */
  existing: StoredConnection | null
  /** The name is the account's own and may change with it. */
  followsName: boolean
  name: string | undefined
}

type SignInEvent =
  | { type: 'opened'; authorizationUrl: string; expiresAt: string }
  | { type: 'exchanging' }
  | { type: 'choose'; questionId: string; inUse: string; signedIn: string }
  | { type: 'saved'; record: StoredConnection; warning: string | null }

export type SignInRoom = {
  registry: Registry
  vault: Vault
  tokens: Tokens
  questions: Questions
  openBrowser(url: string): Promise<void> | void
  now: () => number
  limitMs?: number
}

/** One way through the browser, from the address to the kept connection. The browser's tab is told how it ended, whatever happens. */
export async function* signIn(room: SignInRoom, wish: Wish, party: Counterpart, signal: AbortSignal): AsyncGenerator<SignInEvent, void> {
  const { connector } = wish
  const { openBrowser, now, limitMs } = room
  const attempt = await authorize({ ...party, scopes: wish.scopes, signal, now, limitMs })
  try {
    yield { type: 'opened', authorizationUrl: attempt.authorizationUrl, expiresAt: iso(attempt.expiresAt) }
    await openBrowser(attempt.authorizationUrl)
    await attempt.returned
    yield { type: 'exchanging' }
    const grant = await attempt.exchange()
    const account = await identify(connector, party, grant, wish.practice, signal)
    signal.throwIfAborted()
    const inUse = wish.existing?.practice === wish.practice ? wish.existing.account : null
    if (inUse && inUse.id !== account.id) {
      attempt.finish({
        outcome: 'connected',
        title: `You are signed in as ${account.label}`,
        text: `Plugboard has used ${inUse.label} until now. Go back and choose which account it uses.`,
      })
      const question = room.questions.ask(signal)
      yield { type: 'choose', questionId: question.id, inUse: inUse.label, signedIn: account.label }
      if ((await question.answer) === 'kept')
        return await decline(room.registry, { practice: wish.practice, provider: connector.provider.id, account }, party, grant)
    }
    const { record, warning } = await saveGrant(room, wish, party, grant, account)
    attempt.finish({
      outcome: 'connected',
      title: `${connector.name} is connected`,
      text: `Plugboard may now act as ${account.label}, for what you allowed.`,
    })
    yield { type: 'saved', record, warning }
  } catch (error) {
    const known = signal.aborted ? cancellation(connector, signal) : AppError.from(error)
    attempt.finish({ outcome: 'failed', title: `${connector.name} is not connected`, text: known.message })
    throw signal.aborted ? known : error
  } finally {
    await attempt.close()
  }
}

const cancellation = ({ name }: Connector, { reason }: AbortSignal): AppError =>
  reason instanceof AppError ? reason : new AppError('cancelled', `Connecting to ${name} was cancelled.`)

/** Asks the service whose account it is, with the fresh token. */
async function identify(
  connector: Connector,
  { practiceOrigins }: Counterpart,
  { accessToken }: Grant,
  practice: boolean,
  signal: AbortSignal,
): Promise<Account> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(30_000)])
  const bound = boundFetch({ accessToken, apiOrigins: connector.provider.apiOrigins, practiceOrigins })
  const withSignal: typeof fetch = (input, init) =>
    bound(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limited]) : limited })
  try {
    return await connector.identity({ fetch: withSignal, account: null, practice, signal: limited })
  } catch (error) {
    if (error instanceof AppError) throw error
    throw (
      connector.explain?.(error) ??
      new AppError('unavailable', `${connector.provider.name} did not say which account this is. Try again in a minute.`, {
        cause: error,
        action: { kind: 'retry' },
      })
    )
  }
}
