import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { role, type Role } from '../../core/contract/relay.ts'
import type { Steps } from '../../host/store/engine.ts'

export const findUser = function* (email: string): Steps<string | null> {
  const [row] = yield sql`select id from users where email = ${email}`
  return row ? String(row['id']) : null
}

type NewUser = {
  name: string
  email: string
  at: number
  /** Whether somebody vouches for it that the e-mail is theirs. */
  isVerified?: boolean
}

/** A new person who has no way to sign in yet. */
export function* insertUser({ name, email, at, isVerified = true }: NewUser): Steps<string> {
  const [id, time] = [randomUUID(), new Date(at).toISOString()]
  yield sql`insert into users (id, name, email, "emailVerified", "createdAt", "updatedAt")
    values (${id}, ${name}, ${email}, ${Number(isVerified)}, ${time}, ${time})`
  return id
}

/** A new person who signs in with a password. */
export function* addUser({ passwordHash, ...person }: NewUser & { passwordHash: string }): Steps<string> {
  const id = yield* insertUser(person)
  yield* setPassword(id, passwordHash, person.at)
  return id
}

/** The row in which better-auth keeps a password: its account id is the user's. */
export function* setPassword(userId: string, passwordHash: string, at: number): Steps<void> {
  const time = new Date(at).toISOString()
  yield sql`insert into accounts (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
    values (${randomUUID()}, ${userId}, 'credential', ${userId}, ${passwordHash}, ${time}, ${time})
    on conflict ("providerId", "accountId") do update set password = excluded.password, "updatedAt" = excluded."updatedAt"`
}

export function* addMember(workspaceId: string, userId: string, role: Role, at: number): Steps<void> {
  yield sql`insert into members (workspace_id, user_id, role, joined_at) values (${workspaceId}, ${userId}, ${role}, ${at})`
}

export const readRole = (value: unknown): Role => role.parse(value)
