import { sql } from 'kysely'
import {
  bornThere,
  callOff,
  disconnected,
  fallBehind,
  pick,
  reconnected,
  tookOver,
  withdraw,
  type Custodian,
  type DesktopMove,
} from '../../core/custody/desktop.ts'
import { type CustodyAnswer, type RelayRun, type Withdrawn } from '../../core/custody/messages.ts'
import type { Taken } from '../../core/contract/shared-accounts.ts'
import { AppError } from '../../core/errors.ts'
import type { Steps } from '../../host/store/engine.ts'
import type { HeldToken } from '../../tokens/tokens.ts'
import { createAccess } from './access.ts'
import { desktopIdOf, newsIn, type AskGround } from './ask.ts'
import { createLoops } from './loops.ts'
import { createProgress, type Memory } from './memory.ts'
import { moveEntry, type Luggage } from './move.ts'
import { readEntry, type CustodyEntry } from './record.ts'
import { createSteps } from './steps.ts'
import { whyNot } from './why.ts'

export type CustodyTiming = {
  /** First wait until an unanswered request is repeated; doubles up to `longestRetryMs`. */
  retryMs: number
  longestRetryMs: number
  /** How long an offer stands without an answer. */
  offerMs: number
  /** How often the relay is asked although all is settled. */
  checkMs: number
}

const usualTiming: CustodyTiming = { retryMs: 1000, longestRetryMs: 60_000, offerMs: 30_000, checkMs: 10 * 60_000 }

export type CustodyOptions = Omit<AskGround, 'signal'> & {
  memory: Memory
  timing?: Partial<CustodyTiming>
  now?: () => number
  /** The custody of a connection changed, or what stands in its way. */
  changed(connectionId: string): void
  /** What came of taking an access back, when the relay could not tell it at once. */
  withdrawn(connectionId: string, outcome: Withdrawn): void
  /** No desktop can have this connection: it stays on the relay. */
  stays(connectionId: string): void
}

export type DesktopCustodian = ReturnType<typeof createCustody>

/** Where a connection stands, and why it is not yet where the user wants it. */
export type Standing = { entry: CustodyEntry; problem: AppError | null }

/**
 * The desktop's side of the custody of its connections: wishes are stored, and one loop for each connection moves it towards them, one
 * commit at a time, until it is there. It is safe to end at any moment.
 */
export function createCustody({ timing, now = Date.now, changed, withdrawn, stays, memory, ...options }: CustodyOptions) {
  const { database } = options
  const { retryMs, longestRetryMs, offerMs, checkMs } = { ...usualTiming, ...timing }
  const closing = new AbortController()
  /** What came of taking an access back, for who waits for it just now. */
  const awaited = new Map<string, Withdrawn | null>()
  const ground: AskGround = { ...options, signal: closing.signal }
  const access = createAccess(ground, now)
  const progress = createProgress(memory)
  const steps = createSteps({
    ground,
    offerMs,
    before: progress.keep,
    moved(connectionId) {
      access.forget(connectionId)
      changed(connectionId)
    },
    note,
  })
  const { read, move, take } = steps

  /** What an answer tells beside where the connection is. */
  async function note(connectionId: string, answer: CustodyAnswer): Promise<void> {
    if (answer.kind === 'Cancelled' && answer.stays) stays(connectionId)
    if (answer.kind !== 'Noted' || !answer.withdrawn) return
    // First told, then forgotten: twice is better than never.
    if (awaited.has(connectionId)) awaited.set(connectionId, answer.withdrawn)
    else withdrawn(connectionId, answer.withdrawn)
    await database.transaction(() => moveEntry(ground, connectionId, ({ state }) => ({ next: state, effect: null }), { withdraw: false }))
  }

  const loops = createLoops({ advance: steps.advance, changed, retryMs, longestMs: longestRetryMs })
  const { settle } = loops

  /** Makes a wish or a decision of the user durable, then acts on it. */
  async function decide(connectionId: string, by: (entry: CustodyEntry) => DesktopMove | null, luggage?: Luggage): Promise<Standing> {
    await move(connectionId, by, luggage)
    await settle(connectionId)
    return standing(connectionId)
  }

  const standing = async (connectionId: string): Promise<Standing> => ({
    entry: await read(connectionId),
    problem: loops.problem(connectionId),
  })

  /**
   * Before anything is done with a connection that may be shared: whether these files know less than there was. Then its turn is made good,
   * and it waits until the relay has said what is so.
   */
  async function compare(connectionIds: readonly string[]): Promise<void> {
    const look = async (connectionId: string) => {
      const beyond = await progress.reachedBeyond(await read(connectionId))
      if (beyond)
        await move(connectionId, ({ state, changes }) => (changes < beyond.changes ? fallBehind(state, beyond) : null), {
          changes: beyond.changes,
        })
    }
    await Promise.all(connectionIds.map(look))
  }

  async function start(): Promise<void> {
    steps.askAgain()
    const rows = await database.query(sql`select connection_id from custody`)
    await Promise.all(rows.map(row => settle(String(row['connection_id']))))
  }

  async function caughtUp(connectionId: string): Promise<CustodyEntry> {
    const entry = await read(connectionId)
    if (!entry.state.behind) return entry
    await settle(connectionId)
    const then = await read(connectionId)
    if (then.state.behind) throw whyNot(then)
    return then
  }

  // A relay that was restored from a backup learns from this what it has forgotten.
  const rounds = setInterval(() => void start().catch(() => {}), checkMs).unref()

  return {
    standing,

    /** The user wants a connection to be held here, or by the relay. Resolves once it is there, or cannot go on now. */
    want: (connectionId: string, want: Custodian): Promise<Standing> =>
      decide(connectionId, ({ state }) => (state.role === 'gone' ? null : { next: { ...state, want }, effect: null })),

    /** What was to go to the relay stays here from now on, unless it is there already. Resolves as soon as that counts, with where it is. */
    async callOff(connectionId: string): Promise<CustodyEntry> {
      const { moved } = await move(connectionId, ({ state }) => callOff(state))
      if (moved) void settle(connectionId)
      return moved ?? read(connectionId)
    },

    /** Of two accounts, the one that the user keeps. */
    pick: (connectionId: string, choice: Custodian): Promise<Standing> => decide(connectionId, ({ state }) => pick(state, choice)),

    /** Steps of the transaction that keeps a new grant: whatever was under way ends. */
    *reconnected(connectionId: string): Steps<void> {
      yield* moveEntry(ground, connectionId, ({ state }) => (state.turn === 0 ? null : reconnected(state)))
    },

    /** Steps of the transaction that enters what the relay has had from its first moment. */
    *bornThere(connectionId: string, { own, run, keyId }: { own: number; run: RelayRun; keyId: string }): Steps<void> {
      yield* moveEntry(ground, connectionId, ({ state }) => bornThere(state, { own, run }), { keyId })
    },

    /**
     * The tokens and all copies go, and the relay is told to delete its own. `withdraw`: and to take the access back at the provider. What
     * came of that; null when the relay has not told.
     */
    async disconnect(connectionId: string, withdraw: boolean): Promise<Withdrawn | null> {
      if (withdraw) awaited.set(connectionId, null)
      await decide(connectionId, ({ state }) => disconnected(state), { withdraw })
      const told = awaited.get(connectionId) ?? null
      awaited.delete(connectionId)
      return told
    },

    /** This home directory, as relays know it. */
    desktopId: (): Promise<string> => desktopIdOf(ground),

    /** Steps of the transaction that enters what was taken over from another desktop. It is on its way here from then on. */
    *tookOver(connectionId: string, { turn, own, base, run }: Taken, keyId: string): Steps<void> {
      yield* moveEntry(ground, connectionId, ({ state }) => tookOver(state, { turn, own, base, run }), { keyId })
    },

    /** Steps of the transaction that opens a refresh: whether the right to it is with the relay, or on its way. */
    *isElsewhere(connectionId: string): Steps<boolean> {
      const { state } = yield* readEntry(connectionId)
      return state.role !== 'holder' || state.behind
    },

    /** A refresh is due: an offer that is not taken yet is withdrawn for it. True when there was one. */
    giveWay: async (connectionId: string): Promise<boolean> => (await move(connectionId, ({ state }) => withdraw(state))).moved !== null,

    compare,

    /** Where a connection is, asked of the relay if these files were restored. Errors: `unavailable` when it cannot say. */
    caughtUp: async (connectionId: string): Promise<void> => void (await caughtUp(connectionId)),

    /** A token of the relay. Errors: `unauthorized` (connect again), `unavailable`. */
    async accessToken(connectionId: string, rejected?: number): Promise<HeldToken> {
      for (;;) {
        const entry = await caughtUp(connectionId)
        if (entry.state.role !== 'remote') throw whyNot(entry)
        const asked = await access.get(entry, rejected)
        if (asked.kind === 'token') return asked.token
        const moved = asked.answer !== null && (await take(connectionId, asked.answer, newsIn(asked.answer)))
        if (!moved) throw whyNot(entry)
        if (asked.answer?.kind !== 'OtherRun') void settle(connectionId)
      }
    },

    /** Asks about every connection anew and goes on with them: at the start, when the vault opens, after a sign-in to the relay. */
    start,

    /** Goes on with one connection: its tokens changed. */
    soon: (connectionId: string): void => void settle(connectionId),

    async close(): Promise<void> {
      closing.abort(new AppError('cancelled', 'Plugboard is closing.'))
      clearInterval(rounds)
      await loops.close()
    },
  }
}
