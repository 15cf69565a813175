import type { BetterAuthOptions } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { betterAuth } from 'better-auth/minimal'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Database } from '../../host/store/engine.ts'
import { answerOf, authOptions, endSession, explainRefusal, type Auth, type AuthCall } from '../members/auth.ts'

export type AppAccountOptions = {
  appId: string
  /** The app's own. */
  database: Database
  /** Of this app alone: it signs the cookies. */
  secret: string
  url: string
  /** The path that cookies are for. */
  base: string
  warn(message: string): void
}

/** A row of `users`, as better-auth gives it. */
const userRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  memberId: z.string().nullish(),
  isInvited: z.number(),
})
export type UserRow = z.infer<typeof userRow>

/** The sessions of one app's users in their browsers. Cookies are whole `Set-Cookie` values for the answer. */
export type AppAccounts = {
  /** Errors: `unauthorized` when e-mail and password do not belong together. */
  signIn(email: string, password: string, headers: Headers): Promise<string[]>
  /** Begins a session for someone who is known by other means: a link, or their session on the relay. */
  begin(userId: string, headers: Headers): Promise<string[]>
  /** Errors: `unavailable` when the session could not be ended; its cookie is still good. */
  signOut(headers: Headers): Promise<string[]>
  current(headers: Headers): Promise<{ user: UserRow; sessionId: string; cookies: string[] } | null>
}

/** How the cookies of an app are called: each app has names of its own, for they share the relay's host. */
const cookiePrefix = (appId: string): string => `plugboard-app-${appId}`

/** Never mounted: only this process calls it. */
const begin = createAuthEndpoint('/begin', { method: 'POST', body: z.object({ userId: z.string() }) }, async ctx => {
  const { internalAdapter } = ctx.context
  const user = await internalAdapter.findUserById(ctx.body.userId)
  if (!user) throw new AppError('unauthorized', 'This account is not there any more. Sign up again.')
  await setSessionCookie(ctx, { session: await internalAdapter.createSession(user.id), user })
  return {}
})

const beginning = { id: 'begin', endpoints: { begin } }

type AppAuth = Auth & { api: { begin: AuthCall<{ body: { userId: string } }, unknown> } }

export function createAppAccounts({ appId, database, secret, url, base, warn }: AppAccountOptions): AppAccounts {
  const common = authOptions({ database, url, secret, warn })
  const auth: AppAuth = betterAuth<BetterAuthOptions & { plugins: [typeof beginning] }>({
    ...common,
    basePath: `${base}api/auth`,
    user: {
      ...common.user,
      additionalFields: {
        memberId: { type: 'string', required: false, input: false },
        isInvited: { type: 'number', required: false, input: false },
      },
    },
    advanced: {
      ...common.advanced,
      cookiePrefix: cookiePrefix(appId),
      defaultCookieAttributes: { path: base, httpOnly: true, sameSite: 'lax' },
    },
    plugins: [beginning],
  })

  return {
    async signIn(email, password, headers) {
      const answer = auth.api.signInEmail({ body: { email, password }, headers, returnHeaders: true })
      const { headers: answered } = await explainRefusal(
        answer,
        'E-mail and password do not belong together. Try again, or ask for a new password.',
      )
      return answered.getSetCookie()
    },
    async begin(userId, headers) {
      return (await answerOf(auth.api.begin({ body: { userId }, headers, returnHeaders: true }))).headers.getSetCookie()
    },
    signOut: headers => endSession(auth, database, headers),
    async current(headers) {
      const { headers: answered, response } = await answerOf(auth.api.getSession({ headers, returnHeaders: true }))
      return response && { user: userRow.parse(response.user), sessionId: response.session.id, cookies: answered.getSetCookie() }
    },
  }
}
