import type { BetterAuthOptions } from 'better-auth'
import { betterAuth } from 'better-auth/minimal'
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

/** What better-auth refuses, in the user's words. Which of the two was wrong is nobody's business. Errors: `unauthorized`. */
export async function explainRefusal<T>(answer: Promise<T>, message: string): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    if (!(cause instanceof Error) || !('statusCode' in cause) || Number(cause.statusCode) >= 500) throw cause
    throw new AppError('unauthorized', message, { cause })
  }
}
