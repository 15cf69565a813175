import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Role } from '../../core/contract/relay.ts'
import { AppError } from '../../core/errors.ts'
import type { Database, Row, Steps } from '../../host/store/engine.ts'
import type { Audit } from '../audit/audit.ts'
import { readRole } from './people.ts'
import { article, demand, mayManage, type Member } from './roles.ts'

export type Workspace = { id: string; name: string }

export type Members = {
  /** Null when the person is in no workspace. */
  of(userId: string): Promise<Member | null>
  /** In the order they joined. Errors: `forbidden`. */
  list(actor: Member): Promise<Member[]>
  /** Errors: `forbidden`, `not_found`, `conflict` for the last owner. */
  changeRole(actor: Member, userId: string, role: Role): Promise<void>
  /** Takes the role, the sessions and the desktops. Errors as `changeRole`. */
  remove(actor: Member, userId: string): Promise<void>
}

/** The one workspace there is at first, for all nodes the same. */
export async function firstWorkspace(database: Database, name: string, now: () => number = Date.now): Promise<Workspace> {
  return database.transaction(function* () {
    yield* database.lock('first-workspace')
    const [found] = yield sql`select id, name from workspaces order by created_at, id limit 1`
    if (found) return { id: String(found['id']), name: String(found['name']) }
    const id = randomUUID()
    yield sql`insert into workspaces (id, name, created_at) values (${id}, ${name}, ${now()})`
    return { id, name }
  })
}

const memberColumns = sql`select m.workspace_id, m.user_id, m.role, u.name, u.email from members m join users u on u.id = m.user_id`

export const toMember = (row: Row): Member => ({
  userId: String(row['user_id']),
  workspaceId: String(row['workspace_id']),
  name: String(row['name']),
  email: String(row['email']),
  role: readRole(row['role']),
})

/** `endAccess` takes every session and desktop of a person. */
export function createMembers(database: Database, audit: Audit, endAccess: (userId: string) => Steps<void>): Members {
  /** The member, once the actor's right to change them is certain. */
  function* find(actor: Member, userId: string): Steps<Member> {
    demand(actor, 'members.change')
    const [row] = yield sql`${memberColumns} where m.workspace_id = ${actor.workspaceId} and m.user_id = ${userId}`
    if (!row) throw new AppError('not_found', 'This person is not a member any more. Load the page again.')
    const member = toMember(row)
    if (!mayManage(actor, member.role))
      throw new AppError('forbidden', `As ${article(actor.role)} you may not change ${article(member.role)}.`)
    return member
  }

  function* keepAnOwner(member: Member): Steps<void> {
    if (member.role !== 'owner') return
    const [row] = yield sql`select count(*) as n from members where workspace_id = ${member.workspaceId} and role = 'owner'`
    if (Number(row?.['n']) < 2) throw new AppError('conflict', 'A workspace needs an owner. Make someone else owner first.')
  }

  return {
    async of(userId) {
      const [row] = await database.query(sql`${memberColumns} where m.user_id = ${userId} order by m.joined_at limit 1`)
      return row ? toMember(row) : null
    },
    async list(actor) {
      demand(actor, 'members.see')
      return (await database.query(sql`${memberColumns} where m.workspace_id = ${actor.workspaceId} order by m.joined_at, m.user_id`)).map(
        toMember,
      )
    },
    changeRole: (actor, userId, role) =>
      database.transaction(function* () {
        yield* database.lock(`members ${actor.workspaceId}`)
        const member = yield* find(actor, userId)
        if (!mayManage(actor, role)) throw new AppError('forbidden', `As ${article(actor.role)} you may not make anyone ${article(role)}.`)
        if (role === member.role) return
        yield* keepAnOwner(member)
        yield sql`update members set role = ${role} where workspace_id = ${actor.workspaceId} and user_id = ${userId}`
        yield* audit.note({
          workspaceId: actor.workspaceId,
          actor: actor.userId,
          action: 'member.role_changed',
          subject: member.email,
          detail: `${member.role} → ${role}`,
        })
      }),
    remove: (actor, userId) =>
      database.transaction(function* () {
        yield* database.lock(`members ${actor.workspaceId}`)
        const member = yield* find(actor, userId)
        yield* keepAnOwner(member)
        yield sql`delete from members where workspace_id = ${actor.workspaceId} and user_id = ${userId}`
        yield* endAccess(userId)
        yield* audit.note({ workspaceId: actor.workspaceId, actor: actor.userId, action: 'member.removed', subject: member.email })
      }),
  }
}
