import { once } from 'node:events'
import { request, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'

export type Sent = { status: number; headers: IncomingHttpHeaders; text: string }

/** A request with another Host, as a browser sends it to a name that leads to this relay. */
export async function send(port: number, options: RequestOptions, body = ''): Promise<Sent> {
  const sent = request({ host: '127.0.0.1', port, ...options })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return { status: response.statusCode ?? 0, headers: response.headers, text }
}

export const getAt = (port: number, host: string, path: string) => send(port, { path, headers: { host, accept: 'text/html' } })
export const postAt = (port: number, host: string, path: string, body: string) =>
  send(port, { path, method: 'POST', headers: { host, origin: `http://${host}`, 'content-length': Buffer.byteLength(body) } }, body)

/** A port that is free now: a relay’s name has it in it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
