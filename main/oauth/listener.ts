import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { AppError } from '../../core/errors.ts'
import type { Provider } from '../../core/provider.ts'
import { pageHeaders, renderPage, type Page } from './page.ts'

export type Listener = {
  /** Exactly what the provider has to send the browser back to. */
  redirectUri: string
  /** The parameters of the one accepted return. The browser waits for `answer`. */
  returned: Promise<URLSearchParams>
  answer(page: Page): void
  /** Sends the waiting browser on instead of answering. */
  sendOn(url: string): void
  close(): Promise<void>
}

type ListenOptions = { provider: Provider; state: string }

/**
 * Waits on loopback for the browser to come back from one sign-in (RFC 8252 §7.3). It takes one GET on the exact path and Host with the
 * state of this attempt; everything else is refused and changes nothing. Throws `unavailable` when every port of the provider is taken.
 */
export async function listen({ provider, state }: ListenOptions): Promise<Listener> {
  const { host, path } = provider.redirect
  const { promise: returned, resolve } = Promise.withResolvers<URLSearchParams>()
  let waiting: ServerResponse | null = null
  let used = false
  let authority = ''

  const receive = (request: IncomingMessage, response: ServerResponse): void => {
    const refusal = refuse(request, { authority, path, state, used })
    if (typeof refusal === 'number') return send(response, refusal, refusedPage(refusal))
    used = true
    waiting = response
    resolve(refusal)
  }
  const { servers, port } = await bind(provider, receive)
  authority = `${host}:${port}`

  const answer = (page: Page): void => {
    if (waiting) send(waiting, page.outcome === 'connected' ? 200 : 400, page)
    waiting = null
  }
  return {
    redirectUri: `http://${authority}${path}`,
    returned,
    answer,
    sendOn(url) {
      waiting?.writeHead(303, { ...pageHeaders, location: url }).end()
      waiting = null
    },
    async close() {
      answer(refusedPage(410))
      await Promise.all(servers.map(stop))
    },
  }
}

type Expected = { authority: string; path: string; state: string; used: boolean }

/** The parameters of the return that is waited for, or the HTTP status that refuses the request. */
function refuse(request: IncomingMessage, { authority, path, state, used }: Expected): URLSearchParams | number {
  // Another Host is DNS rebinding; a request that is not a page load comes from inside some other page.
  if (request.headers.host?.toLowerCase() !== authority) return 421
  if (request.method !== 'GET') return 405
  const url = URL.parse(request.url ?? '', `http://${authority}`)
  if (!url || url.host !== authority || url.pathname !== path || request.url?.split('?')[0] !== path) return 404
  const destination = request.headers['sec-fetch-dest']
  if (destination !== undefined && destination !== 'document') return 403
  const names = [...url.searchParams.keys()]
  if (new Set(names).size !== names.length) return 400
  if (!isSame(url.searchParams.get('state') ?? '', state)) return 400
  return used ? 410 : url.searchParams
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function refusedPage(status: number): Page {
  return status === 410
    ? {
        outcome: 'failed',
        title: 'This sign-in is over',
        text: 'It was finished or cancelled. Start again in Plugboard if you still want to connect.',
      }
    : {
        outcome: 'failed',
        title: 'This is not the sign-in Plugboard waits for',
        text: 'Nothing was connected by it. If you were signing in, go on in the other tab or start again.',
      }
}

function send(response: ServerResponse, status: number, page: Page): void {
  response.writeHead(status, pageHeaders).end(renderPage(page))
}

type Receive = (request: IncomingMessage, response: ServerResponse) => void

/** The first port of the provider's list that is free, or any. `localhost` must be ours in both families: whoever had the other would get the code. */
async function bind({ name, redirect: { host, ports } }: Provider, receive: Receive): Promise<{ servers: Server[]; port: number }> {
  const candidates = ports.length > 0 ? ports : [0, 0, 0]
  for (const candidate of candidates) {
    const first = await tryListen(candidate, '127.0.0.1', receive)
    if (first === 'taken' || first === 'absent') continue
    const address = first.address()
    const port = typeof address === 'object' && address ? address.port : candidate
    if (host !== 'localhost') return { servers: [first], port }
    const second = await tryListen(port, '::1', receive)
    if (second === 'absent') return { servers: [first], port }
    if (second !== 'taken') return { servers: [first, second], port }
    await stop(first)
  }
  throw new AppError(
    'unavailable',
    `${name} can only come back to port ${candidates.join(', ')} of this computer, and other programs use them. Close those and try again.`,
    {
      action: { kind: 'retry' },
    },
  )
}

/** `absent`: this computer has no such address, as without IPv6. */
function tryListen(port: number, address: string, receive: Receive): Promise<Server | 'taken' | 'absent'> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, receive)
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve('taken')
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve('absent')
      else reject(error)
    })
    server.listen({ port, host: address, exclusive: true }, () => resolve(server))
  })
}

/** Stops taking connections at once; what is being answered has a second to arrive. */
function stop(server: Server): Promise<void> {
  return new Promise(resolve => {
    const limit = setTimeout(() => server.closeAllConnections(), 1000)
    server.close(() => {
      clearTimeout(limit)
      resolve()
    })
  })
}
