import type { BetterAuthOptions } from 'better-auth'
import { genericOAuth } from 'better-auth/plugins'
import { hashPassword as scrypt } from 'better-auth/crypto'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { passwordLength } from '../../core/person.ts'
import type { Database } from '../../host/store/engine.ts'
import type { Oidc } from '../config.ts'
import { answerOf, authOptions, endSession, explainRefusal, openAuth, type Auth } from './auth.ts'

const providerLimitMs = 15_000

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
  /** Errors: `unavailable` when the session could not be ended; its cookie is still good. */
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
  const common = authOptions({ database, url, secret, warn })
  const options: BetterAuthOptions = {
    ...common,
    basePath: '/auth',
    // What the provider gave is used once, to know who it is, and not kept.
    account: { ...common.account, updateAccountOnSignIn: false },
    advanced: { ...common.advanced, cookiePrefix: 'plugboard-relay' },
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
  }
  const auth = openAuth(options)

  return {
    async signIn(email, password, headers) {
      const answer = auth.api.signInEmail({ body: { email, password }, headers, returnHeaders: true })
      const { headers: answered } = await explainRefusal(
        answer,
        'E-mail and password do not belong together, or you are not a member here. Try again, or ask an admin.',
      )
      return { cookies: answered.getSetCookie() }
    },
    signOut: async headers => ({ cookies: await endSession(auth, database, headers) }),
    async current(headers) {
      const { headers: answered, response } = await answerOf(auth.api.getSession({ headers, returnHeaders: true }))
      return response && { userId: response.user.id, sessionId: response.session.id, cookies: answered.getSetCookie() }
    },
    oidc: oidc && openIdSignIn(oidc, options),
  }
}

/** An instance of its own, made when it is first needed: it answers nothing before the provider has answered it. */
function openIdSignIn(oidc: Oidc, options: BetterAuthOptions): OpenIdSignIn {
  let made: Auth | undefined
  const auth = () => (made ??= openAuth({ ...options, plugins: [genericOAuth({ config: [openIdProvider(oidc)] })] }))
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
