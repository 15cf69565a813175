import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { activity, type Activity } from '../../core/connection.ts'
import { Changes } from '../../core/rpc/stream.ts'
import type { AppDatabase } from '../store/database.ts'

const keptLines = 2000

/** One line per outside call in the app's own database: time, action, outcome, duration. Never what was sent or answered. The last 2,000 are kept. */
export function openActivity(database: AppDatabase) {
  database.migrate(
    'activity-1',
    `create table activity (
       seq integer primary key autoincrement, id text not null, at text not null, connection_id text, connector text not null, action text not null,
       status text not null, error_code text, duration_ms real not null, by_kind text not null, by_name text not null
     ) strict;
     create index activity_connection on activity (connection_id, seq);`,
  )
  const insert = database.sqlite.prepare(
    'insert into activity (id, at, connection_id, connector, action, status, error_code, duration_ms, by_kind, by_name) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const prune = database.sqlite.prepare('delete from activity where seq <= (select max(seq) from activity) - ?')
  const select = database.sqlite.prepare('select * from activity where ?1 is null or connection_id = ?1 order by seq desc limit ?2')

  const calls = new Changes<Activity>()
  return {
    calls,
    add(line: Omit<Activity, 'id'>): void {
      const { at, connectionId, connector, action, status, errorCode, durationMs, by } = line
      const id = randomUUID()
      const { sqlite } = database
      // In WAL mode a line written like this outlives a crash of the program; only a loss of power may take the newest ones with it. To
      // wait for the disk with every call would cost more than all else that the gateway does.
      sqlite.exec('pragma synchronous = normal')
      try {
        database.transaction(() => {
          insert.run(id, at, connectionId, connector, action, status, errorCode, durationMs, by.kind, by.name)
          prune.run(keptLines)
        })
      } finally {
        sqlite.exec('pragma synchronous = full')
      }
      calls.publish({ id, ...line })
    },
    /** Newest first. */
    list({ connectionId = null, limit = 50 }: { connectionId?: string | null; limit?: number }): Activity[] {
      return select.all(connectionId, limit).map(toActivity)
    },
  }
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
