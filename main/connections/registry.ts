import { z } from 'zod'
import { connection } from '../../core/connection.ts'
import { desktopRole, type DesktopRole } from '../../core/custody/desktop.ts'
import { Changes } from '../../core/rpc/stream.ts'
import type { AppDatabase } from '../../host/store/database.ts'
import { openCustodyTables } from '../custody/record.ts'
import { borrowed, type Borrowed } from './borrowed.ts'
import { readTokenRow, statusOf, type TokenStatus } from '../../tokens/row.ts'

/** What is known of a connection beside its tokens: who it is, whose it is, what it was asked for. Times are ISO strings. */
const connectionEntry = connection
  .omit({
    state: true,
    reason: true,
    since: true,
    nextTryAt: true,
    renewable: true,
    custody: true,
    accessExpiresAt: true,
    scopesGranted: true,
  })
  .loose()
  .extend({
    scopesAsked: z.array(z.string()),
    /** OAuth client it was made with: only that one can renew it. */
    clientId: z.string(),
    /** Connected with the client of the workspace, which stays on the relay: no desktop can renew it. */
    throughRelay: z.boolean().default(false),
    /** What its addresses are made with, such as the name of a shop. */
    facts: z.record(z.string(), z.string()).default({}),
    /** In the relay's custody, given by another desktop. */
    borrowed: borrowed.optional(),
  })
export type ConnectionEntry = z.infer<typeof connectionEntry>

/**
 * A connection with the status of its tokens. `sealed` is one of them as it is kept, null when there is none; `role` is whether they are
 * held here, unless it is `behind`; `takenBy` another desktop that has taken it over. What is borrowed is as the relay says.
 */
export type StoredConnection = ConnectionEntry &
  TokenStatus & { sealed: string | null; role: DesktopRole; behind: boolean; takenBy: string | null }

export type Registry = ReturnType<typeof openRegistry>

/** The list of connections, in the file of `sqliteTokens`, so that a sign-in is kept whole or not at all. What cannot be read is left alone. */
export function openRegistry(database: AppDatabase) {
  database.migrate(
    'connections-1',
    'create table connections (seq integer primary key, id text not null unique, body text not null) strict',
  )
  openCustodyTables(database)
  const changes = new Changes<{ appId: string }>()
  const { sqlite } = database
  const select = sqlite.prepare(
    'select c.body, t.*, k.role, k.behind, k.taken_by from connections c left join connection_tokens t on t.connection_id = c.id left join custody k on k.connection_id = c.id where ?1 is null or c.id = ?1 order by c.seq',
  )
  const put = sqlite.prepare('insert into connections (id, body) values (?, ?) on conflict (id) do update set body = excluded.body')
  const remove = sqlite.prepare('delete from connections where id = ?')

  const read = (id: string | null): StoredConnection[] => select.all(id).flatMap(found => toStored(found) ?? [])

  /** Inside a transaction: what `work` leaves in the draft is kept. */
  function edit<T>(work: (draft: Map<string, ConnectionEntry>) => T): T {
    const before = new Map(
      sqlite
        .prepare('select body from connections order by seq')
        .all()
        .flatMap(({ body }) => toEntry(body) ?? [])
        .map(each => [each.id, each]),
    )
    const draft = new Map(before)
    const result = work(draft)
    for (const [id, entry] of draft) if (before.get(id) !== entry) put.run(id, JSON.stringify(entry))
    for (const id of before.keys()) if (!draft.has(id)) remove.run(id)
    return result
  }

  return {
    changes,
    edit,
    all: () => read(null),
    get: (id: string) => read(id)[0],
    /** Durable before it is told. */
    change<T>(appId: string, work: (draft: Map<string, ConnectionEntry>) => T): T {
      const result = database.transaction(() => edit(work))
      changes.publish({ appId })
      return result
    },
  }
}

function toEntry(body: unknown): ConnectionEntry | null {
  try {
    return connectionEntry.parse(JSON.parse(String(body)))
  } catch {
    return null
  }
}

/** A connection without a row was never more than asked for: as good as disconnected. */
const noTokens: TokenStatus = {
  state: 'disconnected',
  reason: null,
  since: 0,
  nextTry: null,
  generation: 0,
  scopes: [],
  accessExpiresAt: null,
  renewable: false,
}

function toStored({ body, role, behind, taken_by: takenBy, ...tokens }: Record<string, unknown>): StoredConnection | null {
  const entry = toEntry(body)
  if (!entry) return null
  const row = tokens['connection_id'] === null ? null : readTokenRow(tokens)
  return {
    ...entry,
    ...(row ? statusOf(row) : noTokens),
    sealed: row?.refreshToken ?? row?.accessToken ?? null,
    role: desktopRole.catch('holder').parse(role),
    behind: behind === 1,
    takenBy: typeof takenBy === 'string' ? takenBy : null,
    ...(entry.borrowed && lentStatus(entry.borrowed)),
  }
}

const lentStatus = ({ state, scopes, at }: Borrowed): Partial<StoredConnection> => ({
  state,
  scopes,
  role: 'remote',
  renewable: true,
  since: Date.parse(at),
})
