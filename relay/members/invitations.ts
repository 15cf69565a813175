import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Role } from '../../core/contract/relay.ts'
import { AppError } from '../../core/errors.ts'
import type { Database, Row, Steps } from '../../host/store/engine.ts'
import type { Audit } from '../audit/audit.ts'
import { hashPassword } from './accounts.ts'
import { hashToken, newToken } from './links.ts'
import { addMember, addUser, findUser, readRole } from './people.ts'
import { article, demand, mayManage, type Member } from './roles.ts'

export const invitationMs = 7 * 24 * 60 * 60_000

/** Times are epoch ms. */
export type Invitation = { id: string; email: string; role: Role; expiresAt: number }

export type Invitations = {
  /** A link for one person, once, for seven days. A newer one for the same person ends the older. Errors: `forbidden`, `conflict` for a member. */
  invite(actor: Member, to: { email: string; role: Role }): Promise<Invitation & { token: string }>
  /** Those that can still be used. Errors: `forbidden`. */
  list(actor: Member): Promise<Invitation[]>
  withdraw(actor: Member, id: string): Promise<void>
  /** Null when it was used, withdrawn or is too old. */
  find(token: string): Promise<Invitation | null>
  /** Makes a new person a member. Errors: `conflict` when the link was used or there is an account with this e-mail, `validation`. */
  accept(token: string, person: { name: string; password: string; ip: string | null }): Promise<Invitation>
  isInvited(email: string): Promise<boolean>
  /** Makes a person who has an account a member, when someone invited them by their e-mail. False when nobody did. */
  admit(userId: string): Promise<boolean>
}

const toInvitation = (row: Row): Invitation => ({
  id: String(row['id']),
  email: String(row['email']),
  role: readRole(row['role']),
  expiresAt: Number(row['expires_at']),
})

export function createInvitations(database: Database, audit: Audit, now: () => number = Date.now): Invitations {
  const isOpen = () => sql`closed_at is null and expires_at > ${now()}`
  const close = (id: unknown) => sql`update invitations set closed_at = ${now()} where id = ${id}`

  function* join(row: Row, userId: string, ip: string | null): Steps<void> {
    const workspaceId = String(row['workspace_id'])
    yield* addMember(workspaceId, userId, readRole(row['role']), now())
    yield close(row['id'])
    yield* audit.note({
      workspaceId,
      actor: userId,
      action: 'member.joined',
      subject: String(row['email']),
      detail: String(row['role']),
      ip,
    })
  }

  return {
    async invite(actor, { email, role }) {
      demand(actor, 'members.invite')
      if (!mayManage(actor, role)) throw new AppError('forbidden', `As ${article(actor.role)} you may not invite ${article(role)}.`)
      const { workspaceId } = actor
      const [id, token, expiresAt] = [randomUUID(), newToken(), now() + invitationMs]
      await database.transaction(function* () {
        yield* database.lock(`invitations ${workspaceId}`)
        const [member] =
          yield sql`select 1 as one from members m join users u on u.id = m.user_id where m.workspace_id = ${workspaceId} and u.email = ${email}`
        if (member) throw new AppError('conflict', `${email} is a member already. Change the role in the list of members.`)
        yield sql`update invitations set closed_at = ${now()} where workspace_id = ${workspaceId} and email = ${email} and closed_at is null`
        yield sql`insert into invitations (id, workspace_id, token_hash, email, role, invited_by, created_at, expires_at)
          values (${id}, ${workspaceId}, ${hashToken(token)}, ${email}, ${role}, ${actor.userId}, ${now()}, ${expiresAt})`
        yield* audit.note({ workspaceId, actor: actor.userId, action: 'member.invited', subject: email, detail: role })
      })
      return { id, email, role, expiresAt, token }
    },
    async list(actor) {
      demand(actor, 'members.invite')
      return (
        await database.query(
          sql`select * from invitations where workspace_id = ${actor.workspaceId} and ${isOpen()} order by created_at, id`,
        )
      ).map(toInvitation)
    },
    async withdraw(actor, id) {
      demand(actor, 'members.invite')
      await database.transaction(function* () {
        const [row] =
          yield sql`update invitations set closed_at = ${now()} where id = ${id} and workspace_id = ${actor.workspaceId} and closed_at is null returning email`
        if (row)
          yield* audit.note({
            workspaceId: actor.workspaceId,
            actor: actor.userId,
            action: 'invitation.withdrawn',
            subject: String(row['email']),
          })
      })
    },
    async find(token) {
      const [row] = await database.query(sql`select * from invitations where token_hash = ${hashToken(token)} and ${isOpen()}`)
      return row ? toInvitation(row) : null
    },
    async accept(token, { name, password, ip }) {
      const passwordHash = await hashPassword(password)
      return database.transaction(function* () {
        const [row] = yield sql`select * from invitations where token_hash = ${hashToken(token)} and ${isOpen()} ${database.forUpdate}`
        if (!row) throw new AppError('conflict', 'This invitation was used or is too old. Ask for a new one.')
        const { email } = toInvitation(row)
        if (yield* findUser(email))
          throw new AppError('conflict', 'There is an account with this e-mail already. Sign in with it, and you are in.')
        yield* join(row, yield* addUser({ name, email, passwordHash, at: now() }), ip)
        return toInvitation(row)
      })
    },
    async isInvited(email) {
      return (await database.query(sql`select 1 as one from invitations where email = ${email} and ${isOpen()} limit 1`)).length > 0
    },
    admit: userId =>
      database.transaction(function* () {
        const [row] =
          yield sql`select i.* from invitations i join users u on u.email = i.email where u.id = ${userId} and ${isOpen()} limit 1 ${database.forUpdate}`
        if (!row) return false
        yield* join(row, userId, null)
        return true
      }),
  }
}
