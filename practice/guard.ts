import type { MiddlewareHandler } from 'hono'
import type { Emulated } from './emulated.ts'

/**
 * Lets in only who addresses this loopback port by its own name, which a rebound DNS name cannot, and from a browser only its own
 * pages. Programs send no Origin. What emulate allows to every website (CORS) is taken back.
 */
export function onlyThisMachine(port: number): MiddlewareHandler {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`])
  return async (c, next) => {
    const host = c.req.header('host') ?? ''
    const origin = c.req.header('origin')
    if (!hosts.has(host) || (origin !== undefined && origin !== `http://${host}`))
      return c.text('Practice accounts answer only to this machine.', 403)
    await next()
    for (const name of ['origin', 'methods', 'headers', 'credentials']) c.res.headers.delete(`access-control-allow-${name}`)
    return
  }
}

export const bearerOf = (request: Request): string | null =>
  /^(?:Bearer|token)\s+(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]?.trim() ?? null

const refusals: Readonly<Record<Emulated['service'], () => Response>> = {
  slack: () => Response.json({ ok: false, error: 'invalid_auth' }),
  github: () => Response.json({ message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' }, { status: 401 }),
  google: () => googleError(401, 'Request had invalid authentication credentials.', 'authError', 'UNAUTHENTICATED'),
}

/** emulate takes an unknown token for the first user's; a real service refuses it, also after it was revoked. */
export function onlyKnownTokens({ service, tokens }: Emulated): MiddlewareHandler {
  return async (c, next) => {
    const token = bearerOf(c.req.raw)
    if (token !== null && !tokens.has(token)) return refusals[service]()
    await next()
    return
  }
}

/** An error as Google's APIs write it. */
export const googleError = (code: number, message: string, reason: string, status: string): Response =>
  Response.json({ error: { code, message, errors: [{ message, domain: 'global', reason }], status } }, { status: code })
