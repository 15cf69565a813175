import { z } from 'zod'
import {
  sharedConnection,
  type Asking,
  type CustodyAnswer,
  type CustodyRequest,
  type RelayRun,
  type SharedConnection,
} from '../../core/custody/messages.ts'
import { answerDesktop, type RelayEffect, type RelayMove } from '../../core/custody/relay.ts'
import { handover, openSealed, sealTo, type PrivateKey } from '../../core/custody/sealed.ts'
import { AppError } from '../../core/errors.ts'
import type { Steps } from '../../host/store/engine.ts'
import { dropGrant } from '../../tokens/grants.ts'
import { adoptHandover, handoverOf } from '../../tokens/handover.ts'
import { heldIn, type Held } from '../../tokens/held.ts'
import { lockRow } from '../../tokens/rows.ts'
import type { Sealer } from '../../tokens/sealer.ts'
import type { AuditAction } from '../audit/actions.ts'
import type { Audit } from '../audit/audit.ts'
import type { Desktop } from '../desktops/desktops.ts'
import type { Envelope } from '../keys/envelope.ts'
import type { Member } from '../members/roles.ts'
import { takeDefault } from './default.ts'
import type { Ledger } from './ledger.ts'
import { isOpenTo, lockRecord, writeRecord, type CustodyRecord, type Locked, type RecordGround } from './record.ts'
import { markOf, readRun } from './start.ts'
import { understandSealed } from './understand.ts'
import { noteWithdrawal } from './withdrawals.ts'

/** What handlers work with. */
export type CustodyGround = RecordGround & {
  envelope: Envelope
  ledger: Ledger
  audit: Audit
  key: PrivateKey
  /** Whether an offered connection is one for this relay. Errors: `not_found` for an app that is not here, `validation`. */
  admit(member: Member, about: SharedConnection): Promise<void>
  /** After how many days without use the provider of a connector lets a refresh token die. */
  idleDaysOf(connector: string): number | null
}

/** A desktop that is signed in, and whose it is. */
export type Caller = { member: Member; desktop: Pick<Desktop, 'id' | 'name'>; ip: string | null }

const promise = z.object({ handover, grantId: z.string(), about: sharedConnection })
type Promised = z.infer<typeof promise>

const pendingContext = (connectionId: string, turn: number): string => JSON.stringify([connectionId, turn, 'pending'])

/**
 * What came of a request. `kind` of the answer is `Active` where a token was asked for and may be given. `movedApp`: whose connection it
 * changed.
 */
export type Handled = { answer: Exclude<CustodyAnswer, { kind: 'Token' }> | null; movedApp: string | null }

/**
 * Answers one request of a desktop: a transaction, then the ledger, then the answer. Errors: `validation` for what is sealed to another
 * key or for another connection, `conflict` when the relay's key is another than the desktop knows, `not_found` for what is not theirs.
 */
export async function handleRequest(ground: CustodyGround, caller: Caller, request: CustodyRequest): Promise<Handled> {
  const { database, envelope, ledger, key } = ground
  const offered = request.kind === 'Offer' ? await readOffer(key, request) : null
  if (offered) await ground.admit(caller.member, offered.about)
  const sealer = await envelope.sealerOf(caller.member.workspaceId)
  const done = await database.transaction(() => decide(ground, caller, request, offered, sealer))
  if (done.record) await ledger.reach(markOf(done.record))
  const movedApp = done.changed ? (done.record?.about?.appId ?? null) : null
  return { answer: await tell(request, done), movedApp }
}

/** The answer as it travels. */
async function tell(request: CustodyRequest, done: Decided): Promise<Handled['answer']> {
  const { moved, run, own } = done
  const echo = { turn: request.turn, run, own }
  if (!moved.answer) return null
  const { kind, role, stays, base = '', active = false } = moved.answer
  if (kind === 'Returning') {
    if (request.kind !== 'Reclaim' || !done.returned) return null
    const { grantId, text } = done.returned
    const sealed = await sealTo(request.returnPublicKey, { connectionId: request.connectionId, grantId, direction: 'return' }, text)
    return { kind, ...echo, sealed, grantId }
  }
  const account = done.record?.about?.account ?? null
  if (kind === 'Changed') return role ? { kind, ...echo, role, account } : null
  if (kind === 'Elsewhere') return { kind, ...echo, desktop: done.record?.desktop ?? '' }
  if (kind === 'There') return { kind, ...echo, base, active }
  if (kind === 'Cancelled') return { kind, ...echo, ...(stays && { stays }) }
  return { kind, ...echo }
}

async function readOffer(key: PrivateKey, request: Extract<CustodyRequest, { kind: 'Offer' }>): Promise<Promised> {
  if (request.keyId !== key.kid)
    throw new AppError('conflict', 'The relay has another key than this desktop knows. Sign in to the relay again before you publish.')
  const { connectionId, grantId, sealed, about } = request
  const text = await openSealed(key, { connectionId, grantId, direction: 'handover' }, sealed)
  // Whether it can go back, a desktop that gives it has no say in.
  return { handover: understandSealed(handover, text), grantId, about: { ...about, stays: undefined } }
}

type Decided = {
  record: CustodyRecord | null
  moved: RelayMove
  run: RelayRun
  own: number
  changed: boolean
  returned: { grantId: string; text: string } | null
}

function* decide(
  ground: CustodyGround,
  { member, desktop, ip }: Caller,
  request: CustodyRequest,
  offered: Promised | null,
  sealer: Sealer,
): Steps<Decided> {
  const { connectionId } = request
  const locked = yield* lockRecord(ground, connectionId)
  const { workspaceId, userId } = member
  if (!isOpenTo(locked, member)) throw new AppError('not_found', 'The relay keeps no such connection of yours. Connect the account again.')
  const run = yield* readRun()
  const promised = promisedIn(locked, sealer)
  const { desktopId = '' } = request
  const keeper = locked.record?.keeper || desktopId
  const moved = answerDesktop(stateIn(locked, promised, sealer), run, asking(request), {
    isQuiet: locked.isQuiet,
    canMove: locked.canMove,
    isKeeper: keeper === desktopId,
    stays: locked.record?.about?.stays ?? false,
  })
  const { next, effect, answer } = moved
  const returns = answer?.kind === 'Returning'
  if (!next)
    return {
      record: locked.record,
      moved,
      run,
      own: locked.state.own,
      changed: false,
      returned: returns ? yield* returnable(ground, connectionId, sealer) : null,
    }
  const record: CustodyRecord = {
    connectionId,
    workspaceId,
    userId,
    state: next,
    desktop: desktop.name,
    keeper,
    seq: (locked.record?.seq ?? 0) + 1,
    pending: locked.record?.pending ?? null,
    about: locked.record?.about ?? null,
    since: next.role === locked.state.role ? (locked.record?.since ?? locked.now) : locked.now,
  }
  if (request.kind === 'Gone' && request.withdraw)
    yield* noteWithdrawal(record, heldNow(locked, sealer) ?? promised?.handover ?? null, sealer, locked.now)
  yield* settleTokens(ground, record, effect, offered, promised, sealer, locked.now)
  yield* writeRecord(record)
  const action = noted(request.kind, effect)
  if (action) {
    const { about } = record
    yield* ground.audit.note({
      workspaceId,
      actor: userId,
      action,
      subject: about?.name ?? connectionId,
      appId: about?.appId,
      detail: desktop.name,
      ip,
    })
  }
  return {
    record,
    moved,
    run,
    own: next.own,
    changed: true,
    returned: returns ? yield* returnable(ground, connectionId, sealer) : null,
  }
}

/** What the audit log tells of. */
function noted(kind: CustodyRequest['kind'], effect: RelayEffect | null): AuditAction | null {
  if (effect === 'activate' && kind === 'Yours') return 'connection.handed_over'
  if (effect !== 'drop') return null
  return kind === 'Gone' ? 'connection.disconnected' : 'connection.taken_back'
}

/** A wish for an access token is also the word that the connection is the relay's. */
function asking(request: CustodyRequest): Asking {
  const { turn, seen, run } = request
  return { kind: request.kind === 'AccessToken' ? 'Yours' : request.kind, turn, seen, run, base: 'base' in request ? request.base : '' }
}

function promisedIn({ record }: Locked, sealer: Sealer): Promised | null {
  if (!record?.pending || record.state.pendingTurn === null) return null
  const text = sealer.open(pendingContext(record.connectionId, record.state.pendingTurn), record.pending)
  return text === null ? null : promise.parse(JSON.parse(text))
}

const heldNow = ({ tokens }: Locked, sealer: Sealer): Held | null => tokens && heldIn(tokens, sealer)

/** What can no longer be opened, because a master key was lost, is as good as not there: the desktop repeats it or connects again. */
function stateIn(locked: Locked, promised: Promised | null, sealer: Sealer): Locked['state'] {
  const { state } = locked
  const isLost = state.role === 'active' && !heldNow(locked, sealer)
  return { ...state, ...(isLost && { role: 'dead' }), ...(promised === null && { pendingTurn: null }) }
}

/** Moves the tokens as the protocol says, within the transaction of the change. */
function* settleTokens(
  { tokens, idleDaysOf }: CustodyGround,
  record: CustodyRecord,
  effect: RelayEffect | null,
  offered: Promised | null,
  promised: Promised | null,
  sealer: Sealer,
  now: number,
): Steps<void> {
  const { connectionId, state } = record
  if (effect === 'drop' || effect === 'promiseAlone') yield* dropGrant(tokens, connectionId)
  if (effect === 'drop' || effect === 'activate') record.pending = null
  if ((effect === 'promise' || effect === 'promiseAlone') && offered && state.pendingTurn !== null) {
    record.pending = sealer.seal(pendingContext(connectionId, state.pendingTurn), JSON.stringify(offered))
    record.about ??= offered.about
  }
  if (effect === 'activate' && promised) {
    record.about = promised.about
    if (promised.about.isDefault) yield* takeDefault(record, promised.about)
    yield* adoptHandover({ database: tokens, sealer }, connectionId, promised, { idleDays: idleDaysOf(promised.about.connector), now })
  }
}

/** What goes back to the desktop. */
function* returnable({ tokens }: CustodyGround, connectionId: string, sealer: Sealer): Steps<{ grantId: string; text: string } | null> {
  const { row } = yield* lockRow(tokens, connectionId)
  const back = row && handoverOf(row, sealer)
  return back ? { grantId: row.grantId, text: JSON.stringify(back) } : null
}
