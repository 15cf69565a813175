import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { AppError } from '../../core/errors.ts'
import { addressHeader } from '../members/auth.ts'
import type { Member } from '../members/roles.ts'

export type RelayEnv = {
  Bindings: Partial<HttpBindings>
  Variables: {
    requestId: string
    /** Where the request comes from, as far as it can be known. */
    address: string | null
    /** Set where a page is for members. */
    visitor: { member: Member; sessionId: string }
    /** What went wrong, for the log. */
    failure: AppError
  }
}

/** As much of a request’s context as these functions need, whatever else its routes keep there. */
type Asked = { get(name: 'address'): string | null | undefined; req: { header(name: string): string | undefined } }

export const addressOf = (c: Pick<Asked, 'get'>): string | null => c.get('address') ?? null

/**
 * The address of whoever sent a request: of the socket, or what the outermost of `trustedProxies` wrote. Whatever stands to the left of
 * that in X-Forwarded-For was sent by the client and is not believed. Of IPv6 the /64 that one customer has.
 */
export function clientAddress(socketAddress: string | undefined, forwardedFor: string | undefined, trustedProxies: number): string | null {
  const written = (forwardedFor ?? '')
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)
  const address = trustedProxies > 0 ? (written.at(-trustedProxies) ?? socketAddress) : socketAddress
  return address === undefined ? null : networkOf(address)
}

function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1]) return mapped[1]
  if (!address.includes(':')) return address.slice(0, 45)
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = head ? head.split(':') : []
  if (tail !== undefined) {
    const rest = tail ? tail.split(':') : []
    groups.push(...Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest)
  }
  return `${groups
    .slice(0, 4)
    .map(group => group.slice(0, 4))
    .join(':')}::/64`
}

/** What better-auth is told of a request. */
export function authHeaders(c: Asked): Headers {
  const headers = new Headers()
  for (const name of ['cookie', 'user-agent']) {
    const value = c.req.header(name)
    if (value) headers.set(name, value)
  }
  const address = addressOf(c)
  if (address) headers.set(addressHeader, address.replace('/64', ''))
  return headers
}

export function setCookies(c: Context, cookies: readonly string[]): void {
  for (const cookie of cookies) c.header('set-cookie', cookie, { append: true })
}

/** The fields of a form that a page of ours sent. A file or a repeated name is no field. */
export async function readFields(c: Context): Promise<Record<string, string>> {
  const body = await c.req.parseBody({ all: true })
  return Object.fromEntries(Object.entries(body).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
}

/** Where to go after signing in: a path of this relay, whatever was asked for. */
export function safeNext(next: string | undefined, url: string): string {
  const found = next?.startsWith('/') ? URL.parse(next, url) : null
  // `/.//host` is a path whose own path begins with two slashes, which would be another host once it stands alone.
  return found?.origin === url && !found.pathname.startsWith('//') ? found.pathname + found.search : '/apps'
}
