import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Database, Steps } from '../../host/store/engine.ts'
import type { Audit } from '../audit/audit.ts'
import { hashPassword } from './accounts.ts'
import { hashToken, newToken } from './links.ts'
import type { Members } from './members.ts'
import { setPassword } from './people.ts'
import { article, demand, mayManage, type Member } from './roles.ts'

export const resetMs = 24 * 60 * 60_000

export type Reset = {
  /** A link with which a member chooses a new password, once, for a day. Errors: `forbidden`, `not_found`. */
  makeLink(actor: Member, userId: string): Promise<{ token: string; email: string }>
  isOpen(token: string): Promise<boolean>
  /** Sets the password and ends every session and desktop of the person. Errors: `conflict` when the link was used, `validation`. */
  use(token: string, password: string, ip: string | null): Promise<{ email: string }>
}

/** Without mail an admin hands the link over. Whoever has it is that person from then on, so nobody makes one for someone above them. */
export function createReset(
  database: Database,
  audit: Audit,
  members: Members,
  endAccess: (userId: string) => Steps<void>,
  now: () => number = Date.now,
): Reset {
  return {
    async makeLink(actor, userId) {
      demand(actor, 'members.change')
      const member = await members.of(userId)
      if (member?.workspaceId !== actor.workspaceId)
        throw new AppError('not_found', 'This person is not a member any more. Load the page again.')
      if (!mayManage(actor, member.role))
        throw new AppError('forbidden', `As ${article(actor.role)} you may not set the password of ${article(member.role)}.`)
      const token = newToken()
      await database.transaction(function* () {
        yield sql`delete from reset_links where user_id = ${userId}`
        yield sql`insert into reset_links (token_hash, user_id, created_at, expires_at) values (${hashToken(token)}, ${userId}, ${now()}, ${now() + resetMs})`
        yield* audit.note({ workspaceId: actor.workspaceId, actor: actor.userId, action: 'password.link_made', subject: member.email })
      })
      return { token, email: member.email }
    },
    async isOpen(token) {
      return (
        (await database.query(sql`select 1 as one from reset_links where token_hash = ${hashToken(token)} and expires_at > ${now()}`))
          .length > 0
      )
    },
    async use(token, password, ip) {
      const passwordHash = await hashPassword(password)
      return database.transaction(function* () {
        const [link] = yield sql`delete from reset_links where token_hash = ${hashToken(token)} and expires_at > ${now()} returning user_id`
        if (!link) throw new AppError('conflict', 'This link was used or is too old. Ask an admin for a new one.')
        const userId = String(link['user_id'])
        yield* setPassword(userId, passwordHash, now())
        yield* endAccess(userId)
        const [row] = yield sql`select u.email, m.workspace_id from users u join members m on m.user_id = u.id where u.id = ${userId}`
        if (!row) throw new AppError('conflict', 'You are not a member any more. Ask an admin to invite you.')
        const email = String(row['email'])
        yield* audit.note({ workspaceId: String(row['workspace_id']), actor: userId, action: 'password.changed', subject: email, ip })
        return { email }
      })
    },
  }
}
