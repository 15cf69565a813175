import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Database, Steps } from '../../host/store/engine.ts'
import type { Audit } from '../audit/audit.ts'
import { hashToken, newToken } from '../members/links.ts'
import { toMember } from '../members/members.ts'
import { demand, type Member } from '../members/roles.ts'

/** Tells them from tokens of desktops, for people and for programs that look for leaked secrets. */
const prefix = 'pbpublish_'
const day = 24 * 60 * 60_000
const lifeMs = 365 * day
const mostOfOne = 20

/** A token for programs that publish, such as a build server. Times are epoch ms; `usedAt` is null until it was used. */
export type PublishToken = { id: string; name: string; createdAt: number; usedAt: number | null; expiresAt: number }

export type PublishTokens = Awaited<ReturnType<typeof openPublishTokens>>

/** Tokens that may publish for a member, as far as the member may, and nothing else. They are kept as SHA-256 alone. */
export async function openPublishTokens(database: Database, audit: Audit, now: () => number = Date.now) {
  await database.migrate('publish-tokens-1', function* () {
    const { text, integer, strict } = database.types
    yield sql`create table publish_tokens (id ${text} not null primary key, token_hash ${text} not null unique, workspace_id ${text} not null,
      user_id ${text} not null references users (id), name ${text} not null, created_at ${integer} not null, used_at ${integer},
      expires_at ${integer} not null) ${strict}`
    yield sql`create index publish_tokens_of_user on publish_tokens (user_id)`
  })

  return {
    /** The token, which is told this once. Errors: `forbidden`, `validation`. */
    make: (member: Member, name: string, ip: string | null): Promise<string> =>
      database.transaction(function* () {
        demand(member, 'apps.publish')
        const { workspaceId, userId } = member
        yield* database.lock(`publish tokens ${userId}`)
        yield sql`delete from publish_tokens where user_id = ${userId} and expires_at <= ${now()}`
        const [counted] = yield sql`select count(*) as n from publish_tokens where user_id = ${userId}`
        if (Number(counted?.['n']) >= mostOfOne)
          throw new AppError('validation', `You have ${mostOfOne} publish tokens already. End one that is not used any more.`)
        const token = prefix + newToken()
        yield sql`insert into publish_tokens (id, token_hash, workspace_id, user_id, name, created_at, expires_at)
          values (${randomUUID()}, ${hashToken(token)}, ${workspaceId}, ${userId}, ${name}, ${now()}, ${now() + lifeMs})`
        yield* audit.note({ workspaceId, actor: userId, action: 'token.made', subject: name, ip })
        return token
      }),

    isOne: (token: string): boolean => token.startsWith(prefix),

    /** Whom a token publishes for now: their role may have changed since. Null when it is not good. */
    async check(token: string): Promise<Member | null> {
      const hash = hashToken(token)
      const [row] = await database.query(sql`select m.workspace_id, m.user_id, m.role, u.name, u.email, t.used_at from publish_tokens t
        join users u on u.id = t.user_id join members m on m.user_id = t.user_id and m.workspace_id = t.workspace_id
        where t.token_hash = ${hash} and t.expires_at > ${now()}`)
      if (!row) return null
      // Told to the day: not a write for each request of a publish.
      if (Number(row['used_at'] ?? 0) < now() - day)
        await database.query(sql`update publish_tokens set used_at = ${now()} where token_hash = ${hash}`)
      return toMember(row)
    },

    async list(userId: string): Promise<PublishToken[]> {
      const rows = await database.query(
        sql`select * from publish_tokens where user_id = ${userId} and expires_at > ${now()} order by created_at desc, id`,
      )
      return rows.map(row => ({
        id: String(row['id']),
        name: String(row['name']),
        createdAt: Number(row['created_at']),
        usedAt: row['used_at'] === null ? null : Number(row['used_at']),
        expiresAt: Number(row['expires_at']),
      }))
    },

    end: ({ workspaceId, userId }: Member, id: string): Promise<void> =>
      database.transaction(function* () {
        const [row] = yield sql`delete from publish_tokens where id = ${id} and user_id = ${userId} returning name`
        if (row) yield* audit.note({ workspaceId, actor: userId, action: 'token.ended', subject: String(row['name']) })
      }),

    /** Ends all of a person, within a transaction. */
    *endAllOf(userId: string): Steps<void> {
      yield sql`delete from publish_tokens where user_id = ${userId}`
    },
  }
}
