import { z } from 'zod'
import { reason } from './reason.ts'

export const tokenState = z.enum(['connected', 'retrying', 'needs_reconnect', 'disconnected'])
export type TokenState = z.infer<typeof tokenState>

// Postgres hands out bigint as text.
const integer = z.coerce.number().int()
const time = integer.nullable()
const flag = integer.transform(Boolean)
const jsonText = <T extends z.ZodType>(of: T) =>
  z
    .string()
    .transform(text => JSON.parse(text))
    .pipe(of)

/** A row of `connection_tokens`, its tokens sealed. Times are epoch ms by the database's clock; see the protocol, §1. */
const tokenRow = z
  .object({
    connection_id: z.string(),
    grant_id: z.string(),
    generation: integer,
    access_token: z.string().nullable(),
    refresh_token: z.string().nullable(),
    spare_token: z.string().nullable(),
    client: z.string().nullable(),
    parent_hash: z.string().nullable(),
    scopes: jsonText(z.array(z.string())),
    obtained_at: integer,
    access_expires_at: time,
    refresh_expires_at: time,
    renew_at: time,
    keep_alive_at: time,
    first_attempt_at: time,
    answer_lost: z.enum(['stopped', 'unanswered']).nullable(),
    answer_lost_at: time,
    doubt: flag,
    spare_doubt: flag,
    failures: integer,
    state: tokenState,
    reason: jsonText(reason).nullable(),
    since: integer,
    next_try: time,
  })
  .transform(row => ({
    connectionId: row.connection_id,
    grantId: row.grant_id,
    generation: row.generation,
    accessToken: row.access_token,
    refreshToken: row.refresh_token,
    /** Another answer to the exchange that the refresh token came from. */
    spareToken: row.spare_token,
    client: row.client,
    /** Of the refresh token that the current one came from. */
    parentHash: row.parent_hash,
    scopes: row.scopes,
    obtainedAt: row.obtained_at,
    accessExpiresAt: row.access_expires_at,
    refreshExpiresAt: row.refresh_expires_at,
    /** From when on the next caller renews it, though it still works. */
    renewAt: row.renew_at,
    /** When it is renewed although nobody asks. */
    keepAliveAt: row.keep_alive_at,
    /** The first attempt with the current refresh token. */
    firstAttemptAt: row.first_attempt_at,
    /** An earlier attempt with this token, or with its parent, ended without an answer: how, and when it had begun. */
    lost: row.answer_lost === null || row.answer_lost_at === null ? null : { how: row.answer_lost, at: row.answer_lost_at },
    doubt: row.doubt,
    spareDoubt: row.spare_doubt,
    failures: row.failures,
    state: row.state,
    reason: row.reason,
    since: row.since,
    nextTry: row.next_try,
  }))
export type TokenRow = z.infer<typeof tokenRow>

export const readTokenRow = (found: unknown): TokenRow => tokenRow.parse(found)

const attempt = z
  .object({
    fence: integer,
    generation: integer,
    process_id: z.string(),
    opened_at: integer,
    closed_at: time,
    state: z.enum(['open', 'passed', 'closed']),
    ending: z.enum(['stored', 'refused', 'not_sent', 'lost', 'dead']).nullable(),
    owner: z.string().nullable(),
  })
  .transform(row => ({
    fence: row.fence,
    generation: row.generation,
    processId: row.process_id,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    state: row.state,
    end: row.ending,
    /** How the user finds the process that opened it; null once that one is proved dead. */
    owner: row.owner,
  }))
export type Attempt = z.infer<typeof attempt>

export const readAttempt = (found: unknown): Attempt => attempt.parse(found)

/** What may be told of a connection's tokens to anyone. */
export type TokenStatus = Pick<TokenRow, 'state' | 'reason' | 'since' | 'nextTry' | 'generation' | 'scopes' | 'accessExpiresAt'> & {
  renewable: boolean
}

export const statusOf = ({ state, reason, since, nextTry, generation, scopes, accessExpiresAt, refreshToken }: TokenRow): TokenStatus => ({
  state,
  reason,
  since,
  nextTry,
  generation,
  scopes,
  accessExpiresAt,
  renewable: refreshToken !== null || accessExpiresAt === null,
})

/** Whether the access token may be handed out, as far as is known. `rejected` is the generation that the service refused. */
export const isUsable = (row: TokenRow, now: number, rejected: number | undefined): boolean =>
  row.accessToken !== null && row.generation !== rejected && (row.accessExpiresAt === null || row.accessExpiresAt > now)

/** Whether there is reason to renew. A connection that waits for its next try is renewed even if its token looks good: the service may have refused it. */
export const isDue = (row: TokenRow, now: number, rejected: number | undefined): boolean =>
  row.state === 'retrying' ||
  !isUsable(row, now, rejected) ||
  (row.refreshToken !== null && [row.renewAt, row.keepAliveAt].some(at => at !== null && at <= now))
