import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { AppError } from '../core/errors.ts'

export type ServerLimits = {
  /** How long a client may take for the headers, and for a whole request: slower ones are cut off with 408. */
  headersTimeoutMs?: number
  requestTimeoutMs?: number
  checkEveryMs?: number
}

export type RelayServer = {
  port: number
  /** Requests are answered by `listener` from now on; until then they wait. */
  answer(fetch: (request: Request, env: object) => Response | Promise<Response>): void
  /**
   * Takes no new connections after `limitMs`, or once nothing is under way: until then connections are not kept, and new requests are still
   * answered. Resolves with the number of requests that are not finished.
   */
  drain(limitMs: number): Promise<number>
  /** Ends all connections, once the answers that are on their way had a moment to arrive. */
  close(): Promise<void>
}

/** For the answers to requests of which something else was stopped. */
const lastAnswersMs = 1000

/** Listens. Errors: `conflict` for a port that is taken, `unavailable`. */
export async function startServer(
  { port, host }: { port: number; host: string },
  { headersTimeoutMs = 10_000, requestTimeoutMs = 60_000, checkEveryMs = 2000 }: ServerLimits = {},
): Promise<RelayServer> {
  const listening = Promise.withResolvers<RequestListener>()
  let underWay = 0
  let finished: PromiseWithResolvers<void> | null = null
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: checkEveryMs,
      maxHeaderSize: 16_384,
    },
    async (request, response) => {
      underWay += 1
      response.once('close', () => {
        underWay -= 1
        if (underWay === 0) finished?.resolve()
      })
      if (finished) response.setHeader('connection', 'close')
      const listener = await listening.promise
      listener(request, response)
    },
  )
  async function finish(limitMs: number): Promise<void> {
    finished = Promise.withResolvers<void>()
    if (underWay === 0) finished.resolve()
    const timer = setTimeout(finished.resolve, limitMs)
    await finished.promise
    clearTimeout(timer)
  }

  await listen(server, port, host)
  return {
    port: (server.address() as AddressInfo).port,
    answer: fetch => listening.resolve(getRequestListener(fetch)),
    async drain(limitMs) {
      await finish(limitMs)
      server.close()
      return underWay
    },
    async close() {
      server.close()
      await finish(lastAnswersMs)
      server.closeAllConnections()
    },
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (cause: NodeJS.ErrnoException) =>
    reject(
      cause.code === 'EADDRINUSE'
        ? new AppError('conflict', `Port ${port} is taken by another program. Choose another one with PORT.`, { cause })
        : new AppError(
            'unavailable',
            `The relay cannot listen on ${host}, port ${port} (${String(cause.code)}). Choose others with HOST and PORT.`,
            { cause },
          ),
    ),
  )
  server.listen(port, host, resolve)
  return promise
}
