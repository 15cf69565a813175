import { createHash, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Database, Row, Steps } from '../../host/store/engine.ts'
import type { Audit } from '../audit/audit.ts'
import { hashToken, newToken } from '../members/links.ts'
import { toMember } from '../members/members.ts'
import type { Member } from '../members/roles.ts'

export const codeMs = 60_000
export const accessMs = 10 * 60_000
export const refreshMs = 60 * 24 * 60 * 60_000

/** A desktop that is signed in. Times are epoch ms. */
export type Desktop = { id: string; name: string; createdAt: number; usedAt: number }

export type TokenPair = { accessToken: string; refreshToken: string; expiresInSeconds: number }

/** What a code is bound to. `challenge`: BASE64URL(SHA256(verifier)), RFC 7636 §4.2. */
export type CodeRequest = { desktopName: string; redirectUri: string; challenge: string }

export type Desktops = {
  /** A code for a member who agreed: for one minute, one use, this redirect and this challenge. */
  issueCode(member: Member, request: CodeRequest): Promise<string>
  /** Null when the code is not good. A code that comes twice ends what its first use gave (RFC 9700 §2.1.1). */
  redeemCode(attempt: { code: string; redirectUri: string; verifier: string; ip: string | null }): Promise<TokenPair | null>
  /**
   * A new pair for a refresh token. The old token stays good until its successor is used, so that an answer that was lost on the way costs
   * nothing; one that comes after that has been copied, and ends the desktop's session. Null when the token is not good.
   */
  refresh(token: string, ip: string | null): Promise<TokenPair | null>
  /** Whom an access token stands for now: their role may have changed since it was given. */
  check(accessToken: string): Promise<{ member: Member; desktop: Pick<Desktop, 'id' | 'name'> } | null>
  /** Ends the session a token belongs to, whichever of the two it is (RFC 7009). */
  revoke(token: string): Promise<void>
  list(userId: string): Promise<Desktop[]>
  end(actor: Member, id: string): Promise<void>
  /** Ends all desktops of a person, within a transaction. */
  endAllOf(userId: string): Steps<void>
}

export function createDesktops(database: Database, audit: Audit, now: () => number = Date.now): Desktops {
  function* givePair(desktopId: string, parent: string | null): Steps<TokenPair> {
    const [pair, accessToken, refreshToken, at] = [randomUUID(), newToken(), newToken(), now()]
    for (const [token, kind, lifeMs] of [
      [accessToken, 'access', accessMs],
      [refreshToken, 'refresh', refreshMs],
    ] as const)
      yield sql`insert into desktop_tokens (token_hash, desktop_id, kind, pair, parent, state, expires_at)
        values (${hashToken(token)}, ${desktopId}, ${kind}, ${pair}, ${parent}, 'live', ${at + lifeMs})`
    return { accessToken, refreshToken, expiresInSeconds: accessMs / 1000 }
  }

  function* endDesktop(id: string): Steps<void> {
    yield sql`update desktops set ended_at = ${now()} where id = ${id} and ended_at is null`
    yield sql`delete from desktop_tokens where desktop_id = ${id}`
  }

  /** The desktop, locked, when it is signed in and its person is still a member. */
  function* lockDesktop(id: unknown): Steps<Row | null> {
    const [row] = yield sql`select d.* from desktops d join members m on m.workspace_id = d.workspace_id and m.user_id = d.user_id
      where d.id = ${id} and d.ended_at is null ${database.forUpdate}`
    return row ?? null
  }

  return {
    async issueCode({ workspaceId, userId }, { desktopName, redirectUri, challenge }) {
      const code = newToken()
      await database.transaction(function* () {
        // A used code is kept for as long as a second use must be noticed.
        yield sql`delete from desktop_codes where expires_at < ${now() - accessMs}`
        yield sql`insert into desktop_codes (code_hash, workspace_id, user_id, name, redirect_uri, challenge, expires_at)
          values (${hashToken(code)}, ${workspaceId}, ${userId}, ${desktopName}, ${redirectUri}, ${challenge}, ${now() + codeMs})`
      })
      return code
    },
    redeemCode: ({ code, redirectUri, verifier, ip }) =>
      database.transaction(function* () {
        const [row] = yield sql`select * from desktop_codes where code_hash = ${hashToken(code)} ${database.forUpdate}`
        if (!row) return null
        if (row['desktop_id'] !== null) {
          yield* endDesktop(String(row['desktop_id']))
          return null
        }
        const challenge = createHash('sha256').update(verifier).digest('base64url')
        if (Number(row['expires_at']) <= now() || row['redirect_uri'] !== redirectUri || row['challenge'] !== challenge) return null
        const [id, workspaceId, userId, name] = [randomUUID(), String(row['workspace_id']), String(row['user_id']), String(row['name'])]
        const [member] = yield sql`select 1 as one from members where workspace_id = ${workspaceId} and user_id = ${userId}`
        if (!member) return null
        yield sql`insert into desktops (id, workspace_id, user_id, name, created_at, used_at) values (${id}, ${workspaceId}, ${userId}, ${name}, ${now()}, ${now()})`
        yield sql`update desktop_codes set desktop_id = ${id} where code_hash = ${row['code_hash']}`
        yield* audit.note({ workspaceId, actor: userId, action: 'desktop.signed_in', subject: name, ip })
        return yield* givePair(id, null)
      }),
    refresh: (token, ip) =>
      database.transaction(function* () {
        const [owner] = yield sql`select desktop_id from desktop_tokens where token_hash = ${hashToken(token)} and kind = 'refresh'`
        const desktop = owner ? yield* lockDesktop(owner['desktop_id']) : null
        if (!desktop) return null
        // Read again: two that come at once are looked at one after the other.
        const [row] = yield sql`select * from desktop_tokens where token_hash = ${hashToken(token)}`
        const id = String(desktop['id'])
        if (!row || Number(row['expires_at']) <= now()) return null
        if (row['state'] !== 'live') {
          yield* endDesktop(id)
          yield* audit.note({
            workspaceId: String(desktop['workspace_id']),
            actor: String(desktop['user_id']),
            action: 'desktop.token_reused',
            subject: String(desktop['name']),
            ip,
          })
          return null
        }
        yield sql`delete from desktop_tokens where desktop_id = ${id} and expires_at <= ${now()}`
        yield sql`update desktop_tokens set state = 'spent' where desktop_id = ${id} and pair = ${row['parent']} and kind = 'refresh'`
        yield sql`update desktop_tokens set state = 'dropped' where desktop_id = ${id} and parent = ${row['pair']} and state = 'live'`
        yield sql`update desktops set used_at = ${now()} where id = ${id}`
        return yield* givePair(id, String(row['pair']))
      }),
    async check(accessToken) {
      const [row] =
        await database.query(sql`select m.workspace_id, m.user_id, m.role, u.name, u.email, d.id as desktop_id, d.name as desktop_name
        from desktop_tokens t join desktops d on d.id = t.desktop_id join users u on u.id = d.user_id
        join members m on m.user_id = d.user_id and m.workspace_id = d.workspace_id
        where t.token_hash = ${hashToken(accessToken)} and t.kind = 'access' and t.state = 'live' and t.expires_at > ${now()} and d.ended_at is null`)
      return row ? { member: toMember(row), desktop: { id: String(row['desktop_id']), name: String(row['desktop_name']) } } : null
    },
    revoke: token =>
      database.transaction(function* () {
        const [row] =
          yield sql`select d.* from desktop_tokens t join desktops d on d.id = t.desktop_id where t.token_hash = ${hashToken(token)}`
        if (!row) return
        yield* endDesktop(String(row['id']))
        yield* audit.note({
          workspaceId: String(row['workspace_id']),
          actor: String(row['user_id']),
          action: 'desktop.ended',
          subject: String(row['name']),
        })
      }),
    async list(userId) {
      const rows = await database.query(
        sql`select * from desktops where user_id = ${userId} and ended_at is null order by used_at desc, id`,
      )
      return rows.map(row => ({
        id: String(row['id']),
        name: String(row['name']),
        createdAt: Number(row['created_at']),
        usedAt: Number(row['used_at']),
      }))
    },
    end: (actor, id) =>
      database.transaction(function* () {
        const [row] = yield sql`select name from desktops where id = ${id} and user_id = ${actor.userId} and ended_at is null`
        if (!row) return
        yield* endDesktop(id)
        yield* audit.note({ workspaceId: actor.workspaceId, actor: actor.userId, action: 'desktop.ended', subject: String(row['name']) })
      }),
    *endAllOf(userId) {
      const rows = yield sql`select id from desktops where user_id = ${userId} and ended_at is null`
      for (const { id } of rows) yield* endDesktop(String(id))
    },
  }
}
