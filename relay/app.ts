import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { relayMember } from '../core/contract/relay.ts'
import { AppError } from '../core/errors.ts'
import { limitBody } from '../host/api/body-limit.ts'
import { statusOf } from '../host/api/status.ts'
import { isReachable } from './database.ts'
import { tokenRoutes } from './desktops/token-routes.ts'
import { accountPages } from './pages/account.ts'
import { consentPages } from './pages/consent.ts'
import { retryAfter } from './pages/forms.ts'
import { joiningPages } from './pages/joining.ts'
import { page } from './pages/layout.ts'
import { memberPages } from './pages/members.ts'
import { signInPages } from './pages/sign-in.ts'
import type { Rooms } from './rooms.ts'
import { logRequests } from './web/log-requests.ts'
import type { RelayEnv } from './web/request.ts'
import { sameOriginForms, secureHeaders } from './web/security.ts'

const formBytes = 64_000
const styles = {
  'tokens.css': join(import.meta.dirname, '../renderer/ui/tokens.css'),
  'relay.css': join(import.meta.dirname, 'pages/relay.css'),
} as const

/** A relay's answer to every request. `isReady`: false while it is ending. */
export function createRelayApp(rooms: Rooms, isReady: () => boolean): Hono<RelayEnv> {
  const { database, desktops, info, log, trustedProxies, url } = rooms
  const app = new Hono<RelayEnv>()
  app.use(logRequests(log, trustedProxies))
  app.use(secureHeaders(url.startsWith('https:')))
  app.use(limitBody(formBytes))

  // For whoever watches over the process: alive, and able to take requests.
  app.get('/healthz', c => c.json({ alive: true }))
  app.get('/readyz', async c => {
    const ready = isReady() && (await isReachable(database))
    return c.json({ ready }, ready ? 200 : 503)
  })

  app.get('/.well-known/plugboard-relay', c => c.json(info))
  app.route('/', tokenRoutes(rooms))
  app.get('/api/relay/me', async c => {
    const [, token = ''] = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? []
    const found = await desktops.check(token)
    if (!found) throw new AppError('unauthorized', 'This desktop is not signed in to the relay any more. Sign in again.')
    const { member, desktop } = found
    const { userId: id, name, email, role } = member
    return c.json(relayMember.parse({ workspace: rooms.workspace, member: { id, name, email, role }, desktop }))
  })

  const texts = Object.entries(styles).map(([name, file]) => [name, readFileSync(file, 'utf8')] as const)
  for (const [name, text] of texts)
    app.get(`/style/${name}`, c => c.body(text, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=300' }))

  app.use(sameOriginForms(url))
  app.get('/', c => c.redirect('/account', 303))
  for (const pages of [signInPages, joiningPages, accountPages, memberPages, consentPages]) app.route('/', pages(rooms))

  app.notFound(c => answerError(c, new AppError('not_found', 'There is nothing here. Check the address.')))
  app.onError((error, c) => answerError(c, AppError.from(error)))
  return app
}

/** JSON for programs, a page for people. */
function answerError(c: Context<RelayEnv>, error: AppError): Response | Promise<Response> {
  c.set('failure', error)
  const status = statusOf(error)
  const headers = { ...retryAfter(error), ...(status === 401 && { 'www-authenticate': 'Bearer' }) }
  if (c.req.header('accept')?.includes('text/html'))
    return c.html(
      page({
        title: status === 404 ? 'Not found' : 'This did not work',
        body: html`<p>${error.message}</p>
          <a class="button" href="/account">Go to your account</a>`,
      }),
      status,
      headers,
    )
  return c.json({ message: error.message, code: error.code }, status, headers)
}
