import { z } from 'zod'
import { withdraw, type DesktopFacts, type DesktopMove } from '../../core/custody/desktop.ts'
import { handover } from '../../core/custody/sealed.ts'
import type { Steps } from '../../host/store/engine.ts'
import type { TokenDatabase } from '../../tokens/database.ts'
import { canMove, dropGrant, lockQuietly, releaseGrant } from '../../tokens/grants.ts'
import { adoptHandover } from '../../tokens/handover.ts'
import type { Sealer } from '../../tokens/sealer.ts'
import { readEntry, writeEntry, type CustodyEntry } from './record.ts'

export type CustodyGround = {
  database: TokenDatabase
  sealer: Sealer
  /** How long a request to a provider whose answer was lost may still be on its way. */
  drainMs: number
  /** After how many days without use the provider of a connection lets a refresh token die. */
  idleDaysOf(connectionId: string): number | null
}

/** A grant that came back, as it waits to be used. */
const heldBack = z.object({ handover, grantId: z.string() })
export type HeldBack = z.infer<typeof heldBack>

const contexts = {
  heldBack: (connectionId: string) => JSON.stringify([connectionId, 'custody', 'held back']),
  returnKey: (connectionId: string) => JSON.stringify([connectionId, 'custody', 'return key']),
}

export const openReturnKey = (sealer: Sealer, { connectionId, returnKey }: CustodyEntry): string | null =>
  returnKey === null ? null : sealer.open(contexts.returnKey(connectionId), returnKey)

/** What a move has to go with: what was sent, what came, a key that was made for it. */
export type Luggage = {
  sent?: { sealed: string; grantId: string }
  came?: HeldBack
  returnKey?: string
  keyId?: string
  otherAccount?: CustodyEntry['otherAccount']
  takenBy?: string
  withdraw?: boolean
  /** How often it was changed before, as far as that was forgotten. */
  changes?: number
}

/** Why nothing moved: a refresh of `heldBy` is in the way, or there is no grant to hand over. */
export type Standstill = { heldBy: string | null; isBusy: boolean; canMove: boolean }

/** One commit: `decide` says what follows from what is there, and the tokens move with it. Null when nothing does. */
export function* moveEntry(
  ground: CustodyGround,
  connectionId: string,
  decide: (entry: CustodyEntry, facts: DesktopFacts & { canMove: boolean; now: number }) => DesktopMove | null,
  luggage: Luggage = {},
): Steps<{ moved: CustodyEntry | null; still: Standstill }> {
  const entry = yield* readEntry(connectionId)
  const { row, now, isQuiet, heldBy } = yield* lockQuietly(ground.database, connectionId, ground.drainMs)
  const facts = { hasEscrow: entry.escrow !== null, isQuiet, canMove: canMove(row), now }
  const move = decide(entry, facts)
  const still = { heldBy, isBusy: !isQuiet, canMove: facts.canMove }
  if (!move) return { moved: null, still }
  const next: CustodyEntry = {
    ...entry,
    state: move.next,
    changes: Math.max(entry.changes, luggage.changes ?? 0) + 1,
    since: move.next.role === entry.state.role && move.next.turn === entry.state.turn ? entry.since : now,
    keyId: luggage.keyId ?? entry.keyId,
    otherAccount: move.next.role === 'conflict' ? (luggage.otherAccount ?? entry.otherAccount) : null,
    takenBy: move.next.role === 'gone' ? (luggage.takenBy ?? entry.takenBy) : null,
    withdraw: move.next.role === 'gone' && (luggage.withdraw ?? entry.withdraw),
    ...(luggage.returnKey !== undefined && { returnKey: ground.sealer.seal(contexts.returnKey(connectionId), luggage.returnKey) }),
  }
  yield* moveTokens(ground, next, move, luggage, now)
  yield* writeEntry(next)
  return { moved: next, still }
}

function* moveTokens(
  { database, sealer, idleDaysOf }: CustodyGround,
  entry: CustodyEntry,
  { effect }: DesktopMove,
  { sent, came }: Luggage,
  now: number,
): Steps<void> {
  const { connectionId } = entry
  switch (effect) {
    case 'letGo':
      if (!sent) throw new Error('Nothing was sent that could have been taken.')
      entry.escrow = sent.sealed
      entry.escrowGrant = sent.grantId
      return yield* releaseGrant(database, connectionId)
    case 'hold':
      if (!came) throw new Error('Nothing came that could be held.')
      entry.heldBack = sealer.seal(contexts.heldBack(connectionId), JSON.stringify(came))
      return
    case 'takeUp': {
      const text = entry.heldBack === null ? null : sealer.open(contexts.heldBack(connectionId), entry.heldBack)
      if (text === null) throw new Error('What came back cannot be opened.')
      yield* adoptHandover({ database, sealer }, connectionId, heldBack.parse(JSON.parse(text)), {
        idleDays: idleDaysOf(connectionId),
        now,
      })
      return dropCopies(entry)
    }
    case 'dropToken':
      return yield* releaseGrant(database, connectionId)
    case 'dropHeld':
      entry.heldBack = entry.returnKey = null
      return
    case 'dropCopies':
      return dropCopies(entry)
    case 'dropSecrets':
      dropCopies(entry)
      return yield* releaseGrant(database, connectionId)
    case 'dropAll':
      dropCopies(entry)
      return yield* dropGrant(database, connectionId)
    case null:
  }
}

function dropCopies(entry: CustodyEntry): void {
  entry.heldBack = entry.escrow = entry.escrowGrant = entry.returnKey = null
}

/** An offer that nobody has answered for so long is taken back, so that the connection can be refreshed meanwhile. */
export const withdrawAfter =
  (limitMs: number) =>
  (entry: CustodyEntry, { now }: { now: number }): DesktopMove | null =>
    now - entry.since >= limitMs ? withdraw(entry.state) : null
