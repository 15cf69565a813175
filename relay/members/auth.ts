import type { BetterAuthOptions } from 'better-auth'
import { betterAuth } from 'better-auth/minimal'
import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import { passwordLength } from '../../core/person.ts'
import type { Database } from '../../host/store/engine.ts'
import { databaseAdapter } from './adapter.ts'

const day = 24 * 60 * 60

/** The header in which better-auth is told where a request comes from. What a client sends under this name is replaced. */
export const addressHeader = 'x-relay-client-address'

/** A call of better-auth that gives its headers besides its answer: the cookies for the browser are among them. */
export type AuthCall<Input, Answer> = (
  call: Input & { headers: Headers; returnHeaders: true },
) => Promise<{ headers: Headers; response: Answer }>

/** As much of better-auth as the relay calls: the type that is inferred from its options is many times as large. */
export type Auth = {
  handler(request: Request): Promise<Response>
  api: {
    signInEmail: AuthCall<{ body: { email: string; password: string } }, unknown>
    signOut: AuthCall<unknown, unknown>
    getSession: AuthCall<unknown, { user: { id: string }; session: { id: string } } | null>
    signInSocial: AuthCall<
      { body: { provider: string; callbackURL: string; errorCallbackURL: string; disableRedirect: boolean } },
      { url?: string }
    >
  }
}

export const openAuth = (options: BetterAuthOptions): Auth => betterAuth<BetterAuthOptions>(options)

/** What better-auth is told wherever people sign in: `users`, `sessions` and `accounts` are in the given database. */
export const authOptions = ({
  database,
  url,
  secret,
  warn,
}: {
  database: Database
  url: string
  secret: string
  warn(message: string): void
}) =>
  ({
    appName: 'Plugboard',
    baseURL: url,
    secret,
    database: databaseAdapter(database),
    telemetry: { enabled: false },
    // The relay counts tries itself, by person and across nodes.
    rateLimit: { enabled: false },
    logger: { level: 'error', log: (_, message) => warn(String(message)) },
    user: { modelName: 'users' },
    session: { modelName: 'sessions', expiresIn: 30 * day, updateAge: day },
    account: { modelName: 'accounts' },
    verification: { modelName: 'verifications' },
    // Nobody signs up by themselves: who may have an account is decided before one is made.
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.least,
      maxPasswordLength: passwordLength.most,
    },
    advanced: { useSecureCookies: url.startsWith('https:'), ipAddress: { ipAddressHeaders: [addressHeader] } },
  }) satisfies BetterAuthOptions

/**
 * What better-auth answers. What fails below it (a database that is away) it reports as a failure of its own: that is told here as what it
 * was, as `AppError` has it.
 */
export async function answerOf<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw (isOfAuth(error) && error.statusCode >= 500 && appErrorIn(error)) || error
  }
}

/** What better-auth refuses, in the user's words. Which of the two was wrong is nobody's business. Errors: `unauthorized`. */
export async function explainRefusal<T>(answer: Promise<T>, message: string): Promise<T> {
  try {
    return await answerOf(answer)
  } catch (cause) {
    if (isOfAuth(cause) && cause.statusCode < 500) throw new AppError('unauthorized', message, { cause })
    throw cause
  }
}

/** Ends the session of this browser, and gives the cookies that say so. */
export async function endSession({ api }: Auth, database: Database, headers: Headers): Promise<string[]> {
  const here = (await answerOf(api.getSession({ headers, returnHeaders: true }))).response
  // better-auth passes over a session that it cannot end, and takes the cookie from whoever would try again.
  if (here) await database.query(sql`delete from sessions where id = ${here.session.id}`)
  return (await answerOf(api.signOut({ headers, returnHeaders: true }))).headers.getSetCookie()
}

const isOfAuth = (error: unknown): error is Error & { statusCode: number } =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'

const appErrorIn = (error: unknown): AppError | null =>
  error instanceof AppError ? error : error instanceof Error ? appErrorIn(error.cause) : null
