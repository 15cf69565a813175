import { randomUUID } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import { z } from 'zod'
import { account, type Connection } from '../../core/connection.ts'
import { custodian, desktopRole, held, type DesktopCustody } from '../../core/custody/desktop.ts'
import type { AppDatabase } from '../../host/store/database.ts'
import type { ColumnTypes, Row, Steps } from '../../host/store/engine.ts'
import { migrateNow } from '../../host/store/sqlite-engine.ts'

/**
 * What this desktop knows of the custody of a connection. `escrow` is sealed to the relay, which alone can open it; `heldBack` (a grant that
 * came back and is not in use yet) and `returnKey` are sealed by the vault. `keyId` is the relay's key as it was when it was given something;
 * `otherAccount` the one that was connected on the relay meanwhile; `takenBy` the name of the desktop that has taken it over. `withdraw`: the
 * relay is to take the access back at the provider when it hears that the connection is gone, and has not told what came of that.
 */
export type CustodyEntry = {
  connectionId: string
  state: DesktopCustody
  heldBack: string | null
  escrow: string | null
  escrowGrant: string | null
  returnKey: string | null
  keyId: string | null
  otherAccount: Connection['account']
  takenBy: string | null
  withdraw: boolean
  /** How often this row was changed. */
  changes: number
  since: number
}

/** Beside the tokens, so that a change of both is one commit. Times are epoch ms, flags 0 or 1. */
export function openCustodyTables(database: AppDatabase): void {
  migrateNow(database, 'custody-1', createCustodyTable)
  migrateNow(database, 'custody-2', function* ({ text, integer, strict }) {
    yield sql`alter table custody add column taken_by ${text}`
    yield sql`alter table custody add column withdraw ${integer} not null default 0`
    yield sql`create table custody_desktop (id ${text} not null primary key) ${strict}`
    yield sql`insert into custody_desktop (id) values (${randomUUID()})`
  })
  migrateNow(database, 'custody-3', function* ({ integer }) {
    yield sql`alter table custody add column changes ${integer} not null default 0`
    yield sql`alter table custody add column behind ${integer} not null default 0`
  })
}

/** What this home directory is called towards relays. */
export function* readDesktopId(): Steps<string> {
  const [row] = yield sql`select id from custody_desktop`
  return String(row?.['id'])
}

function* createCustodyTable({ text, integer, strict }: ColumnTypes): Steps<void> {
  yield sql`create table custody (connection_id ${text} not null primary key, role ${text} not null, want ${text} not null,
    turn ${integer} not null, base ${text} not null, seen ${integer} not null, run_id ${text} not null, run_number ${integer} not null,
    held_back ${text}, escrow ${text}, escrow_grant ${text}, return_key ${text}, key_id ${text}, other_account ${text},
    since ${integer} not null) ${strict}`
}

const row = z
  .object({
    connection_id: z.string(),
    role: desktopRole,
    want: custodian,
    turn: z.number(),
    base: z.string(),
    seen: z.number(),
    run_id: z.string(),
    run_number: z.number(),
    held_back: z.string().nullable(),
    escrow: z.string().nullable(),
    escrow_grant: z.string().nullable(),
    return_key: z.string().nullable(),
    key_id: z.string().nullable(),
    other_account: z
      .string()
      .transform(text => JSON.parse(text))
      .pipe(account)
      .nullable(),
    taken_by: z.string().nullable(),
    withdraw: z.number().transform(Boolean),
    changes: z.number(),
    behind: z.number().transform(Boolean),
    since: z.number(),
  })
  .transform(({ role, want, turn, base, seen, ...found }): CustodyEntry => ({
    connectionId: found.connection_id,
    state: { role, want, turn, base, seen, run: { id: found.run_id, number: found.run_number }, behind: found.behind },
    heldBack: found.held_back,
    escrow: found.escrow,
    escrowGrant: found.escrow_grant,
    returnKey: found.return_key,
    keyId: found.key_id,
    otherAccount: found.other_account,
    takenBy: found.taken_by,
    withdraw: found.withdraw,
    changes: found.changes,
    since: found.since,
  }))

/** A connection that was never shared is held here. */
const unshared = (connectionId: string): CustodyEntry => ({
  connectionId,
  state: held,
  heldBack: null,
  escrow: null,
  escrowGrant: null,
  returnKey: null,
  keyId: null,
  otherAccount: null,
  takenBy: null,
  withdraw: false,
  changes: 0,
  since: 0,
})

export const selectEntry = (connectionId: string): RawBuilder<unknown> => sql`select * from custody where connection_id = ${connectionId}`

export const entryIn = (connectionId: string, [found]: Row[]): CustodyEntry => (found ? row.parse(found) : unshared(connectionId))

export function* readEntry(connectionId: string): Steps<CustodyEntry> {
  return entryIn(connectionId, yield selectEntry(connectionId))
}

export function* writeEntry(entry: CustodyEntry): Steps<void> {
  const { connectionId, state, heldBack, escrow, escrowGrant, returnKey, keyId, otherAccount, takenBy, withdraw, changes, since } = entry
  yield sql`insert or replace into custody (connection_id, role, want, turn, base, seen, run_id, run_number, held_back, escrow, escrow_grant,
      return_key, key_id, other_account, taken_by, withdraw, changes, behind, since)
    values (${connectionId}, ${state.role}, ${state.want}, ${state.turn}, ${state.base}, ${state.seen}, ${state.run.id}, ${state.run.number},
      ${heldBack}, ${escrow}, ${escrowGrant}, ${returnKey}, ${keyId}, ${otherAccount && JSON.stringify(otherAccount)}, ${takenBy},
      ${Number(withdraw)}, ${changes}, ${Number(state.behind)}, ${since})`
}

/** As if it had never been shared: the relay speaks of it with another desktop. */
export function* forgetEntry(connectionId: string): Steps<void> {
  yield sql`delete from custody where connection_id = ${connectionId}`
}
