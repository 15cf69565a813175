import { Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { html } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { statusOf } from '../../host/api/status.ts'
import { page } from '../pages/layout.ts'
import { retryAfter } from '../pages/forms.ts'
import type { Rooms } from '../rooms.ts'
import { addressOf, type RelayEnv } from '../web/request.ts'
import { returnPath } from './sign-ins.ts'

const perAddress = { name: 'return from', most: 60, windowMs: 10 * 60_000 }

/** Where providers send browsers back to. */
export function returnRoutes({ limits, signIns, url }: Pick<Rooms, 'limits' | 'signIns' | 'url'>): Hono<RelayEnv> {
  const app = new Hono<RelayEnv>()
  app.get(returnPath, async c => {
    await limits.take(perAddress, addressOf(c) ?? '')
    const { searchParams, search } = new URL(c.req.url)
    const ending = await signIns.end(searchParams, { cookies: getCookie(c), host: c.req.header('host'), ip: addressOf(c) })
    switch (ending.kind) {
      case 'goOn':
        return c.redirect(ending.authorizationUrl, 303)
      case 'elsewhere':
        return c.redirect(`${ending.origin}${returnPath}${search}`, 303)
      case 'done':
        return c.redirect(ending.returnTo, 303)
      case 'failed': {
        const { error, returnTo } = ending
        c.set('failure', error)
        const body = html`<p>${error.message}</p>
          <a class="button" href="${returnTo ?? url}">Go back</a>`
        return c.html(page({ title: 'The account was not connected', body }), statusOf(error) as ContentfulStatusCode, retryAfter(error))
      }
    }
  })
  return app
}
