import { sql } from 'kysely'
import { z } from 'zod'
import { sharedConnection, type SharedConnection } from '../../core/custody/messages.ts'
import { relayRole, unknownToRelay, type RelayCustody } from '../../core/custody/relay.ts'
import type { Database, Row, Steps } from '../../host/store/engine.ts'
import { canMove, lockQuietly } from '../../tokens/grants.ts'
import type { TokenDatabase } from '../../tokens/database.ts'
import type { TokenRow } from '../../tokens/row.ts'

/** Whose a connection is. */
export type Owner = { workspaceId: string; userId: string }

/**
 * A row of `custody`. `pending` is sealed; `about` is null until a desktop has told. `desktop` is the name of the one that spoke last, and
 * `keeper` the id of the one that may: empty until one has spoken.
 */
export type CustodyRecord = Owner & {
  connectionId: string
  state: RelayCustody
  seq: number
  pending: string | null
  about: SharedConnection | null
  desktop: string
  keeper: string
  since: number
}

const flag = z.number().transform(Boolean)
const about = z
  .string()
  .transform(text => JSON.parse(text))
  .pipe(sharedConnection)
const row = z
  .object({
    connection_id: z.string(),
    workspace_id: z.string(),
    user_id: z.string(),
    role: relayRole,
    turn: z.number(),
    own: z.number(),
    own_floor: z.number(),
    seq: z.number(),
    unsure: flag,
    stretch: z.string(),
    pending_turn: z.number().nullable(),
    pending: z.string().nullable(),
    about: about.nullable(),
    desktop: z.string(),
    keeper: z.string(),
    since: z.number(),
  })
  .transform((found): CustodyRecord => ({
    connectionId: found.connection_id,
    workspaceId: found.workspace_id,
    userId: found.user_id,
    state: {
      role: found.role,
      turn: found.turn,
      own: found.own,
      ownFloor: found.own_floor,
      by: found.stretch,
      pendingTurn: found.pending_turn,
      unsure: found.unsure,
    },
    seq: found.seq,
    pending: found.pending,
    about: found.about,
    desktop: found.desktop,
    keeper: found.keeper,
    since: found.since,
  }))

export const toRecord = (found: Row): CustodyRecord => row.parse(found)

/** What is known of a connection, locked with its tokens to the end of the transaction. A grant that has ended shows as `dead`. */
export type Locked = {
  record: CustodyRecord | null
  /** `record.state`, or that of a connection nobody has spoken of. */
  state: RelayCustody
  tokens: TokenRow | null
  isQuiet: boolean
  canMove: boolean
  now: number
  /** What is here under this id is no connection in custody: the account of an app's user. */
  isOthers: boolean
}

export type RecordGround = {
  database: Database
  tokens: TokenDatabase
  /** How long a request to a provider whose answer was lost may still be on its way. */
  drainMs: number
  /** In a transaction: whether someone else keeps a connection of this id here. All of them share one table of tokens. */
  isOthers(connectionId: string): Steps<boolean>
}

export function* lockRecord({ database, tokens, drainMs, isOthers }: RecordGround, connectionId: string): Steps<Locked> {
  yield* database.lock(`custody ${connectionId}`)
  const [found] = yield sql`select * from custody where connection_id = ${connectionId} ${database.forUpdate}`
  const record = found ? toRecord(found) : null
  const { row: held, now, isQuiet } = yield* lockQuietly(tokens, connectionId, drainMs)
  const state = record?.state ?? unknownToRelay
  const isDead = state.role === 'active' && held?.state === 'needs_reconnect'
  return {
    record,
    state: isDead ? { ...state, role: 'dead' } : state,
    tokens: held,
    isQuiet,
    canMove: canMove(held),
    now,
    isOthers: (record === null && held !== null) || (yield* isOthers(connectionId)),
  }
}

/** Whether a member may speak of it: a connection of theirs, or one that nobody has spoken of. */
export const isOpenTo = ({ record, isOthers }: Locked, { workspaceId, userId }: Owner): boolean =>
  !isOthers && (record === null || (record.workspaceId === workspaceId && record.userId === userId))

/** Death is told by the tokens' own row, which a late answer may bring back to life: it is not written here. */
export function* writeRecord({
  connectionId,
  workspaceId,
  userId,
  state,
  seq,
  pending,
  about,
  desktop,
  keeper,
  since,
}: CustodyRecord): Steps<void> {
  const role = state.role === 'dead' ? 'active' : state.role
  yield sql`insert into custody (connection_id, workspace_id, user_id, app_id, role, turn, own, own_floor, seq, unsure, stretch, pending_turn, pending,
      about, desktop, keeper, since)
    values (${connectionId}, ${workspaceId}, ${userId}, ${about?.appId ?? ''}, ${role}, ${state.turn}, ${state.own}, ${state.ownFloor}, ${seq}, ${Number(state.unsure)},
      ${state.by}, ${state.pendingTurn}, ${pending}, ${about && JSON.stringify(about)}, ${desktop}, ${keeper}, ${since})
    on conflict (connection_id) do update set app_id = excluded.app_id, role = excluded.role, turn = excluded.turn, own = excluded.own, own_floor = excluded.own_floor,
      seq = excluded.seq, unsure = excluded.unsure, stretch = excluded.stretch, pending_turn = excluded.pending_turn, pending = excluded.pending,
      about = excluded.about, desktop = excluded.desktop, keeper = excluded.keeper, since = excluded.since`
}
