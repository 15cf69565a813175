import { AppError } from './errors.ts'

export type BoundFetchOptions = {
  accessToken: string
  /** The only places the token may go: origins such as `https://slack.com`. */
  apiOrigins: readonly string[]
  /** Carries the token alone, in place of `Authorization: Bearer`. */
  tokenHeader?: string
  /** For a practice connection: which local origin answers for each API origin. Then nothing else is reached. */
  practiceOrigins: Readonly<Record<string, string>> | null
  fetch?: typeof fetch
}

const redirects = new Set([301, 302, 303, 307, 308])
const mostRedirects = 5

/**
 * A `fetch` that acts for one account: it adds the bearer token (RFC 6750 §2.1), over any Authorization header of the caller. The token
 * goes to the provider's API origins alone; any other address is refused with `forbidden` before anything is sent. Redirects are followed
 * for GET and HEAD within one origin, and end with `unavailable` where they lead away. Practice connections are answered by the local emulator.
 */
export function boundFetch({
  accessToken,
  apiOrigins,
  tokenHeader,
  practiceOrigins,
  fetch: send = fetch,
}: BoundFetchOptions): typeof fetch {
  const locals = new Set(Object.values(practiceOrigins ?? {}))

  /** Where a request really goes. */
  function destination(address: URL): URL {
    if (address.username || address.password) throw refusal(address)
    if (!practiceOrigins) {
      if (apiOrigins.includes(address.origin)) return address
      throw refusal(address)
    }
    if (locals.has(address.origin)) return address
    const local = apiOrigins.includes(address.origin) ? practiceOrigins[address.origin] : undefined
    if (!local) throw refusal(address)
    // Set part by part: a path that begins with two slashes would name another host if it were resolved.
    const url = new URL(local)
    url.pathname = address.pathname
    url.search = address.search
    return url
  }

  /** Follows a read to where its answer moved within the origin. */
  async function followed(from: URL, response: Response, request: RequestInit, hops = 0): Promise<Response> {
    const location = redirects.has(response.status) ? response.headers.get('location') : null
    if (!location) return response
    await response.body?.cancel()
    const next = new URL(location, from)
    if (next.origin !== from.origin || hops === mostRedirects) throw strayed(from, next)
    return followed(next, await send(next, request), request, hops + 1)
  }

  return async (input, init) => {
    const request = input instanceof Request ? input : null
    const headers = new Headers(init?.headers ?? request?.headers)
    if (tokenHeader) headers.delete('authorization')
    headers.set(tokenHeader ?? 'authorization', tokenHeader ? accessToken : `Bearer ${accessToken}`)
    const method = (init?.method ?? request?.method ?? 'GET').toUpperCase()
    const signal = init?.signal ?? request?.signal

    const url = destination(new URL(request ? request.url : String(input)))
    const response = await send(request ? new Request(url, request) : url, { ...init, headers, redirect: 'manual' })
    const follow = (init?.redirect ?? request?.redirect ?? 'follow') === 'follow' && (method === 'GET' || method === 'HEAD')
    return follow ? followed(url, response, { method, headers, redirect: 'manual', signal }) : response
  }
}

const strayed = (from: URL, to: URL) =>
  new AppError(
    'unavailable',
    from.origin === to.origin
      ? `The answers of ${from.host} lead round in a circle. Try again in a minute.`
      : `The answer of ${from.host} leads to ${to.host || to.protocol}, where this connection may not be used. Check the network, then try again.`,
  )

const refusal = (address: URL) => new AppError('forbidden', `This connection may not be used to reach ${address.host || address.protocol}.`)
