import type { MiddlewareHandler } from 'hono'
import { AppError } from '../../core/errors.ts'
import type { RelayEnv } from './request.ts'

/** What a page of the relay may load and where its forms may lead. Chromium holds a redirect after a form to `form-action`, too. */
export const pagePolicy = (formTargets: readonly string[] = []): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')

/** Headers of every answer. A page that needs another policy sets its own before. */
export function secureHeaders(isHttps: boolean): MiddlewareHandler<RelayEnv> {
  return async (c, next) => {
    await next()
    const { headers } = c.res
    if (!headers.has('content-security-policy')) headers.set('content-security-policy', pagePolicy())
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
    headers.set('x-content-type-options', 'nosniff')
    headers.set('x-frame-options', 'DENY')
    headers.set('cross-origin-opener-policy', 'same-origin')
    headers.set('cross-origin-resource-policy', 'same-origin')
    // Addresses hold the secret part of links. Without any referrer our own forms would come without an origin, too.
    headers.set('referrer-policy', 'same-origin')
    headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=()')
    if (isHttps) headers.set('strict-transport-security', 'max-age=31536000')
  }
}

/** A form is taken from our own pages alone: the browser says where it comes from (Fetch, §3.2 and Fetch Metadata). */
export function sameOriginForms(origin: string): MiddlewareHandler<RelayEnv> {
  return async (c, next) => {
    const site = c.req.header('sec-fetch-site')
    const isOurs = c.req.header('origin') === origin && (site === undefined || site === 'same-origin')
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && !isOurs)
      throw new AppError('forbidden', `This form did not come from ${origin}. Open the page there and try again.`)
    return next()
  }
}
