import { betterAuth } from 'better-auth/minimal'
import { genericOAuth } from 'better-auth/plugins'
import { hashPassword as scrypt } from 'better-auth/crypto'
import { AppError } from '../../core/errors.ts'
import type { Database } from '../../host/store/engine.ts'
import type { Oidc } from '../config.ts'
import { databaseAdapter } from './adapter.ts'

const day = 24 * 60 * 60
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
  /** Where the browser goes to sign in with the OpenID provider. Errors: `unavailable` when it cannot be reached. */
  startOidc(headers: Headers, next: string): Promise<{ url: string; cookies: string[] }>
  /** Answers the browser that comes back from the OpenID provider. */
  finishOidc(request: Request): Promise<Response>
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
  const auth = betterAuth({
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
    plugins: oidc ? [genericOAuth({ config: [openIdProvider(oidc)] })] : [],
  })

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
    async startOidc(headers, next) {
      const body = { provider: 'oidc', callbackURL: next, errorCallbackURL: '/sign-in', disableRedirect: true }
      const { headers: answered, response } = await auth.api
        .signInSocial({ body, headers, returnHeaders: true })
        .catch((cause: unknown) => {
          throw new AppError('unavailable', `${oidc?.name ?? 'Single sign-on'} cannot be reached. Try again in a few minutes.`, { cause })
        })
      if (!response.url) throw new AppError('internal', 'Something went wrong inside Plugboard. Try again.')
      return { url: response.url, cookies: answered.getSetCookie() }
    },
    finishOidc: request => auth.handler(request),
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
