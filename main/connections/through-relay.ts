import type { Facts } from '../../core/addresses.ts'
import type { RelayAccounts } from '../relay/accounts.ts'
import { saveOnRelay } from './save-grant.ts'
import { cancellation, type SignInEvent, type SignInRoom, type Wish } from './sign-in.ts'
import { iso } from './token-state.ts'

export type RelayRoom = SignInRoom & { accounts: RelayAccounts; relayIdOf(appId: string): Promise<string> }

/**
 * From the relay's page to the kept connection: the member signs in there, in the browser where they are known, with the client of the
 * workspace, and the relay has custody of what comes from its first moment. Ending it early has the relay drop what came.
 */
export async function* signInThroughRelay(
  room: RelayRoom,
  wish: Wish,
  { appName, answers }: { appName: string; answers: Facts },
  signal: AbortSignal,
): AsyncGenerator<SignInEvent, void> {
  const { accounts, openBrowser, questions, relayIdOf } = room
  const { appId, connector, mode, scopes, existing } = wish
  const inUse = existing?.practice === wish.practice ? existing.account : null
  const asked = await accounts.ask({
    appId: await relayIdOf(appId),
    appName,
    connector: connector.id,
    mode,
    scopes: [...scopes],
    answers: { ...answers },
    inUse: inUse?.label ?? null,
  })
  let isOpen = true
  try {
    yield { type: 'opened', authorizationUrl: asked.url, expiresAt: iso(asked.expiresAt) }
    await openBrowser(asked.url)
    const came = await accounts.came(asked, signal)
    yield { type: 'exchanging' }
    if (inUse && inUse.id !== came.account.id) {
      const question = questions.ask(signal)
      yield { type: 'choose', questionId: question.id, inUse: inUse.label, signedIn: came.account.label }
      if ((await question.answer) === 'kept') return
    }
    signal.throwIfAborted()
    const saved = await saveOnRelay(room, wish, came, as => accounts.keep(asked, as))
    isOpen = false
    yield { type: 'saved', ...saved }
  } catch (error) {
    throw signal.aborted ? cancellation(connector, signal) : error
  } finally {
    // The relay drops it by itself after a while; whoever cancels does not wait for a relay that is away.
    if (isOpen) await accounts.cancel(asked).catch(() => {})
  }
}
