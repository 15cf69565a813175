import { requestOf } from '../../core/custody/desktop.ts'
import {
  custodyAnswer,
  type AnswerKey,
  type CustodyAnswer,
  type CustodyRequest,
  type SharedConnection,
} from '../../core/custody/messages.ts'
import { handover, openSealed, publicHalf, readPrivateKey, sealTo } from '../../core/custody/sealed.ts'
import { AppError } from '../../core/errors.ts'
import { handoverOf } from '../../tokens/handover.ts'
import { selectRow, toRow } from '../../tokens/rows.ts'
import { jsonBody, readAnswer, sendRequest } from '../relay/answers.ts'
import type { RelayTokens } from '../relay/session.ts'
import { openReturnKey, type CustodyGround, type Luggage } from './move.ts'
import { readDesktopId, type CustodyEntry } from './record.ts'

export type AskGround = CustodyGround & {
  relay: Pick<RelayTokens, 'read' | 'request'>
  /** What the relay is told of a connection. Null when it is not there any more. */
  describe(connectionId: string): Promise<SharedConnection | null>
  /** Aborted when Plugboard closes. */
  signal: AbortSignal
}

const limitMs = 90_000

/** The key of the relay that this desktop is signed in to. Errors: `unauthorized`, and `conflict` when it is not the one `entry` knows. */
export async function relayKey({ relay }: AskGround, { keyId }: Pick<CustodyEntry, 'keyId'>): Promise<AnswerKey> {
  const session = await relay.read()
  if (!session) throw new AppError('unauthorized', 'Sign in to your relay first.', { action: { kind: 'settings', section: 'relay' } })
  const { kty, crv, x, y, kid } = session.info.publicKey
  if (keyId !== null && keyId !== kid)
    throw new AppError(
      'conflict',
      `${session.info.issuer} has another key than when the account was given to it. Sign in to the relay that has it, or connect the account again.`,
    )
  return { kty, crv, x, y, kid }
}

/** Asks what the role of this entry asks. `answer` is null when the relay has nothing to say yet. Null when the role has nothing to ask. */
export async function askRelay(ground: AskGround, entry: CustodyEntry): Promise<{ answer: CustodyAnswer | null; luggage: Luggage } | null> {
  const asking = requestOf(entry.state)
  if (!asking) return null
  const { connectionId } = entry
  const { kind, turn, seen, run, base } = asking
  const head = { connectionId, desktopId: await desktopIdOf(ground), turn, seen, run }
  const key = await relayKey(ground, entry)
  switch (kind) {
    case 'Offer': {
      const sent = await sealOffer(ground, entry, key)
      const about = await ground.describe(connectionId)
      if (!sent || !about) return null
      const answer = await post(ground, { kind, ...head, ...sent, keyId: key.kid, about })
      return { answer, luggage: { sent, ...newsIn(answer) } }
    }
    case 'Reclaim': {
      const returnKey = openReturnKey(ground.sealer, entry)
      if (returnKey === null)
        throw new AppError('unauthorized', 'The keys of this take-back are not on this computer any more. Connect the account again.')
      const privateKey = readPrivateKey(returnKey)
      const answer = await post(ground, { kind, ...head, base, returnPublicKey: publicHalf(privateKey) })
      if (answer?.kind !== 'Returning') return { answer, luggage: newsIn(answer) }
      const { grantId, sealed } = answer
      const text = await openSealed(privateKey, { connectionId, grantId, direction: 'return' }, sealed)
      return { answer, luggage: { came: { handover: handover.parse(JSON.parse(text)), grantId } } }
    }
    case 'Yours':
    case 'Returned':
    case 'Mine':
    case 'Where': {
      const answer = await post(ground, kind === 'Yours' ? { kind, ...head, base } : { kind, ...head })
      return { answer, luggage: newsIn(answer) }
    }
    case 'Gone': {
      const answer = await post(ground, { kind, ...head, withdraw: entry.withdraw })
      return { answer, luggage: newsIn(answer) }
    }
  }
}

/** The account that someone has connected on the relay, or the desktop that has taken it over. */
export function newsIn(answer: CustodyAnswer | null): Luggage {
  if (answer?.kind === 'Elsewhere') return { takenBy: answer.desktop }
  return answer?.kind === 'Changed' ? { otherAccount: answer.account } : {}
}

export const desktopIdOf = ({ database }: Pick<CustodyGround, 'database'>): Promise<string> => database.transaction(readDesktopId)

/** What is handed over: the grant, or again what was handed over before, which this desktop cannot open. */
async function sealOffer(
  { database, sealer }: AskGround,
  { state, connectionId, escrow, escrowGrant }: CustodyEntry,
  key: AnswerKey,
): Promise<Luggage['sent'] | null> {
  if (state.role === 'reoffering') return escrow === null || escrowGrant === null ? null : { sealed: escrow, grantId: escrowGrant }
  const [found] = await database.query(selectRow(database, connectionId))
  const row = toRow(found)
  const content = row && handoverOf(row, sealer)
  if (!content) return null
  const { grantId } = row
  return { sealed: await sealTo(key, { connectionId, grantId, direction: 'handover' }, JSON.stringify(content)), grantId }
}

/** Sends one request. Null: nothing to say yet. Errors: those of the relay, `unavailable` when it cannot be reached. */
export async function post({ relay, signal }: Pick<AskGround, 'relay' | 'signal'>, request: CustodyRequest): Promise<CustodyAnswer | null> {
  const response = await sendRequest(relay.request, '/api/relay/custody', {
    ...jsonBody(request),
    signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
  })
  return response.status === 204 ? null : readAnswer(custodyAnswer, response)
}
