import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { z } from 'zod'
import { role, type Role } from '../../core/contract/relay.ts'
import type { Steps } from '../../host/store/engine.ts'

/** What someone types to become a member. The e-mail is kept in small letters: it is the same mailbox. */
export const email = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email({ error: 'This is no e-mail address.' }).max(200))
export const personName = z.string().trim().min(1, 'Tell your name.').max(80, 'Use a name of 80 characters at most.')

export const findUser = function* (email: string): Steps<string | null> {
  const [row] = yield sql`select id from users where email = ${email}`
  return row ? String(row['id']) : null
}

/** A new person who signs in with a password. */
export function* addUser({
  name,
  email,
  passwordHash,
  at,
}: {
  name: string
  email: string
  passwordHash: string
  at: number
}): Steps<string> {
  const [id, time] = [randomUUID(), new Date(at).toISOString()]
  yield sql`insert into users (id, name, email, "emailVerified", "createdAt", "updatedAt") values (${id}, ${name}, ${email}, 1, ${time}, ${time})`
  yield* setPassword(id, passwordHash, at)
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
