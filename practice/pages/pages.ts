import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { InternalApi } from '../api.ts'
import type { Emulated, Service } from '../emulated.ts'
import { consentStyles } from './consent.ts'
import { githubPages } from './github.ts'
import { googlePages } from './google.ts'
import { liveScript } from './live.ts'
import { permissionScript } from './permissions.ts'
import { slackPages } from './slack.ts'
import { styles } from './style.ts'

const pagesOf: Readonly<Record<Service, (emulated: Emulated, api: InternalApi) => Hono>> = {
  slack: slackPages,
  google: googlePages,
  github: githubPages,
}

/** The readable pages of a practice account: what is in it, read through its API, renewed when it changes. They change nothing. */
export function createPages(emulated: Emulated, api: InternalApi) {
  const watchers = new Set<() => void>()
  const app = new Hono()

  app.use(async (c, next) => {
    await next()
    c.header(
      'content-security-policy',
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; frame-ancestors 'none'",
    )
    c.header('x-content-type-options', 'nosniff')
    c.header('referrer-policy', 'no-referrer')
    c.header('cache-control', 'no-store')
  })
  app.get('/style.css', c => c.body(styles, 200, { 'content-type': 'text/css; charset=utf-8' }))
  app.get('/consent.css', c => c.body(consentStyles, 200, { 'content-type': 'text/css; charset=utf-8' }))
  app.get('/consent.js', c => c.body(permissionScript, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  app.get('/live.js', c => c.body(liveScript, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  app.get('/changes', c =>
    streamSSE(c, async stream => {
      const gone = Promise.withResolvers<void>()
      const tell = () => void stream.writeSSE({ data: '' }).catch(gone.resolve)
      watchers.add(tell)
      stream.onAbort(gone.resolve)
      await gone.promise
      watchers.delete(tell)
    }),
  )
  app.route('/', pagesOf[emulated.service](emulated, api))

  return {
    app,
    changed: () => watchers.forEach(tell => tell()),
    close: () => watchers.clear(),
  }
}
