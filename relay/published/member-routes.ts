import { Hono, type Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { html } from 'hono/html'
import { AppError } from '../../core/errors.ts'
import { hashToken, newToken } from '../members/links.ts'
import type { Member } from '../members/roles.ts'
import { page } from '../pages/layout.ts'
import { addressOf, authHeaders, setCookies } from '../web/request.ts'
import type { PublishedEnv } from './env.ts'
import type { PublishedRooms } from './published.ts'
import { mayEnter, memberHere } from './site-routes.ts'
import { hostUrl } from './sites.ts'
import { siteUrl } from './slug.ts'

const perAddress = { name: 'app: member from', most: 60, windowMs: 10 * 60_000 }
const path = 'api/auth/member'
const waitsSeconds = 10 * 60

/**
 * `api/auth/member`: members of the workspace come into an app by their session on the relay. A link, not a form: at the app's path the
 * relay's cookie comes along. From an app's own host, where it does not, the browser is sent over the relay and comes back with a code, which
 * counts there once and beside what that host gave it before.
 */
export function memberRoutes(rooms: PublishedRooms): Hono<PublishedEnv> {
  const { audit, database, entryCodes, limits, members, url } = rooms
  const isHttps = url.startsWith('https:')
  // With the prefix no other host can set it, not even one below this one (RFC 6265bis §4.1.3.2).
  const cookie = isHttps ? '__Host-plugboard-entry' : 'plugboard-entry'
  const app = new Hono<PublishedEnv>()

  app.get('/auth/member', async c => {
    const { appId, base, origin, slug } = c.get('site')
    await limits.take(perAddress, `${appId} ${addressOf(c) ?? ''}`)
    const code = c.req.query('code')
    if (origin !== url) return code === undefined ? sendOver(c) : comeBack(c, code)

    const challenge = /^[\w-]{43}$/.exec(c.req.query('entry') ?? '')?.[0]
    const member = await memberHere(rooms, c)
    if (!member) {
      const next = challenge ? `${base}${path}?entry=${challenge}&after=form` : `${base}${path}`
      return c.redirect(`/sign-in?next=${encodeURIComponent(next)}`, 303)
    }
    await demandEntry(c, member)
    if (!challenge) return letIn(c, member)
    const way = `${hostUrl(url, slug)}/${path}?code=${await entryCodes.make({ appId, memberId: member.userId, challenge })}`
    // Where a form led here, its policy stops a redirect to another host, and a page of our own goes on.
    return c.req.query('after') === 'form' ? c.html(onTheWay(c.get('site').name, way)) : c.redirect(way, 303)
  })

  /** From the app's own host to the relay, with the hash of what this browser keeps. */
  function sendOver(c: Context<PublishedEnv>): Response {
    const secret = newToken()
    setCookie(c, cookie, secret, { httpOnly: true, sameSite: 'Lax', secure: isHttps, path: '/', maxAge: waitsSeconds })
    return c.redirect(`${siteUrl(url, c.get('site').slug)}/${path}?entry=${hashToken(secret)}`, 303)
  }

  async function comeBack(c: Context<PublishedEnv>, code: string): Promise<Response> {
    const secret = getCookie(c, cookie)
    deleteCookie(c, cookie, { path: '/', secure: isHttps })
    const { appId, workspaceId } = c.get('site')
    const memberId = secret ? await entryCodes.take(code.slice(0, 200), { appId, challenge: hashToken(secret) }) : null
    const member = memberId ? await members.of(memberId) : null
    if (member?.workspaceId !== workspaceId)
      throw new AppError('unauthorized', 'This way in was used, is too old, or was begun in another browser. Start again from the app.')
    await demandEntry(c, member)
    return letIn(c, member)
  }

  async function demandEntry(c: Context<PublishedEnv>, member: Member): Promise<void> {
    if (await mayEnter(c, member)) return
    throw new AppError('forbidden', `${c.get('app').model().config.name} is for people who were invited. Ask whoever published it.`)
  }

  async function letIn(c: Context<PublishedEnv>, member: Member): Promise<Response> {
    const { appId, base, workspaceId } = c.get('site')
    const users = c.get('users')
    const userId = await users.enter(member, c.get('appUser')?.id ?? null)
    setCookies(c, await users.accounts(base).begin(userId, authHeaders(c)))
    await database.transaction(() =>
      audit.note({ workspaceId, actor: member.userId, action: 'app_user.signed_in', subject: member.email, appId, ip: addressOf(c) }),
    )
    return c.redirect(base, 303)
  }

  return app
}

const onTheWay = (name: string, way: string) =>
  page({
    title: `On to ${name}`,
    refresh: way,
    body: html`<p>You are signed in.</p>
      <a class="button" href="${way}">Go on to ${name}</a>`,
  })
