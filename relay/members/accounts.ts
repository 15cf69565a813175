import type { BetterAuthOptions } from 'better-auth'
import { betterAuth } from 'better-auth/minimal'
import { genericOAuth } from 'better-auth/plugins'
import { hashPassword as scrypt } from 'better-auth/crypto'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Database } from '../../host/store/engine.ts'
import type { Oidc } from '../config.ts'
import { databaseAdapter } from './adapter.ts'

const day = 24 * 60 * 60
const providerLimitMs = 15_000
export const sessionSeconds = 30 * day
export const passwordLength = { least: 10, most: 128 } as const

/** The header in which better-auth is told where a request comes from. What a client sends under this name is replaced. */
export const addressHeader = 'x-relay-client-address'

/** Where the OpenID provider sends people back to. */
export const callbackPath = '/auth/callback/oidc'

export type AccountOptions = {
  database: Database
  url: string
  secret: string
  oidc: Oidc | null
  /** Whether someone whom the OpenID provider vouches for may get an account. */
  mayJoin(email: string): Promise<boolean>
  /** Called before each session: false leaves the person out. Someone invited becomes a member here. */
  admit(userId: string): Promise<boolean>
  /** Called after each session was made. */
  signedIn(userId: string, ip: string | null): Promise<void>
  /** Hears what better-auth would print. */
  warn(message: string): void
}

/** Cookies are whole `Set-Cookie` values for the answer. */
export type Accounts = {
  /** Errors: `unauthorized` when e-mail and password do not belong together, or nobody let the person in. */
  signIn(email: string, password: string, headers: Headers): Promise<{ cookies: string[] }>
  signOut(headers: Headers): Promise<{ cookies: string[] }>
  /** Whose browser this is. */
  current(headers: Headers): Promise<{ userId: string; sessionId: string; cookies: string[] } | null>
  oidc: OpenIdSignIn | null
}

/** Signing in with the company's OpenID provider. */
export type OpenIdSignIn = {
  name: string
  /** Where the browser goes. Errors: `unavailable` when the provider cannot be reached. */
  start(headers: Headers, next: string): Promise<{ url: string; cookies: string[] }>
  /** Answers the browser that comes back. */
  finish(request: Request): Promise<Response>
}

/** scrypt; the text is kept in `accounts.password`. Errors: `validation` when it is too short or too long. */
export async function hashPassword(password: string): Promise<string> {
  const { least, most } = passwordLength
  if (password.length < least || password.length > most)
    throw new AppError('validation', `Choose a password of ${least} to ${most} characters.`)
  return scrypt(password)
}

/** Who people are: e-mail and password, an OpenID provider, and the sessions of their browsers. better-auth does the protocol. */
export function createAccounts({ database, url, secret, oidc, mayJoin, admit, signedIn, warn }: AccountOptions): Accounts {
  const options = {
    appName: 'Plugboard',
    baseURL: url,
    basePath: '/auth',
    secret,
    database: databaseAdapter(database),
    telemetry: { enabled: false },
    // The relay counts tries itself, by person and across nodes.
    rateLimit: { enabled: false },
    logger: { level: 'error', log: (_, message) => warn(String(message)) },
    user: { modelName: 'users' },
    session: { modelName: 'sessions', expiresIn: sessionSeconds, updateAge: day },
    // What the provider gave is used once, to know who it is, and not kept.
    account: { modelName: 'accounts', updateAccountOnSignIn: false },
    verification: { modelName: 'verifications' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.least,
      maxPasswordLength: passwordLength.most,
    },
    advanced: {
      cookiePrefix: 'plugboard-relay',
      useSecureCookies: url.startsWith('https:'),
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    databaseHooks: {
      user: { create: { before: async user => Boolean(user.emailVerified) && (await mayJoin(user.email)) } },
      account: { create: { before: async account => ({ data: { ...account, accessToken: null, refreshToken: null, idToken: null } }) } },
      session: {
        create: {
          before: session => admit(session.userId),
          after: session => signedIn(session.userId, session.ipAddress ?? null),
        },
      },
    },
  } satisfies BetterAuthOptions
  const auth = betterAuth(options)

  return {
    async signIn(email, password, headers) {
      const { headers: answered } = await explaining(auth.api.signInEmail({ body: { email, password }, headers, returnHeaders: true }))
      return { cookies: answered.getSetCookie() }
    },
    async signOut(headers) {
      const { headers: answered } = await auth.api.signOut({ headers, returnHeaders: true })
      return { cookies: answered.getSetCookie() }
    },
    async current(headers) {
      const { headers: answered, response } = await auth.api.getSession({ headers, returnHeaders: true })
      return response && { userId: response.user.id, sessionId: response.session.id, cookies: answered.getSetCookie() }
    },
    oidc: oidc && openIdSignIn(oidc, options),
  }
}

/** An instance of its own, made when it is first needed: it answers nothing before the provider has answered it. */
function openIdSignIn(oidc: Oidc, options: BetterAuthOptions): OpenIdSignIn {
  const make = () => betterAuth({ ...options, plugins: [genericOAuth({ config: [openIdProvider(oidc)] })] })
  let made: ReturnType<typeof make> | undefined
  const auth = () => (made ??= make())
  return {
    name: oidc.name,
    async start(headers, next) {
      const body = { provider: 'oidc', callbackURL: next, errorCallbackURL: '/sign-in', disableRedirect: true }
      const limit = Promise.withResolvers<never>()
      const timer = setTimeout(() => limit.reject(new Error('no answer in time')), providerLimitMs)
      try {
        const { headers: answered, response } = await Promise.race([
          auth().api.signInSocial({ body, headers, returnHeaders: true }),
          limit.promise,
        ])
        return { url: z.string().parse(response.url), cookies: answered.getSetCookie() }
      } catch (cause) {
        throw new AppError('unavailable', `${oidc.name} cannot be reached. Try again in a few minutes.`, { cause })
      } finally {
        clearTimeout(timer)
      }
    },
    finish: request => auth().handler(request),
  }
}

function openIdProvider({ issuer, clientId, clientSecret, name }: Oidc) {
  return {
    providerId: 'oidc',
    name,
    clientId,
    ...(clientSecret ? { clientSecret } : { tokenEndpointAuth: { method: 'none' as const } }),
    discoveryUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    // Who someone is comes from a signed token of this issuer, or there is no sign-in.
    requireIdTokenVerification: true,
    disableProviderLogout: true,
    scopes: ['openid', 'email', 'profile'],
    pkce: true,
  }
}

/** better-auth's answer to a sign-in, in the user's words. Which of the two was wrong is nobody's business. */
async function explaining<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    if (!(cause instanceof Error) || !('statusCode' in cause) || Number(cause.statusCode) >= 500) throw cause
    throw new AppError(
      'unauthorized',
      'E-mail and password do not belong together, or you are not a member here. Try again, or ask an admin.',
      { cause },
    )
  }
}
