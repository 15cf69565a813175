import type { ConnectionMode } from '../../core/app/connector-file.ts'
import type { Connector } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import { usesDeviceCode } from '../../oauth/server.ts'
import { authorizeByAnyName } from '../oauth/earlier-scopes.ts'
import type { Page } from '../oauth/page.ts'
import { signInByCode } from '../oauth/sign-in-by-code.ts'
import type { DeviceOptions } from '../../oauth/device.ts'
import type { Grant } from '../../oauth/grant.ts'
import { identify, learnFacts, type Counterpart } from '../../oauth/identify.ts'
import { decline } from './disconnect.ts'
import type { Questions } from './questions.ts'
import type { Registry, StoredConnection } from './registry.ts'
import { saveGrant } from './save-grant.ts'
import { iso } from './token-state.ts'
import type { ConnectionTokens } from './tokens.ts'

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

export type SignInEvent =
  | { type: 'opened'; authorizationUrl: string; expiresAt: string }
  | { type: 'code'; userCode: string; verificationUri: string; verificationUriComplete: string | null; expiresAt: string }
  | { type: 'exchanging' }
  | { type: 'choose'; questionId: string; inUse: string; signedIn: string }
  | { type: 'saved'; record: StoredConnection; warning: string | null }

export type SignInRoom = {
  registry: Registry
  tokens: ConnectionTokens
  questions: Questions
  openBrowser(url: string): Promise<void> | void
  now: () => number
  limitMs?: number
  /** How a sign-in by code waits between two questions. */
  wait?: DeviceOptions['wait']
}

/** From the first address or code to the kept connection. The browser's tab, if there is one, is told how it ended, whatever happens. */
export function signIn(room: SignInRoom, wish: Wish, party: Counterpart, signal: AbortSignal): AsyncGenerator<SignInEvent, void> {
  return usesDeviceCode(party) ? byCode(room, wish, party, signal) : throughBrowser(room, wish, party, signal)
}

async function* throughBrowser(room: SignInRoom, wish: Wish, party: Counterpart, signal: AbortSignal): AsyncGenerator<SignInEvent, void> {
  const { openBrowser, now, limitMs } = room
  const attempt = await authorizeByAnyName({ ...party, scopes: wish.scopes, signal, now, limitMs })
  try {
    yield { type: 'opened', authorizationUrl: attempt.authorizationUrl, expiresAt: iso(attempt.expiresAt) }
    await openBrowser(attempt.authorizationUrl)
    await attempt.returned
    yield { type: 'exchanging' }
    yield* keep(room, wish, party, await attempt.exchange(), signal, attempt.finish)
  } catch (error) {
    const known = signal.aborted ? cancellation(wish.connector, signal) : AppError.from(error)
    attempt.finish({ outcome: 'failed', title: `${wish.connector.name} is not connected`, text: known.message })
    throw signal.aborted ? known : error
  } finally {
    await attempt.close()
  }
}

async function* byCode(room: SignInRoom, wish: Wish, party: Counterpart, signal: AbortSignal): AsyncGenerator<SignInEvent, void> {
  const attempt = await signInByCode({ ...party, scopes: wish.scopes, signal, now: room.now, wait: room.wait })
  try {
    const { userCode, verificationUri, verificationUriComplete, expiresAt } = attempt
    yield { type: 'code', userCode, verificationUri, verificationUriComplete, expiresAt: iso(expiresAt) }
    const grant = await attempt.granted
    yield { type: 'exchanging' }
    yield* keep(room, wish, party, grant, signal, () => {})
  } catch (error) {
    throw signal.aborted ? cancellation(wish.connector, signal) : error
  } finally {
    attempt.close()
  }
}

/** Finds out whose account a fresh grant is, has the user choose where it is another one than before, and keeps it. */
async function* keep(
  room: SignInRoom,
  wish: Wish,
  asked: Counterpart,
  grant: Grant,
  signal: AbortSignal,
  finish: (page: Page) => void,
): AsyncGenerator<SignInEvent, void> {
  const { connector } = wish
  const party = { ...asked, facts: await learnFacts(asked, grant, signal) }
  const account = await identify(connector, party, grant, wish.practice, signal)
  signal.throwIfAborted()
  const inUse = wish.existing?.practice === wish.practice ? wish.existing.account : null
  if (inUse && inUse.id !== account.id) {
    finish({
      outcome: 'connected',
      title: `You are signed in as ${account.label}`,
      text: `Plugboard has used ${inUse.label} until now. Go back and choose which account it uses.`,
    })
    const question = room.questions.ask(signal)
    yield { type: 'choose', questionId: question.id, inUse: inUse.label, signedIn: account.label }
    if ((await question.answer) === 'kept')
      return await decline(
        room.registry,
        { appId: wish.appId, practice: wish.practice, provider: connector.provider.id, account },
        party,
        grant,
      )
  }
  const { record, warning } = await saveGrant(room, wish, party, grant, account)
  finish({
    outcome: 'connected',
    title: `${connector.name} is connected`,
    text: `Plugboard may now act as ${account.label}, for what you allowed.`,
  })
  yield { type: 'saved', record, warning }
}

/** Why an attempt was ended from here. */
export const cancellation = ({ name }: Connector, { reason }: AbortSignal): AppError =>
  reason instanceof AppError ? reason : new AppError('cancelled', `Connecting to ${name} was cancelled.`)
