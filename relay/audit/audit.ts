import { sql } from 'kysely'
import type { Database, Steps } from '../../host/store/engine.ts'

export type AuditAction =
  | 'workspace.set_up'
  | 'member.signed_in'
  | 'member.sign_in_failed'
  | 'member.signed_out'
  | 'member.invited'
  | 'member.joined'
  | 'member.role_changed'
  | 'member.removed'
  | 'invitation.withdrawn'
  | 'password.link_made'
  | 'password.changed'
  | 'session.ended'
  | 'desktop.signed_in'
  | 'desktop.ended'
  | 'desktop.token_reused'

/** One line: who did what to whom. `actor` is a user's id, or null where nobody was signed in. Never a secret. */
export type AuditEntry = {
  workspaceId: string
  actor: string | null
  action: AuditAction
  subject: string
  detail?: string
  ip?: string | null
}

export type AuditLine = AuditEntry & { id: number; at: number }

/** Append-only: a line is added and read, and there is no way here to change or remove one. */
export type Audit = {
  /** Adds a line within the transaction of what it tells about: neither is there without the other. */
  note(entry: AuditEntry): Steps<void>
  /** Newest first. `before`: the id of the last line of the page that was read. */
  list(workspaceId: string, page?: { before?: number; limit?: number }): Promise<AuditLine[]>
}

export async function createAudit(database: Database, now: () => number = Date.now): Promise<Audit> {
  const { serial, text, integer, strict } = database.types
  await database.migrate('audit-1', function* () {
    yield sql`create table audit (id ${serial}, at ${integer} not null, workspace_id ${text} not null, actor ${text}, action ${text} not null,
      subject ${text} not null, detail ${text}, ip ${text}) ${strict}`
    yield sql`create index audit_of_workspace on audit (workspace_id, id)`
  })
  return {
    *note({ workspaceId, actor, action, subject, detail = null, ip = null }) {
      yield sql`insert into audit (at, workspace_id, actor, action, subject, detail, ip)
        values (${now()}, ${workspaceId}, ${actor}, ${action}, ${subject}, ${detail}, ${ip})`
    },
    async list(workspaceId, { before = Number.MAX_SAFE_INTEGER, limit = 50 } = {}) {
      const rows = await database.query(
        sql`select * from audit where workspace_id = ${workspaceId} and id < ${before} order by id desc limit ${limit}`,
      )
      return rows.map(row => ({
        id: Number(row['id']),
        at: Number(row['at']),
        workspaceId: String(row['workspace_id']),
        actor: row['actor'] === null ? null : String(row['actor']),
        action: String(row['action']) as AuditAction,
        subject: String(row['subject']),
        ...(row['detail'] !== null && { detail: String(row['detail']) }),
        ip: row['ip'] === null ? null : String(row['ip']),
      }))
    },
  }
}
