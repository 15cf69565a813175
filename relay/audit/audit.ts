import { sql, type RawBuilder } from 'kysely'
import type { Database, Row, Steps } from '../../host/store/engine.ts'
import { actionsOf, type AuditAction, type AuditKind } from './actions.ts'
import { createAuditTables } from './tables.ts'

const hourMs = 60 * 60_000

/** What is told about: who did what to whom. `actor` is a member's id, or null where no member was signed in. Never a secret. */
export type AuditEntry = {
  workspaceId: string
  actor: string | null
  /** The e-mail of the user of an app who did it, as far as it was no member. */
  appUser?: string | null
  action: AuditAction
  subject: string
  detail?: string
  /** The app it is about. */
  appId?: string
  ip?: string | null
}

/** `action` may be one that this version does not know. */
export type AuditLine = Omit<AuditEntry, 'action'> & { id: number; at: number; action: string }

/** Narrows the log. With `actor`, a member's id, and `appUser`, an e-mail, to what either has done. From `from` on, before `to` (epoch ms). */
export type AuditFilter = { kind?: AuditKind; actor?: string; appUser?: string; appId?: string; from?: number; to?: number }

/** Append-only: a line is added and read. There is no way here to change or remove one, and the database refuses it. */
export type Audit = {
  /** Adds a line within the transaction of what it tells about: neither is there without the other. */
  note(entry: AuditEntry): Steps<void>
  /** Counts that an account was used. Once the hour is over, one line says how many times it was. */
  countUse(entry: Omit<AuditEntry, 'ip'> & { connectionId: string }): Steps<void>
  /** When each connection of a workspace was last used (epoch ms), as far as it ever was. */
  lastUses(workspaceId: string): Promise<Map<string, number>>
  /** Newest first. `before`: the id of the last line of the page that was read. */
  list(workspaceId: string, page?: { before?: number; limit?: number; filter?: AuditFilter }): Promise<AuditLine[]>
}

export async function createAudit(database: Database, now: () => number = Date.now): Promise<Audit> {
  await createAuditTables(database)

  function* add({ workspaceId, actor, appUser, action, subject, detail, appId, ip }: Omit<AuditLine, 'id' | 'at'>): Steps<void> {
    yield sql`insert into audit (at, workspace_id, actor, app_user, action, subject, detail, app_id, ip)
      values (${now()}, ${workspaceId}, ${actor}, ${appUser ?? null}, ${action}, ${subject}, ${detail ?? null}, ${appId ?? null}, ${ip ?? null})`
  }

  /** Writes down the hours that are over, each once, whoever comes first. */
  function* close(workspaceId: string, hour: number): Steps<void> {
    const over = yield sql`delete from audit_uses where workspace_id = ${workspaceId} and hour < ${hour} returning *`
    const sorted = over.map(row => ({ row, hour: Number(row['hour']) })).sort((one, other) => one.hour - other.hour)
    for (const { row, hour } of sorted) yield* add(lineOf(row, hour))
  }

  return {
    note: add,
    *countUse({ workspaceId, connectionId, actor, appUser, action, subject, detail = '', appId = '' }) {
      const at = now()
      const hour = hourOf(at)
      yield* close(workspaceId, hour)
      yield sql`insert into audit_uses (workspace_id, hour, action, actor, app_user, app_id, subject, detail, n)
        values (${workspaceId}, ${hour}, ${action}, ${actor ?? ''}, ${appUser ?? ''}, ${appId}, ${subject}, ${detail}, 1)
        on conflict (workspace_id, hour, action, actor, app_user, app_id, subject, detail) do update set n = audit_uses.n + 1`
      yield sql`insert into account_uses (connection_id, workspace_id, used_at) values (${connectionId}, ${workspaceId}, ${at})
        on conflict (connection_id) do update set used_at = excluded.used_at`
    },
    async lastUses(workspaceId) {
      const rows = await database.query(sql`select connection_id, used_at from account_uses where workspace_id = ${workspaceId}`)
      return new Map(rows.map(row => [String(row['connection_id']), Number(row['used_at'])]))
    },
    async list(workspaceId, { before = Number.MAX_SAFE_INTEGER, limit = 50, filter = {} } = {}) {
      const rows = await database.transaction(function* () {
        yield* close(workspaceId, hourOf(now()))
        return yield sql`select * from audit where workspace_id = ${workspaceId} and id < ${before} ${narrow(filter)} order by id desc limit ${limit}`
      })
      return rows.map(toLine)
    },
  }
}

const hourOf = (at: number): number => at - (at % hourMs)

function narrow({ kind, actor, appUser, appId, from, to }: AuditFilter): RawBuilder<unknown> {
  const parts = [
    ...(kind ? [sql`and action in (${sql.join(actionsOf(kind))})`] : []),
    ...(actor || appUser ? [sql`and (actor = ${actor ?? ''} or app_user = ${appUser ?? ''})`] : []),
    ...(appId ? [sql`and app_id = ${appId}`] : []),
    ...(from === undefined ? [] : [sql`and at >= ${from}`]),
    ...(to === undefined ? [] : [sql`and at < ${to}`]),
  ]
  return sql.join(parts, sql` `)
}

/** “12 times between 09:00 and 10:00 UTC on 21 Nov 2026, Plugboard on laptop”. */
function lineOf(row: Row, hour: number): Omit<AuditLine, 'id' | 'at'> {
  const [n, detail] = [Number(row['n']), String(row['detail'])]
  const clock = (at: number) => new Date(at).toISOString().slice(11, 16)
  const when = `between ${clock(hour)} and ${clock(hour + hourMs)} UTC on ${new Date(hour).toISOString().slice(0, 10)}`
  return {
    workspaceId: String(row['workspace_id']),
    actor: String(row['actor']) || null,
    appUser: String(row['app_user']) || null,
    action: String(row['action']),
    subject: String(row['subject']),
    detail: [`${n === 1 ? 'once' : `${n} times`} ${when}`, detail].filter(Boolean).join(', '),
    ...(row['app_id'] !== '' && { appId: String(row['app_id']) }),
  }
}

const toLine = (row: Row): AuditLine => ({
  id: Number(row['id']),
  at: Number(row['at']),
  workspaceId: String(row['workspace_id']),
  actor: textOf(row['actor']),
  appUser: textOf(row['app_user']),
  action: String(row['action']),
  subject: String(row['subject']),
  ...(row['detail'] !== null && { detail: String(row['detail']) }),
  ...(row['app_id'] !== null && { appId: String(row['app_id']) }),
  ip: textOf(row['ip']),
})

const textOf = (value: unknown): string | null => (value === null ? null : String(value))
