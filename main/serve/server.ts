import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { AppError } from '../../core/errors.ts'
import type { Port } from '../../core/rpc/port.ts'
import { serveOnPort } from '../../core/rpc/serve.ts'
import { createAssets } from '../assets.ts'
import type { PlugboardApp } from '../shell.ts'
import { createAccess, type Access } from './access.ts'

/** Where the browser shell listens when it is free and nobody said otherwise: the page then keeps its origin from start to start. */
const usualPort = 4747
const maxMessageBytes = 64 * 1024 * 1024

type Served = Pick<PlugboardApp, 'router' | 'report'>

export type ServeServer = {
  /** What to open in a browser: it carries the token, which the first answer moves into a cookie. */
  address: string
  /** Starts to answer the pages' calls. */
  attach(app: Served): void
  close(): Promise<void>
}

/** Listens on loopback. `port` null: the usual one, or any when that is taken. Errors: `conflict` when the port asked for is taken. */
export async function startServer(options: { port: number | null; rendererRoot: string }): Promise<ServeServer> {
  const server = createServer()
  const port = await listen(server, options.port)
  const access = createAccess(port)
  const page = createAssets(options.rendererRoot, `'self' ws://127.0.0.1:${port} ws://localhost:${port}`)
  const app = Promise.withResolvers<Served>()
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes })

  server.on('request', (request, response) => void answer(request, response).catch(() => response.destroy()))
  server.on('upgrade', (request, socket, head) => {
    const status = refusal(request, access) ?? (access.isOurOrigin(request) && request.url === '/rpc' ? null : 403)
    if (status) return void socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`)
    sockets.handleUpgrade(request, socket, head, client => void connect(client))
  })

  /** Paused until the app is there: what the page says meanwhile waits. */
  async function connect(client: WebSocket): Promise<void> {
    client.pause()
    const { router, report } = await app.promise
    serveOnPort(portOf(client), router, report)
    client.resume()
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://127.0.0.1:${port}`)
    const given = url.searchParams.get('token')
    if (access.isOurHost(request) && access.isToken(given)) {
      response.writeHead(302, {
        'set-cookie': access.setCookie(),
        location: '/',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      })
      return void response.end()
    }
    const status = refusal(request, access)
    if (status) {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
      return void response.end('Open Plugboard with the whole address that its terminal shows.\n')
    }
    const answered = await page(new Request(url, { method: request.method }))
    response.writeHead(answered.status, Object.fromEntries(answered.headers))
    response.end(Buffer.from(await answered.arrayBuffer()))
  }

  return {
    address: `http://127.0.0.1:${port}/?token=${access.token}`,
    attach: app.resolve,
    async close() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** The status that refuses a request, or null. */
function refusal(request: IncomingMessage, access: Access): 421 | 401 | null {
  if (!access.isOurHost(request)) return 421
  return access.hasCookie(request) ? null : 401
}

async function listen(server: Server, port: number | null): Promise<number> {
  try {
    await listenOn(server, port ?? usualPort)
  } catch (cause) {
    if (port !== null) throw portTaken(port, cause)
    await listenOn(server, 0)
  }
  return (server.address() as AddressInfo).port
}

function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function portTaken(port: number, cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EADDRINUSE')
    return new AppError('conflict', `Port ${port} is taken by another program. Choose another one with --port, or leave --port out.`, {
      cause,
    })
  return new AppError('unavailable', `Plugboard may not listen on port ${port} (${String(code)}). Choose another one with --port.`, {
    cause,
  })
}

function portOf(socket: WebSocket): Port {
  return {
    postMessage: message => socket.send(message as string | Uint8Array),
    addEventListener: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => {
      if (event === 'close') socket.on('close', () => listener({ data: undefined }))
      else socket.on('message', (data, isBinary) => listener({ data: isBinary ? data : String(data) }))
    },
  }
}
