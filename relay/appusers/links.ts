import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { OpenLink } from '../../core/contract/published.ts'
import type { Row, Steps } from '../../host/store/engine.ts'
import { hashToken, newToken } from '../members/links.ts'

type Kind = NonNullable<OpenLink>['kind']
const day = 24 * 60 * 60_000
const lastsMs: Record<Kind, number> = { invitation: 7 * day, password: day }

/** A link that a member hands over: for one person, once. `token` is the secret part, which is not kept. Times are epoch ms. */
export type MadeLink = { id: string; email: string; token: string; expiresAt: number }

/** A newer link of the same kind for the same person ends the older. */
export function* makeLink(kind: Kind, email: string, now: number): Steps<MadeLink> {
  const link = { id: randomUUID(), email, token: newToken(), expiresAt: now + lastsMs[kind] }
  yield sql`update links set closed_at = ${now} where kind = ${kind} and email = ${email} and closed_at is null`
  yield sql`insert into links (id, kind, token_hash, email, created_at, expires_at)
    values (${link.id}, ${kind}, ${hashToken(link.token)}, ${email}, ${now}, ${link.expiresAt})`
  return link
}

const isOpen = (now: number) => sql`closed_at is null and expires_at > ${now}`

export function* findLink(token: string, now: number): Steps<NonNullable<OpenLink> | null> {
  const [row] = yield sql`select kind, email from links where token_hash = ${hashToken(token)} and ${isOpen(now)}`
  return row ? { kind: row['kind'] as Kind, email: String(row['email']) } : null
}

/** Uses a link up. Null when that has happened before, or it is too old. */
export function* useLink(kind: Kind, token: string, now: number): Steps<string | null> {
  const [row] = yield sql`update links set closed_at = ${now}
    where kind = ${kind} and token_hash = ${hashToken(token)} and ${isOpen(now)} returning email`
  return row ? String(row['email']) : null
}

/** Whether someone has been invited by this e-mail, or was let in so already. */
export function* isInvited(email: string, now: number): Steps<boolean> {
  const found = yield sql`select 1 as one from links where kind = 'invitation' and email = ${email} and ${isOpen(now)}
    union all select 1 as one from users where email = ${email} and "isInvited" = 1`
  return found.length > 0
}

export function* openInvitations(now: number): Steps<Row[]> {
  return yield sql`select id, email, expires_at from links where kind = 'invitation' and ${isOpen(now)} order by created_at, id`
}

/** Ends what is open for a person. */
export function* closeLinks(email: string, now: number): Steps<void> {
  yield sql`update links set closed_at = ${now} where email = ${email} and closed_at is null`
}
