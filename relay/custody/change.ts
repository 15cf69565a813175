import type { Facts } from '../../core/addresses.ts'
import type { RelayRun, SharedConnection } from '../../core/custody/messages.ts'
import { changeOnRelay, unknownToRelay } from '../../core/custody/relay.ts'
import { AppError } from '../../core/errors.ts'
import type { Steps } from '../../host/store/engine.ts'
import type { Grant } from '../../oauth/grant.ts'
import type { OAuthClient } from '../../oauth/server.ts'
import { livesOf } from '../../tokens/grant-fields.ts'
import { adoptGrant, dropGrant } from '../../tokens/grants.ts'
import { heldIn } from '../../tokens/held.ts'
import { demand, type Member } from '../members/roles.ts'
import { takeDefault } from './default.ts'
import type { Dropped } from './disconnect.ts'
import type { CustodyGround } from './handle.ts'
import { isOpenTo, lockRecord, writeRecord, type CustodyRecord } from './record.ts'
import { markOf, readRun } from './start.ts'

/**
 * What a sign-in on the relay gave. `at`: the moment that its times are reckoned from, in epoch ms. `stays`: with the client of the
 * workspace, without which nobody can renew it.
 */
export type Connected = {
  grant: Grant
  client: OAuthClient
  account: SharedConnection['account']
  facts: Facts
  at: number
  stays: boolean
}

/** A connection that is the relay's from its first moment: what its desktop says of it, and the name of that desktop. */
export type Birth = { about: SharedConnection; desktop: string }

export type Change = {
  /** Null disconnects. */
  connected: Connected | null
  birth?: Birth
  /** Steps of the same transaction, told how the change is named. */
  alongside?(named: { own: number; run: RelayRun }): Steps<void>
}

/**
 * A member connects an account on the relay itself, in place of what a connection held, or disconnects it. Its desktop learns of it with its
 * next request. Answers with what was held before. Errors: `forbidden`, `not_found`.
 */
export async function changeHere(
  ground: CustodyGround,
  member: Member,
  connectionId: string,
  { connected, birth, alongside }: Change,
): Promise<Dropped & { record: CustodyRecord }> {
  demand(member, 'connections.share')
  const { database, tokens, envelope, ledger, audit, idleDaysOf } = ground
  const { workspaceId, userId } = member
  const sealer = await envelope.sealerOf(workspaceId)
  const dropped = await database.transaction(function* () {
    const locked = yield* lockRecord(ground, connectionId)
    const { record: found, tokens: row, now } = locked
    const before = birth?.about ?? found?.about
    const isTheirs = birth ? isOpenTo(locked, member) : !locked.isOthers && found?.workspaceId === workspaceId
    if (!before || !isTheirs) throw new AppError('not_found', 'This connection is not on the relay any more.')
    const held = row && heldIn(row, sealer)
    const about = { ...before, ...(connected && tellOf(connected)) }
    const changed: CustodyRecord = {
      ...(found ?? { connectionId, workspaceId, userId, desktop: birth?.desktop ?? '', keeper: '' }),
      state: changeOnRelay(found?.state ?? unknownToRelay, connected ? 'active' : 'off').next,
      seq: (found?.seq ?? 0) + 1,
      pending: null,
      since: now,
      about,
    }
    yield* dropGrant(tokens, connectionId)
    if (connected) {
      const { grant, client, at } = connected
      const idleDays = idleDaysOf(about.connector)
      yield* adoptGrant({ database: tokens, sealer }, connectionId, { grant, client, lives: livesOf(grant, at, idleDays) })
    }
    yield* writeRecord(changed)
    if (birth?.about.isDefault) yield* takeDefault(changed, about)
    const action = connected ? 'connection.connected' : 'connection.disconnected'
    yield* audit.note({ workspaceId, actor: userId, action, subject: about.name, appId: about.appId })
    if (alongside) yield* alongside({ own: changed.state.own, run: yield* readRun() })
    return { record: changed, held }
  })
  await ledger.reach(markOf(dropped.record))
  return dropped
}

const tellOf = ({ account, facts, stays }: Connected): Partial<SharedConnection> => ({
  account,
  facts: { ...facts },
  // A practice account is from now on where this relay has its own.
  practiceAt: undefined,
  stays,
})
