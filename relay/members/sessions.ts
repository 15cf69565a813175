import { sql } from 'kysely'
import type { Database, Steps } from '../../host/store/engine.ts'
import type { Audit } from '../audit/audit.ts'
import type { Member } from './roles.ts'

/** A browser that is signed in. `lastUsedAt` is exact to a day. Times are ISO strings. */
export type Session = { id: string; userAgent: string; ip: string; createdAt: string; lastUsedAt: string }

export type Sessions = {
  list(userId: string): Promise<Session[]>
  /** Ends one of a person's own sessions. */
  end(actor: Member, id: string, ip: string | null): Promise<void>
  /** Ends all of a person, within a transaction. */
  endAllOf(userId: string): Steps<void>
}

/** The sessions that better-auth keeps, as their owners see them: never with what is in the cookie. */
export function createSessions(database: Database, audit: Audit, now: () => number = Date.now): Sessions {
  return {
    async list(userId) {
      const rows = await database.query(sql`select id, "userAgent", "ipAddress", "createdAt", "updatedAt" from sessions
        where "userId" = ${userId} and "expiresAt" > ${new Date(now()).toISOString()} order by "updatedAt" desc, id`)
      return rows.map(row => ({
        id: String(row['id']),
        userAgent: String(row['userAgent'] ?? ''),
        ip: String(row['ipAddress'] ?? ''),
        createdAt: String(row['createdAt']),
        lastUsedAt: String(row['updatedAt']),
      }))
    },
    end: (actor, id, ip) =>
      database.transaction(function* () {
        const [row] = yield sql`delete from sessions where id = ${id} and "userId" = ${actor.userId} returning id`
        if (row)
          yield* audit.note({ workspaceId: actor.workspaceId, actor: actor.userId, action: 'session.ended', subject: actor.email, ip })
      }),
    *endAllOf(userId) {
      yield sql`delete from sessions where "userId" = ${userId}`
    },
  }
}
