import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { relayMember } from '../core/contract/relay.ts'
import { AppError } from '../core/errors.ts'
import { limitBody } from '../host/api/body-limit.ts'
import { statusOf } from '../host/api/status.ts'
import { peopleRoutes } from './appusers/people-routes.ts'
import { custodyRoutes } from './custody/routes.ts'
import { isReachable } from './database.ts'
import { tokenRoutes } from './desktops/token-routes.ts'
import { accountRoutes } from './oauth/account-routes.ts'
import { returnRoutes } from './oauth/return-routes.ts'
import { accountPages } from './pages/account.ts'
import { memberHookRoutes } from './hooks/member-routes.ts'
import { appPage } from './pages/app.ts'
import { appPages } from './pages/apps.ts'
import { auditPages } from './pages/audit.ts'
import { clientPages } from './pages/clients.ts'
import { connectPages } from './pages/connect.ts'
import { connectionPages } from './pages/connections.ts'
import { consentPages } from './pages/consent.ts'
import { retryAfter } from './pages/forms.ts'
import { joiningPages } from './pages/joining.ts'
import { page } from './pages/layout.ts'
import { memberPages } from './pages/members.ts'
import { signInPages } from './pages/sign-in.ts'
import { styleRoutes } from './pages/style.ts'
import { publishedRoutes } from './published/published.ts'
import { pathBySite } from './published/sites.ts'
import { releaseRoutes } from './releases/routes.ts'
import type { Rooms } from './rooms.ts'
import { tellError } from './full-disk.ts'
import { desktopOf } from './web/desktop-member.ts'
import { logRequests } from './web/log-requests.ts'
import type { RelayEnv } from './web/request.ts'
import { sameOriginForms, secureHeaders } from './web/security.ts'

const formBytes = 64_000

/** A relay's answer to every request. `ending` is aborted when it begins to end. */
export function createRelayApp(rooms: Rooms, ending: AbortSignal): Hono<RelayEnv> {
  const { database, desktops, info, log, trustedProxies, url } = rooms
  const app = new Hono<RelayEnv>({ getPath: pathBySite(url) })
  app.use(logRequests(log, trustedProxies))
  app.use(secureHeaders(url.startsWith('https:')))
  // Larger bodies than forms have: each route says how large.
  app.route('/api/relay/apps', releaseRoutes(rooms))
  app.route('/api/relay/apps', memberHookRoutes(rooms))
  app.route('/a/:slug', publishedRoutes({ ...rooms, ending }))
  app.use(limitBody(formBytes))

  // For whoever watches over the process: alive, and able to take requests.
  app.get('/healthz', c => c.json({ alive: true }))
  app.get('/readyz', async c => {
    const ready = !ending.aborted && (await isReachable(database))
    return c.json({ ready }, ready ? 200 : 503)
  })

  app.get('/.well-known/plugboard-relay', c => c.json(info))
  app.route('/api/relay/apps/:app/users', peopleRoutes(rooms))
  app.route('/', tokenRoutes(rooms))
  app.route('/', custodyRoutes(rooms))
  app.route('/', returnRoutes(rooms))
  app.route('/', accountRoutes(rooms))
  app.get('/api/relay/me', async c => {
    const { member, desktop } = await desktopOf(c, desktops)
    const { userId: id, name, email, role } = member
    return c.json(relayMember.parse({ workspace: rooms.workspace, member: { id, name, email, role }, desktop }))
  })

  app.get('/api/relay/practice', async c => {
    await desktopOf(c, desktops)
    return c.json(await rooms.practice.use())
  })

  app.route('/', styleRoutes())
  app.use(sameOriginForms(url))
  app.get('/', c => c.redirect('/apps', 303))
  for (const pages of [
    signInPages,
    joiningPages,
    appPages,
    appPage,
    connectionPages,
    accountPages,
    memberPages,
    auditPages,
    clientPages,
    connectPages,
    consentPages,
  ])
    app.route('/', pages(rooms))

  app.notFound(c => answerError(c, new AppError('not_found', 'There is nothing here. Check the address.')))
  app.onError((error, c) => answerError(c, tellError(error)))
  return app
}

const errorTitles: Partial<Record<number, string>> = {
  403: 'Not allowed',
  404: 'Not found',
  429: 'Too many tries',
  503: 'Not available now',
}

/** JSON for programs, a page for people. What is our fault has a code to quote, which is in the log, too. */
function answerError(c: Context<RelayEnv>, error: AppError): Response | Promise<Response> {
  c.set('failure', error)
  const status = statusOf(error)
  const headers = { ...retryAfter(error), ...(status === 401 && { 'www-authenticate': 'Bearer' }) }
  if (c.req.header('accept')?.includes('text/html'))
    return c.html(
      page({
        title: errorTitles[status] ?? 'This did not work',
        body: html`<p>${error.message}</p>
          ${status >= 500 ? html`<p class="quote">Code to quote: <code>${c.get('requestId')}</code></p>` : ''}
          <a class="button" href="/">Go to the relay’s pages</a>`,
      }),
      status,
      headers,
    )
  return c.json({ message: error.message, code: error.code }, status, headers)
}
