import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'

/**
 * Refuses a body of more than `maxBytes` with 413. A length that is told is believed, for the HTTP parser reads no more than that, and
 * the body stays unread until it is wanted; one that is not told is counted while it comes.
 */
export function limitBody(maxBytes: number): MiddlewareHandler {
  // The rest of the body is not read, so the connection cannot be used again.
  const refuse: Parameters<typeof bodyLimit>[0]['onError'] = c => {
    const message = `A request may be ${maxBytes / 1e6} MB at most. Send less at once.`
    return c.json({ message, code: 'validation' }, 413, { connection: 'close' })
  }
  const counted = bodyLimit({ maxSize: maxBytes, onError: refuse })
  return (c, next) => {
    const length = c.req.header('content-length')
    if (length === undefined || c.req.header('transfer-encoding') !== undefined) return counted(c, next)
    return Number(length) > maxBytes ? Promise.resolve(refuse(c)) : next()
  }
}
