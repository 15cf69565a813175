import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import { AppError } from '../../core/errors.ts'
import type { PublishedEnv, Site } from './env.ts'
import type { PublishedRooms } from './published.ts'

/** What the page of one app may load and ask: what is its own. The nonce is for the style elements that its libraries make. */
export function sitePolicy({ origin, base }: Pick<Site, 'origin' | 'base'>, nonce: string): string {
  const own = `${origin}${base}`
  return [
    "default-src 'none'",
    `script-src ${own}assets/`,
    `style-src ${own}assets/ 'nonce-${nonce}'`,
    `font-src ${own}assets/ data:`,
    `img-src ${own}assets/ data:`,
    `connect-src ${own}api/`,
    `base-uri ${own}`,
    "form-action 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
}

/** The page of an app, at every path that is no file of it: which part to show, it reads from its address. */
export function pageRoutes({ apps, bundle }: PublishedRooms): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>()

  app.get('/assets/:name', async c => {
    const asset = await bundle.asset(`assets/${c.req.param('name')}`)
    if (!asset) throw new AppError('not_found', 'This file is not there. Load the page again.')
    const headers = { 'cache-control': 'public, max-age=31536000, immutable', etag: asset.etag, vary: 'accept-encoding' }
    if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304, headers)
    const small = /\bbr\b/.test(c.req.header('accept-encoding') ?? '') ? asset.brotli : null
    return c.body(small ?? asset.bytes, 200, { ...headers, 'content-type': asset.type, ...(small && { 'content-encoding': 'br' }) })
  })

  app.get('/*', async c => {
    const { appId, base } = c.get('site')
    // Awake by the time that the page asks for something; and if it cannot be, that is what there is to see.
    await apps.use(appId, async () => {})
    const nonce = randomBytes(18).toString('base64')
    const html = await bundle.page(base, nonce)
    return c.html(html, 200, { 'content-security-policy': sitePolicy(c.get('site'), nonce), 'cache-control': 'no-store' })
  })

  return app
}
