import type { RelayAccount, Taken } from '../../core/contract/shared-accounts.ts'
import { AppError } from '../../core/errors.ts'
import type { Member } from '../members/roles.ts'
import type { Caller, CustodyGround } from './handle.ts'
import { isOpenTo, lockRecord, writeRecord, type CustodyRecord } from './record.ts'
import type { SharedAccount } from './shared.ts'
import { explainStanding } from './standing.ts'
import { markOf, readRun } from './start.ts'

/** What a desktop of `member` is told of an account. Null for one that is not on the relay, or not shared. */
export function toRelayAccount({ userId }: Pick<Member, 'userId'>, shared: SharedAccount): RelayAccount | null {
  const { connectionId, about, account, scopes, state, reason, givenBy, since } = shared
  if (!about || about.mode !== 'shared' || state === 'elsewhere' || state === 'disconnected') return null
  const { appId, connector, name, mode, isDefault, practice, practiceAt, facts, stays = false } = about
  return {
    connectionId,
    appId,
    connector,
    name,
    mode,
    isDefault,
    practice,
    facts,
    account,
    scopes,
    reason,
    givenBy,
    since,
    ...(practiceAt && { practiceAt }),
    // What passes without a person, like a hand-over that is under way, asks nothing of one.
    state: state === 'connected' || state === 'needs_reconnect' ? state : 'retrying',
    mayTake: shared.userId === userId && !stays,
  }
}

/** Why no desktop can have an account that the relay holds. */
export const staysHere = (name: string): AppError =>
  new AppError(
    'forbidden',
    `“${name}” was connected with the OAuth client of the workspace, which stays on the relay, and so does the account.`,
  )

/**
 * Another desktop of the member who gave an account speaks of it from now on, and may take it back: the relay goes on using it, and the
 * desktop before hears of it with its next request. Errors: `not_found` for what is not theirs, `forbidden` for what cannot leave,
 * `unavailable` while it is moved, `unauthorized` once its access has ended.
 */
export async function takeOver(
  ground: CustodyGround,
  { member, desktop, ip }: Caller,
  connectionId: string,
  desktopId: string,
): Promise<Taken> {
  const { workspaceId, userId } = member
  const { database, ledger, audit } = ground
  const { record, run } = await database.transaction(function* () {
    const locked = yield* lockRecord(ground, connectionId)
    const { record: found, state } = locked
    if (!found || !isOpenTo(locked, member))
      throw new AppError(
        'not_found',
        'Only who gave an account to the relay can take it back. Ask them, or connect an account of your own.',
      )
    const hindrance = hindranceOf(found, state.role)
    if (hindrance) throw hindrance
    const run = yield* readRun()
    if (found.keeper === desktopId) return { record: found, run }
    const record: CustodyRecord = {
      ...found,
      state: { ...found.state, turn: found.state.turn + 1 },
      seq: found.seq + 1,
      keeper: desktopId,
      desktop: desktop.name,
    }
    yield* writeRecord(record)
    const subject = record.about?.name ?? connectionId
    const appId = record.about?.appId
    yield* audit.note({ workspaceId, actor: userId, action: 'connection.taken_over', subject, appId, detail: desktop.name, ip })
    return { record, run }
  })
  await ledger.reach(markOf(record))
  const { turn, own, by } = record.state
  return { turn, own, base: by, run }
}

function hindranceOf(record: CustodyRecord, role: CustodyRecord['state']['role']): AppError | null {
  const name = record.about?.name ?? 'This account'
  if (record.about?.stays) return staysHere(name)
  const standing = explainStanding(record)
  if (standing) return standing
  if (role === 'dead') return new AppError('unauthorized', `The access of “${name}” has ended. Connect it again.`)
  return role === 'active' && record.state.pendingTurn === null
    ? null
    : new AppError('unavailable', `“${name}” is being moved. Try again in a minute.`, { action: { kind: 'retry' } })
}
