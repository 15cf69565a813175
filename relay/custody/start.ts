import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { relayRun, type RelayRun } from '../../core/custody/messages.ts'
import { unknownToRelay } from '../../core/custody/relay.ts'
import { AppError } from '../../core/errors.ts'
import type { Database, Steps } from '../../host/store/engine.ts'
import type { Ledger, Mark, Remembered } from './ledger.ts'
import { toRecord, writeRecord, type CustodyRecord } from './record.ts'

/** The incarnation of the relay's data, as the database has it. */
export function* readRun(): Steps<RelayRun> {
  const [row] = yield sql`select id, number from custody_run order by number desc limit 1`
  return relayRun.parse(row)
}

type Comparison = {
  database: Database
  ledger: Ledger
  /** The ledger that the operator says is lost. */
  lostLedger: string | null
  now: () => number
}

/**
 * Compares the database with the ledger at the start of a relay. What the ledger knows better was forgotten by a restore: those connections
 * are unsure, and the data has a new incarnation. A ledger that may not know all makes all of them unsure. Returns how many are. Errors:
 * `conflict` when the database was used with another ledger.
 */
export async function compareWithLedger({ database, ledger, lostLedger, now }: Comparison): Promise<{ unsure: number }> {
  // First the ledger, then the database: without a restore the ledger never knows more.
  const remembered = await ledger.read()
  const { run, records, unsure } = await database.transaction(function* () {
    yield* database.lock('custody-run')
    const rows = yield sql`select * from custody order by connection_id`
    const known = rows.map(toRecord)
    const isReplaced = known.length > 0 && (yield* replacesLost(ledger, lostLedger))
    const doubtful = doubtfulIn(known, remembered, isReplaced)
    yield* noteLedger(ledger)
    for (const record of doubtful) yield* writeRecord(record)
    const [found] = yield sql`select number from custody_run order by number desc limit 1`
    if (doubtful.length > 0 || !found) yield* renewRun(Math.max(Number(found?.['number'] ?? 0), remembered.runNumber), now())
    const changed = new Map(doubtful.map(record => [record.connectionId, record]))
    return { run: yield* readRun(), records: known.map(each => changed.get(each.connectionId) ?? each), unsure: doubtful.length }
  })
  if (run.number > remembered.runNumber) await ledger.noteRun(run)
  // What was committed right before a crash had not reached it.
  for (const record of records) if (record.seq > (remembered.marks.get(record.connectionId)?.seq ?? 0)) await ledger.reach(markOf(record))
  return { unsure }
}

export const markOf = ({ connectionId, workspaceId, userId, seq, state, keeper }: CustodyRecord): Mark => ({
  connectionId,
  workspaceId,
  userId,
  seq,
  keeper,
  own: Math.max(state.own, state.ownFloor),
})

/** Whether this ledger takes the place of one that is lost. Without a word of the operator it is a wrong setting, which must stop no connection. */
function* replacesLost({ id, folder }: Ledger, lostLedger: string | null): Steps<boolean> {
  const [row] = yield sql`select id from custody_ledger`
  if (!row || row['id'] === id) return false
  if (row['id'] === lostLedger) return true
  throw new AppError(
    'conflict',
    `The ledger in ${folder} is not the one that this database is used with: set RELAY_LEDGER to that folder, which all nodes share, or, if it is lost or the database was restored on another machine, set RELAY_LOST_LEDGER to ${row['id']}, and shared connections wait for their desktops.`,
  )
}

function* noteLedger({ id }: Ledger): Steps<void> {
  yield sql`delete from custody_ledger`
  yield sql`insert into custody_ledger (id) values (${id})`
}

function doubtfulIn(known: readonly CustodyRecord[], { marks, unreadable }: Remembered, isReplaced: boolean): CustodyRecord[] {
  const isLost = isReplaced || unreadable || (marks.size === 0 && known.length > 0)
  const inDatabase = known.flatMap(record => {
    const mark = marks.get(record.connectionId)
    const isBehind = (mark?.seq ?? 0) > record.seq
    return isBehind || isLost ? [doubt(record, mark)] : []
  })
  const ids = new Set(known.map(({ connectionId }) => connectionId))
  const forgotten = [...marks.values()].filter(mark => !ids.has(mark.connectionId))
  return [...inDatabase, ...forgotten.map(mark => doubt(blank(mark), mark))]
}

const doubt = (record: CustodyRecord, mark: Mark | undefined): CustodyRecord => ({
  ...record,
  seq: Math.max(record.seq, mark?.seq ?? 0),
  keeper: mark && mark.seq > record.seq ? mark.keeper : record.keeper,
  state: { ...record.state, unsure: true, ownFloor: Math.max(record.state.ownFloor, mark?.own ?? 0) },
})

const blank = ({ connectionId, workspaceId, userId, keeper }: Mark): CustodyRecord => ({
  connectionId,
  workspaceId,
  userId,
  state: unknownToRelay,
  seq: 0,
  pending: null,
  about: null,
  desktop: '',
  keeper,
  since: 0,
})

/** Higher than any that a desktop may have met, also where the ledger was lost: the time stands in for what nobody remembers. */
function* renewRun(known: number, now: number): Steps<void> {
  yield sql`delete from custody_run`
  yield sql`insert into custody_run (id, number) values (${randomUUID()}, ${Math.max(known + 1, Math.round(now))})`
}
