import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Who may talk to the browser shell: requests to a loopback name, that carry the token, from our own page. */
export type Access = {
  token: string
  /** False for a name that does not belong here: a page elsewhere may have pointed its own name at 127.0.0.1 (DNS rebinding). */
  isOurHost(request: IncomingMessage): boolean
  isToken(given: string | null): boolean
  hasCookie(request: IncomingMessage): boolean
  /** A browser sends the origin with each socket it opens; another site's page has another one. */
  isOurOrigin(request: IncomingMessage): boolean
  setCookie(): string
}

/** 256 random bits, new on each start. The cookie bears the port in its name: cookies are shared by all ports of a host. */
export function createAccess(port: number, token = randomBytes(32).toString('base64url')): Access {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const cookieName = `plugboard-${port}`
  const isToken = (given: string | null) => {
    const bytes = Buffer.from(given ?? '')
    return bytes.length === token.length && timingSafeEqual(bytes, Buffer.from(token))
  }
  return {
    token,
    isOurHost: ({ headers }) => hosts.includes(headers.host ?? ''),
    isToken,
    hasCookie: ({ headers }) => isToken(readCookie(headers.cookie ?? '', cookieName)),
    isOurOrigin: ({ headers }) => headers.origin === `http://${headers.host}`,
    setCookie: () => `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`,
  }
}

function readCookie(header: string, name: string): string | null {
  const pair = header.split(/;\s*/).find(pair => pair.startsWith(`${name}=`))
  return pair ? pair.slice(name.length + 1) : null
}
