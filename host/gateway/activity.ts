import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { z } from 'zod'
import { activity, type Activity } from '../../core/connection.ts'
import { Changes } from '../../core/rpc/stream.ts'
import type { ColumnTypes, Database, Steps } from '../store/engine.ts'
import { statement } from '../store/statement.ts'

const keptLines = 2000

const insert = statement(
  (...values: unknown[]) =>
    sql`insert into activity (id, at, connection_id, connector, action, status, error_code, duration_ms, by_kind, by_name)
      values (${sql.join(values)})`,
)
const prune = statement(() => sql`delete from activity where seq <= (select max(seq) from activity) - ${keptLines}`)

export type ActivityLog = Awaited<ReturnType<typeof openActivity>>

/**
 * One line per outside call in the app's own database: time, action, outcome, duration. Never what was sent or answered. The last 2,000
 * are kept. The newest may go with a loss of power: to wait for the disk with every call would cost more than all else the gateway does.
 */
export async function openActivity(database: Database) {
  await database.migrate('activity-1', () => table(database.types))
  const calls = new Changes<Activity>()
  return {
    calls,
    async add(line: Omit<Activity, 'id'>): Promise<void> {
      const { at, connectionId, connector, action, status, errorCode, durationMs, by } = line
      const id = randomUUID()
      const values = [id, at, connectionId, connector, action, status, errorCode, durationMs, by.kind, by.name]
      const note = function* (): Steps<void> {
        yield insert(...values)
        yield prune()
      }
      await database.transaction(note, { mayBeLost: true })
      calls.publish({ id, ...line })
    },
    /** Newest first. */
    async list({ connectionId, limit = 50 }: { connectionId?: string; limit?: number }): Promise<Activity[]> {
      const only = connectionId === undefined ? sql`` : sql`where connection_id = ${connectionId}`
      return (await database.query(sql`select * from activity ${only} order by seq desc limit ${limit}`)).map(toActivity)
    },
  }
}

function* table({ serial, text, real, strict }: ColumnTypes): Steps<void> {
  yield sql`create table activity (
    seq ${serial}, id ${text} not null, at ${text} not null, connection_id ${text}, connector ${text} not null, action ${text} not null,
    status ${text} not null, error_code ${text}, duration_ms ${real} not null, by_kind ${text} not null, by_name ${text} not null) ${strict}`
  yield sql`create index activity_connection on activity (connection_id, seq)`
}

const row = z.object({
  id: z.string(),
  at: z.string(),
  connection_id: z.string().nullable(),
  connector: z.string(),
  action: z.string(),
  status: z.string(),
  error_code: z.string().nullable(),
  duration_ms: z.number(),
  by_kind: z.string(),
  by_name: z.string(),
})

function toActivity(found: unknown): Activity {
  const line = row.parse(found)
  return activity.parse({
    id: line.id,
    at: line.at,
    connectionId: line.connection_id,
    connector: line.connector,
    action: line.action,
    status: line.status,
    errorCode: line.error_code,
    durationMs: line.duration_ms,
    by: { kind: line.by_kind, name: line.by_name },
  })
}
