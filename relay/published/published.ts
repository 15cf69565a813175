import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { AppError } from '../../core/errors.ts'
import { limitBody } from '../../host/api/body-limit.ts'
import { statusOf } from '../../host/api/status.ts'
import { tellError } from '../full-disk.ts'
import { hookRoutes } from '../hooks/routes.ts'
import { retryAfter } from '../pages/forms.ts'
import { ownAccountRoutes } from '../own-accounts/routes.ts'
import type { Rooms } from '../rooms.ts'
import { authHeaders, setCookies } from '../web/request.ts'
import { authRoutes } from './auth-routes.ts'
import { changeRoutes } from './change-routes.ts'
import type { PublishedEnv } from './env.ts'
import { closedPage, notFoundPage, notPublishedPage, troublePage } from './error-pages.ts'
import { memberRoutes } from './member-routes.ts'
import { pageRoutes } from './page-routes.ts'
import { recordRoutes } from './record-routes.ts'
import { siteRoutes } from './site-routes.ts'
import { hostUrl, slugOfHost } from './sites.ts'
import { findVisitor } from './visitor.ts'

/** What published apps are answered from. `ending` is aborted when the relay begins to end: nothing is held open after it. */
export type PublishedRooms = Rooms & { ending: AbortSignal }

const mostBytes = 10_000_000

/** Published apps, each below its own address. To be mounted at `/a/:slug`. */
export function publishedRoutes(rooms: PublishedRooms): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>()
  app.use(openSite(rooms))

  const api = new Hono<PublishedEnv>()
  api.use(limitBody(mostBytes), sameOriginWrites, knowVisitor(rooms))
  for (const routes of [siteRoutes, authRoutes, memberRoutes]) api.route('/', routes(rooms))
  api.use(onlyAdmitted)
  api.route('/', recordRoutes())
  api.route('/', changeRoutes(rooms))
  api.route('/', ownAccountRoutes(rooms))
  api.all('*', () => {
    throw new AppError('not_found', 'There is nothing here. Is the page up to date? Load it again.')
  })
  app.route('/api', api)
  app.route('/hooks', hookRoutes(rooms))
  app.route('/', pageRoutes(rooms))

  app.onError(answerError)
  return app
}

/** Finds the app that the address names. By its id, or without the slash behind it, the way leads to its own address. */
const openSite =
  ({ sites, url }: PublishedRooms): MiddlewareHandler<PublishedEnv> =>
  async (c, next) => {
    const word = c.req.param('slug') ?? ''
    const place = await sites.find(word)
    if (!place) return isForPage(c) ? c.html(notPublishedPage(), 404) : answerError(notPublished(), c)
    const { protocol, host, pathname, search } = new URL(c.req.url)
    const own = slugOfHost(url, host) !== null
    const origin = own ? hostUrl(url, word) : url
    const base = own ? '/' : `/a/${place.slug}/`
    if (word !== place.slug || (!own && pathname === `/a/${word}`)) {
      const rest = pathname.slice((own ? '' : `/a/${word}`).length + 1)
      return c.redirect(own ? `${protocol}//${host.replace(word, place.slug)}/${rest}${search}` : `${base}${rest}${search}`, 308)
    }
    c.set('site', { ...place, origin, base })
    return next()
  }

const notPublished = () => new AppError('not_found', 'No app is published at this address.')

/** Wakes the app, and finds out who asks. */
const knowVisitor =
  (rooms: PublishedRooms): MiddlewareHandler<PublishedEnv> =>
  async (c, next) => {
    const site = c.get('site')
    await rooms.apps.use(site.appId, async app => {
      const { user, member, sessionId, admitted, cookies } = await findVisitor(rooms, app, site, authHeaders(c))
      setCookies(c, cookies)
      c.set('app', app)
      c.set('users', await rooms.appUsers.of(app))
      c.set('appUser', user)
      c.set('member', member)
      c.set('sessionId', sessionId)
      c.set('admitted', admitted)
      await next()
    })
  }

const onlyAdmitted: MiddlewareHandler<PublishedEnv> = async (c, next) => {
  if (c.get('admitted')) return next()
  const { name } = c.get('app').model().config
  throw c.get('appUser')
    ? new AppError('forbidden', `You may not use ${name}. Ask whoever told you of it to let you in.`)
    : new AppError('unauthorized', `Sign in to ${name} first.`)
}

/** What changes something is taken from the app's own pages alone: the browser says where it comes from (Fetch, §3.2 and Fetch Metadata). */
const sameOriginWrites: MiddlewareHandler<PublishedEnv> = async (c, next) => {
  const site = c.req.header('sec-fetch-site')
  const isOurs = c.req.header('origin') === c.get('site').origin && (site === undefined || site === 'same-origin')
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && !isOurs)
    throw new AppError('forbidden', `This did not come from the app's own page. Open it at ${c.get('site').origin}${c.get('site').base}.`)
  return next()
}

/** Whether a person looks at the answer. */
const isForPage = (c: Context<PublishedEnv>): boolean => c.req.method === 'GET' && (c.req.header('accept')?.includes('text/html') ?? false)

function pageFor(error: AppError, status: number, base: string) {
  if (status === 404) return notFoundPage(base)
  return status === 401 || status === 403 ? closedPage(error, base) : troublePage(error)
}

function answerError(cause: Error, c: Context<PublishedEnv>): Response | Promise<Response> {
  const error = tellError(cause)
  c.set('failure', error)
  const status = statusOf(error)
  const headers = { ...retryAfter(error), 'cache-control': 'no-store' }
  if (isForPage(c)) return c.html(pageFor(error, status, c.get('site').base), status, headers)
  const { details: _, ...shape } = error.toJSON()
  return c.json(shape, status, headers)
}
