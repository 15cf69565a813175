import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** `POST` unless it says otherwise. */
export type Target = { port: number; path: string; method?: 'GET' | 'POST'; headers?: Record<string, string>; body?: string }
export type Load = { requestsPerSecond: number; latenciesMs: number[] }

/**
 * Sends one request after the other on each of some kept connections, for a time. By hand on bare sockets, so that what asks takes as
 * little of the machine as it can from what answers. Throws when an answer is not 200.
 */
export async function load(target: Target, { connections, ms }: { connections: number; ms: number }): Promise<Load> {
  const latenciesMs: number[] = []
  const started = performance.now()
  const isOver = () => performance.now() - started >= ms
  await Promise.all(Array.from({ length: connections }, () => askUntil(isOver, target, latenciesMs)))
  return { requestsPerSecond: latenciesMs.length / ((performance.now() - started) / 1000), latenciesMs }
}

async function askUntil(
  isOver: () => boolean,
  { port, path, method = 'POST', headers = {}, body = '' }: Target,
  latenciesMs: number[],
): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const fields = { host: `127.0.0.1:${port}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  const request = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
  try {
    await ask(socket, request, isOver, latenciesMs)
  } finally {
    socket.destroy()
  }
}

function ask(socket: Socket, request: Buffer, isOver: () => boolean, latenciesMs: number[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let sentAt = 0
  let answer = ''
  const next = () => {
    if (isOver()) return resolve()
    sentAt = performance.now()
    socket.write(request)
  }
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    answer += chunk
    if (!isWhole(answer)) return
    if (!answer.startsWith('HTTP/1.1 200')) return reject(new Error(`The server answered: ${answer.slice(0, 300)}`))
    answer = ''
    latenciesMs.push(performance.now() - sentAt)
    next()
  })
  socket.on('error', reject)
  socket.on('close', () => reject(new Error('The server closed the connection.')))
  next()
  return promise
}

/** RFC 9112 §6: by its Content-Length, or by the last chunk. */
function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return false
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(answer.slice(0, end + 2)) ?? []
  return length === undefined ? answer.endsWith('\r\n0\r\n\r\n') : answer.length >= end + 4 + Number(length)
}
