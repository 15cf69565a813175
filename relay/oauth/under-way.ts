import { timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Database } from '../../host/store/engine.ts'
import type { Envelope } from '../keys/envelope.ts'
import { hashToken, newToken } from '../members/links.ts'

export const signInLimitMs = 10 * 60_000

/** Whom a sign-in is for, and who goes on with what it brings. */
export const purpose = z.enum(['shared', 'app-user'])
export type Purpose = z.infer<typeof purpose>

const json = z.json()

/** A sign-in that was begun, as it is kept: sealed. */
const begun = z.object({
  purpose,
  workspaceId: z.string(),
  appId: z.string(),
  connector: z.string(),
  practice: z.boolean(),
  scopes: z.array(z.string()),
  /** To the provider's `fields`. */
  answers: z.record(z.string(), z.string()),
  /** Whatever the purpose needs to go on. */
  payload: json,
  /** A whole address. */
  returnTo: z.string(),
  codeVerifier: z.string(),
  /** The name of the cookie that the browser has to show. */
  cookie: z.string(),
})
export type Begun = z.infer<typeof begun>

/** The browser that a sign-in belongs to: `cookie` names what it was given, of which the hash is known. */
export type BrowserMark = { cookie: string; browserHash: string }

/** How a state was met. `elsewhere`: it belongs to a browser that can show its cookie on another origin alone. */
export type Taken = { kind: 'taken'; signIn: Begun; mark: BrowserMark } | { kind: 'elsewhere'; origin: string }

const context = (stateHash: string): string => JSON.stringify(['sign-in', stateHash])

/** Sign-ins under way, in the database: any node may finish what another began, once, and for the browser that began it alone. RFC 9700 §4.7 */
export function createUnderWay({
  database,
  envelope,
  url,
  now,
}: {
  database: Database
  envelope: Envelope
  url: string
  now: () => number
}) {
  const isHttps = url.startsWith('https:')
  // With the prefix no other host can set it, not even one below this one (RFC 6265bis §4.1.3.2).
  const cookiePrefix = isHttps ? '__Host-plugboard-sign-in-' : 'plugboard-sign-in-'

  return {
    /** A mark for the browser that begins now, with the whole `Set-Cookie` that gives it. */
    newMark(): { mark: BrowserMark; setCookie: string } {
      const [secret, cookie] = [newToken(), `${cookiePrefix}${newToken().slice(0, 12)}`]
      const attributes = `Path=/; Max-Age=${signInLimitMs / 1000}; HttpOnly; SameSite=Lax${isHttps ? '; Secure' : ''}`
      return { mark: { cookie, browserHash: hashToken(secret) }, setCookie: `${cookie}=${secret}; ${attributes}` }
    },

    /** Returns when it ends, in epoch ms. */
    async keep(state: string, signIn: Begun, { browserHash }: BrowserMark): Promise<number> {
      const [stateHash, at] = [hashToken(state), now()]
      const sealed = await envelope.seal(signIn.workspaceId, context(stateHash), JSON.stringify(signIn))
      await database.transaction(function* () {
        yield sql`delete from sign_ins where expires_at <= ${at}`
        yield sql`insert into sign_ins (state_hash, workspace_id, browser_hash, sealed, expires_at)
          values (${stateHash}, ${signIn.workspaceId}, ${browserHash}, ${sealed}, ${at + signInLimitMs})`
      })
      return at + signInLimitMs
    },

    /** The sign-in of a state, which is gone with this. What a wrong browser shows is left for the right one. Errors: `unauthorized`. */
    async take(state: string, browser: { cookies: Readonly<Record<string, string>>; host: string | undefined }): Promise<Taken> {
      const stateHash = hashToken(state)
      const [row] = await database.query(sql`select * from sign_ins where state_hash = ${stateHash} and expires_at > ${now()}`)
      const opened = row ? await envelope.open(String(row['workspace_id']), context(stateHash), String(row['sealed'])) : null
      if (!row || opened === null) throw over()
      const signIn = begun.parse(JSON.parse(opened))
      const { origin, host } = new URL(signIn.returnTo)
      if (origin !== url && browser.host === new URL(url).host && host !== browser.host) return { kind: 'elsewhere', origin }
      const browserHash = String(row['browser_hash'])
      if (!isSame(hashToken(browser.cookies[signIn.cookie] ?? ''), browserHash))
        throw new AppError('unauthorized', 'This sign-in was begun in another browser. Go on there, or start it again in this one.')
      const [gone] = await database.query(sql`delete from sign_ins where state_hash = ${stateHash} returning state_hash`)
      if (!gone) throw over()
      return { kind: 'taken', signIn, mark: { cookie: signIn.cookie, browserHash } }
    },
  }
}

const over = () => new AppError('unauthorized', 'This sign-in is over: it was finished already, or it took too long. Start it again.')

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
