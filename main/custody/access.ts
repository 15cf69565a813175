import { z } from 'zod'
import { isSameRun, type CustodyAnswer } from '../../core/custody/messages.ts'
import { makeAnswerKey, openSealed } from '../../core/custody/sealed.ts'
import type { HeldToken } from '../../tokens/tokens.ts'
import { createBriefly } from './briefly.ts'
import { desktopIdOf, post, relayKey, type AskGround } from './ask.ts'
import type { CustodyEntry } from './record.ts'

const token = z.object({
  accessToken: z.string(),
  generation: z.number(),
  accessExpiresAt: z.number().nullable(),
  scopes: z.array(z.string()),
})

/** A token as the relay sends it, opened. */
export const givenToken = (text: string): HeldToken => token.parse(JSON.parse(text))

/** What came of asking: a token, or an answer that says where the connection is now. */
export type Asked = { kind: 'token'; token: HeldToken } | { kind: 'answer'; answer: CustodyAnswer | null }

/** Short-lived tokens of connections that this desktop has given to the relay. */
export function createAccess(ground: AskGround, now: () => number) {
  const briefly = createBriefly<Asked>(asked => (asked.kind === 'token' ? asked.token : null), now)
  const session = makeAnswerKey()

  async function ask(entry: CustodyEntry, rejected: number | undefined): Promise<Asked> {
    const { connectionId, state } = entry
    const { turn, seen, run, base } = state
    await relayKey(ground, entry)
    const { publicKey: sessionPublicKey, privateKey } = await session
    const answer = await post(ground, {
      kind: 'AccessToken',
      connectionId,
      desktopId: await desktopIdOf(ground),
      turn,
      seen,
      run,
      base,
      sessionPublicKey,
      ...(rejected !== undefined && { rejectedGeneration: rejected }),
    })
    const counts = answer?.kind === 'Token' && answer.turn === turn && isSameRun(answer.run, run) && answer.own >= seen
    if (!counts) return { kind: 'answer', answer }
    const text = await openSealed(privateKey, { connectionId, grantId: answer.grantId, direction: 'access' }, answer.sealed)
    return { kind: 'token', token: givenToken(text) }
  }

  return {
    /** `rejected` is the generation that the service refused. */
    get: (entry: CustodyEntry, rejected?: number): Promise<Asked> =>
      briefly.get(entry.connectionId, `${entry.state.turn} ${entry.state.run.id}`, rejected, () => ask(entry, rejected)),
    forget: briefly.forget,
  }
}
