import { sql } from 'kysely'
import { z } from 'zod'
import { sharedConnection, withdrawn, type Withdrawn } from '../../core/custody/messages.ts'
import type { Database, Steps } from '../../host/store/engine.ts'
import type { Held } from '../../tokens/held.ts'
import type { Sealer } from '../../tokens/sealer.ts'
import type { Envelope } from '../keys/envelope.ts'
import { withdraw, type Dropped } from './disconnect.ts'
import type { CustodyRecord } from './record.ts'
import type { PartyOf } from './tokens.ts'

/** How long it is known what came of one: a desktop may have been away. */
const keptMs = 90 * 24 * 60 * 60_000

const context = (connectionId: string): string => JSON.stringify([connectionId, 'withdrawal'])

/** `sealed` is what was held, until the provider was told; then `outcome` is what came of it. */
export async function createWithdrawalTables(database: Database): Promise<void> {
  await database.migrate('custody-withdrawals-1', function* () {
    const { text, integer, strict } = database.types
    yield sql`create table custody_withdrawals (connection_id ${text} not null primary key, workspace_id ${text} not null, about ${text},
      sealed ${text}, outcome ${text}, at ${integer} not null) ${strict}`
  })
}

/** Steps of the transaction that drops a grant: it is to be taken back at its provider, also when this process dies before it has said so. */
export function* noteWithdrawal(record: CustodyRecord, dropped: Held | null, sealer: Sealer, at: number): Steps<void> {
  const { connectionId, workspaceId, about } = record
  const sealed = sealer.seal(context(connectionId), JSON.stringify(dropped))
  yield sql`delete from custody_withdrawals where connection_id = ${connectionId} or at < ${at - keptMs}`
  yield sql`insert into custody_withdrawals (connection_id, workspace_id, about, sealed, at)
    values (${connectionId}, ${workspaceId}, ${about && JSON.stringify(about)}, ${sealed}, ${at})`
}

export type Withdrawals = ReturnType<typeof createWithdrawals>

/** What disconnected desktops left to be taken back at the providers, and what came of it. */
export function createWithdrawals({ database, envelope, partyOf }: { database: Database; envelope: Envelope; partyOf: PartyOf }) {
  /** What came of it, now or before. Undefined: nothing was to be taken back. */
  async function finish(connectionId: string): Promise<Withdrawn | undefined> {
    const [row] = await database.query(sql`select * from custody_withdrawals where connection_id = ${connectionId}`)
    if (!row) return undefined
    if (row['outcome'] !== null) return withdrawn.parse(JSON.parse(String(row['outcome'])))
    const workspaceId = String(row['workspace_id'])
    const text = await envelope.open(workspaceId, context(connectionId), String(row['sealed']))
    const about = row['about'] === null ? null : sharedConnection.parse(JSON.parse(String(row['about'])))
    const dropped: Dropped = { record: { connectionId, workspaceId, about }, held: text === null ? null : JSON.parse(text) }
    const outcome = await withdraw(database, dropped, partyOf)
    await database.query(sql`update custody_withdrawals set sealed = null, outcome = ${JSON.stringify(outcome)}
      where connection_id = ${connectionId} and sealed = ${row['sealed']}`)
    return outcome
  }

  return {
    finish,
    /** What a process that died has left. */
    async finishAll(): Promise<void> {
      const rows = await database.query(sql`select connection_id from custody_withdrawals where outcome is null`)
      for (const row of rows) await finish(z.string().parse(row['connection_id']))
    },
  }
}
