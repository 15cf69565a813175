import { receive, requestOf, towards } from '../../core/custody/desktop.ts'
import { noRun, type CustodyAnswer } from '../../core/custody/messages.ts'
import { makeAnswerKey } from '../../core/custody/sealed.ts'
import { askRelay, relayKey, type AskGround } from './ask.ts'
import { moveEntry, withdrawAfter, type Luggage, type Standstill } from './move.ts'
import { entryIn, selectEntry, type CustodyEntry } from './record.ts'
import { whyStill } from './why.ts'

export type StepsOptions = {
  ground: AskGround
  /** How long an offer stands without an answer. */
  offerMs: number
  /** Runs before the relay hears of anything. */
  before(entry: CustodyEntry): Promise<void>
  /** A commit has changed where a connection is. */
  moved(connectionId: string): void
  /** The relay has answered. */
  note(connectionId: string, answer: CustodyAnswer): Promise<void>
}

/** What the desktop does with one connection, a commit at a time: its own next step, a question to the relay, what follows from the answer. */
export function createSteps({ ground, offerMs, before, moved, note }: StepsOptions) {
  const { database } = ground
  /** What the relay has confirmed to this process, by connection: nothing has to be asked again until it changes. */
  const confirmed = new Map<string, string>()

  const read = (connectionId: string): Promise<CustodyEntry> =>
    database.query(selectEntry(connectionId)).then(found => entryIn(connectionId, found))

  async function move(
    connectionId: string,
    decide: Parameters<typeof moveEntry>[2],
    luggage?: Luggage,
  ): Promise<{ moved: CustodyEntry | null; still: Standstill }> {
    const result = await database.transaction(() => moveEntry(ground, connectionId, decide, luggage))
    if (result.moved) moved(connectionId)
    return result
  }

  /** The desktop's own next step. Throws why it has to wait with it. */
  async function stepOut(entry: CustodyEntry): Promise<'moved' | 'none'> {
    const { connectionId, state } = entry
    const { role, want, behind } = state
    if (behind) return 'none'
    if (role === 'offering') {
      const result = await move(connectionId, ({ state }, facts) => towards(state, facts))
      return result.moved ? 'moved' : 'none'
    }
    if (role === 'holder' && want === 'relay') {
      const { kid: keyId } = await relayKey(ground, { keyId: null })
      // What another relay had counted says nothing to this one.
      const met = entry.keyId === keyId ? {} : { run: noRun, seen: 0 }
      const { moved: done, still } = await move(
        connectionId,
        ({ state }, facts) => (facts.canMove ? towards({ ...state, ...met }, facts) : null),
        { keyId },
      )
      if (done) return 'moved'
      throw whyStill(still)
    }
    if (role === 'remote' && want === 'desktop') {
      const { privateKey } = await makeAnswerKey()
      const result = await move(connectionId, ({ state }, facts) => towards(state, facts), { returnKey: JSON.stringify(privateKey) })
      return result.moved ? 'moved' : 'none'
    }
    return 'none'
  }

  /** Moves on until there is nothing more to do now. False: to be tried again after a while. */
  async function advance(connectionId: string): Promise<boolean> {
    // Once, not after each step: a new offer is sent at least once.
    if ((await read(connectionId)).state.role === 'offering') await move(connectionId, withdrawAfter(offerMs))
    while (!ground.signal.aborted) {
      const entry = await read(connectionId)
      if ((await stepOut(entry)) === 'moved') continue
      if (confirmed.get(connectionId) === stampOf(entry)) return true
      await before(entry)
      const asked = await askRelay(ground, entry)
      if (!asked) return true
      if (!asked.answer) return false
      await note(connectionId, asked.answer)
      if (!(await take(connectionId, asked.answer, asked.luggage))) {
        if (isAtHome(entry, asked.answer)) {
          confirmed.set(connectionId, stampOf(entry))
          return true
        }
        return false
      }
    }
    return true
  }

  async function take(connectionId: string, answer: CustodyAnswer, luggage: Luggage): Promise<boolean> {
    if (answer.kind === 'Token') return false
    const result = await move(connectionId, ({ state }, facts) => receive(state, answer, facts), luggage)
    return result.moved !== null
  }

  return {
    read,
    move,
    take,
    advance,
    /** What was confirmed is asked about anew. */
    askAgain: (): void => confirmed.clear(),
  }
}

const stampOf = ({ state }: CustodyEntry): string => JSON.stringify([state.role, state.turn, state.run.id, state.seen, state.behind])

/** The relay says nothing new of a role that waits for nothing. */
const isAtHome = ({ state }: CustodyEntry, { kind }: CustodyAnswer): boolean =>
  !state.behind &&
  (requestOf(state) === null ||
    state.role === 'holder' ||
    (state.role === 'remote' && kind === 'Active') ||
    (state.role === 'gone' && (kind === 'Noted' || kind === 'Elsewhere')) ||
    (state.role === 'needs_reconnect' && (kind === 'Unknown' || kind === 'Changed')))
