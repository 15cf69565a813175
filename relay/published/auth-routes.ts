import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { visibilityOf } from '../../core/app/visibility.ts'
import {
  appSession,
  askRequest,
  done,
  forgotRequest,
  openLink,
  resetRequest,
  signedIn,
  signInRequest,
  signUpRequest,
} from '../../core/contract/published.ts'
import { AppError } from '../../core/errors.ts'
import { roleIn } from '../appusers/access.ts'
import type { AuditAction } from '../audit/actions.ts'
import { readBody } from '../web/json-body.ts'
import { addressOf, authHeaders, setCookies } from '../web/request.ts'
import { requireAppUser, type PublishedEnv } from './env.ts'
import type { PublishedRooms } from './published.ts'

const windowMs = 10 * 60_000
export const appLimits = {
  signUp: { name: 'app: sign-up from', most: 20, windowMs },
  signInFrom: { name: 'app: sign-in from', most: 30, windowMs },
  signInAs: { name: 'app: sign-in as', most: 10, windowMs },
  wish: { name: 'app: wish from', most: 10, windowMs },
  link: { name: 'app: link from', most: 30, windowMs },
} as const

/** Signing up, in and out of one app with a password. */
export function authRoutes(rooms: PublishedRooms): Hono<PublishedEnv> {
  const { audit, database, limits } = rooms
  const app = new Hono<PublishedEnv>()
  const countTry = (c: Context<PublishedEnv>, limit: keyof typeof appLimits, who = addressOf(c) ?? '') =>
    limits.take(appLimits[limit], `${c.get('site').appId} ${who}`)
  const accounts = (c: Context<PublishedEnv>) => c.get('users').accounts(c.get('site').base)
  const signedInAs = (c: Context<PublishedEnv>) => c.get('appUser')?.id ?? null

  /** `email`: who signed in, as they said. */
  function note(c: Context<PublishedEnv>, action: AuditAction, email: string, detail?: string): Promise<void> {
    const { appId, workspaceId } = c.get('site')
    const appUser = action === 'app_user.sign_in_failed' ? null : email
    return database.transaction(() =>
      audit.note({ workspaceId, actor: null, appUser, action, subject: email, detail, appId, ip: addressOf(c) }),
    )
  }

  /** Answers with the session that was begun: who it is is read from its own cookies. */
  async function answer(c: Context<PublishedEnv>, cookies: string[]): Promise<Response> {
    setCookies(c, cookies)
    const cookie = cookies.map(each => each.split(';', 1)[0]).join('; ')
    const found = await accounts(c).current(new Headers({ cookie }))
    if (!found) throw new AppError('internal', 'The session is not there after it was made. Try again.')
    const { id, email, name, memberId } = found.user
    const member = memberId ? await rooms.members.of(memberId) : null
    return c.json(signedIn.parse({ user: { id, email, name, role: roleIn(member) } }))
  }

  app.post('/auth/sign-up', async c => {
    const { invitation, ...person } = await readBody(c, signUpRequest)
    await countTry(c, 'signUp')
    const users = c.get('users')
    const { config } = c.get('app').model()
    if (invitation === undefined && visibilityOf(config) !== 'public')
      throw new AppError('forbidden', `${config.name} is not open to everyone. Ask whoever told you of it to let you in.`)
    const userId = invitation === undefined ? await users.signUp(person) : await users.accept(invitation, person, signedInAs(c))
    await note(c, 'app_user.joined', person.email, invitation === undefined ? 'signed up' : 'invited')
    return answer(c, await accounts(c).begin(userId, authHeaders(c)))
  })

  app.post('/auth/sign-in', async c => {
    const { email, password } = await readBody(c, signInRequest)
    await countTry(c, 'signInFrom')
    await countTry(c, 'signInAs', email)
    const cookies = await accounts(c)
      .signIn(email, password, authHeaders(c))
      .catch(async (error: unknown) => {
        await note(c, 'app_user.sign_in_failed', email)
        throw error
      })
    await note(c, 'app_user.signed_in', email)
    await limits.clear(appLimits.signInAs, `${c.get('site').appId} ${email}`)
    return answer(c, cookies)
  })

  app.post('/auth/sign-out', async c => {
    const user = c.get('appUser')
    setCookies(c, await accounts(c).signOut(authHeaders(c)))
    if (user) await note(c, 'app_user.signed_out', user.email)
    return c.json(done.parse({}))
  })

  app.post('/auth/forgot', async c => {
    const { email } = await readBody(c, forgotRequest)
    await countTry(c, 'wish')
    await c.get('users').forget(email)
    return c.json(done.parse({}))
  })

  app.post('/auth/ask', async c => {
    const person = await readBody(c, askRequest)
    await countTry(c, 'wish')
    if (visibilityOf(c.get('app').model().config) !== 'private')
      throw new AppError('forbidden', 'Nobody needs to be let into this app. Sign up, or sign in as a member of the workspace.')
    await c.get('users').ask(person)
    return c.json(done.parse({}))
  })

  app.get('/auth/link', async c => {
    await countTry(c, 'link')
    return c.json(openLink.parse(await c.get('users').link((c.req.query('token') ?? '').slice(0, 200))))
  })

  app.post('/auth/reset', async c => {
    const { token, password } = await readBody(c, resetRequest)
    await countTry(c, 'link')
    const userId = await c.get('users').reset(token, password)
    const email = await c.get('users').emailOf(userId)
    if (email !== null) await note(c, 'app_user.password_changed', email)
    return answer(c, await accounts(c).begin(userId, authHeaders(c)))
  })

  app.get('/auth/sessions', async c => {
    const { id } = requireAppUser(c)
    return c.json(z.array(appSession).parse(await c.get('users').sessions(id, c.get('sessionId') ?? '')))
  })
  app.delete('/auth/sessions/:id', async c => {
    await c.get('users').endSession(requireAppUser(c).id, c.req.param('id'))
    return c.json(done.parse({}))
  })

  return app
}
