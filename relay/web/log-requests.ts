import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Log } from '../log.ts'
import { clientAddress, type RelayEnv } from './request.ts'

/** One line a request: its route as it is declared, never the address, which may hold a code or the secret part of a link. */
export function logRequests(log: Log, trustedProxies: number, now: () => number = () => performance.now()): MiddlewareHandler<RelayEnv> {
  return async (c, next) => {
    const startedAt = now()
    const requestId = randomUUID()
    c.set('requestId', requestId)
    c.set('address', clientAddress(c.env?.incoming?.socket.remoteAddress, c.req.header('x-forwarded-for'), trustedProxies))
    await next()
    c.res.headers.set('x-request-id', requestId)
    const fields = { requestId, method: c.req.method, route: routePath(c), status: c.res.status, ms: Math.round(now() - startedAt) }
    const failure = c.get('failure')
    // What people did wrong, and what an app's own code throws, may say in its text what nobody should read in a log.
    if (failure?.cause !== undefined && c.res.status >= 500) log.report(failure, fields)
    else log.info('request', { ...fields, code: failure?.code })
  }
}
