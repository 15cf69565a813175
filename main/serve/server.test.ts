import assert from 'node:assert/strict'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { RPCLink } from '@orpc/client/websocket'
import { oc } from '@orpc/contract'
import { os } from '@orpc/server'
import { WebSocket } from 'ws'
import type { AppError } from '../../core/errors.ts'
import { createClient, linkOptions } from '../../core/rpc/connect.ts'
import { startServer } from './server.ts'

const contract = { double: oc, count: oc }
const router = {
  double: os.handler(({ input }) => (input as number) * 2),
  count: os.handler(async function* () {
    for (let n = 0; n < 3; n++) yield n
  }),
}

async function open(t: TestContext, port: number | null = 0) {
  const root = await mkdtemp(join(tmpdir(), 'serve-'))
  await mkdir(join(root, 'assets'))
  await writeFile(join(root, 'index.html'), '<title>Plugboard</title>')
  const server = await startServer({ port, rendererRoot: root })
  t.after(() => server.close())
  server.attach({ router, report: error => assert.fail(error) })
  const url = new URL(server.address)
  const cookie = `plugboard-${url.port}=${url.searchParams.get('token')}`
  return { url, cookie }
}

/** A plain request, so that Host can be anything. */
function get(url: URL, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: url.port, path, headers, agent: false }, async response => {
      let text = ''
      for await (const part of response) text += String(part)
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
    })
    request.on('error', reject).end()
  })
}

async function refusedWith(url: URL, headers: Record<string, string>, path = '/rpc'): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${url.port}${path}`, { headers })
  const [error] = await once(socket, 'error')
  return (error as Error).message
}

test('the token moves from the address into a cookie that no script and no other site can use', async t => {
  const { url, cookie } = await open(t)
  const { status, headers } = await get(url, `/?token=${url.searchParams.get('token')}`)
  assert.equal(status, 302)
  assert.equal(headers['location'], '/')
  assert.deepEqual(headers['set-cookie'], [`${cookie}; HttpOnly; SameSite=Strict; Path=/`])
  assert.match((await get(url, '/', { cookie })).text, /<title>Plugboard/)
})

test('the token has 256 bits', async t => {
  const { url } = await open(t)
  assert.equal(Buffer.from(url.searchParams.get('token') ?? '', 'base64url').length, 32)
})

test('without the token there is only a hint', async t => {
  const { url, cookie } = await open(t)
  for (const [path, headers] of [
    ['/', {}],
    ['/?token=wrong', {}],
    ['/?token=', {}],
    ['/assets/main.js', { cookie: 'plugboard-1=x' }],
    ['/', { cookie: `${cookie}x` }],
  ] as const) {
    const { status, text } = await get(url, path, headers)
    assert.equal(status, 401, path)
    assert.match(text, /^Open Plugboard with the whole address/)
  }
})

test('another name for 127.0.0.1 is refused, even with the token and the cookie', async t => {
  const { url, cookie } = await open(t)
  for (const host of ['evil.example', `evil.example:${url.port}`, `127.0.0.1.evil.example:${url.port}`, '127.0.0.1', `[::1]:${url.port}`]) {
    assert.equal((await get(url, `/?token=${url.searchParams.get('token')}`, { host })).status, 421, host)
    assert.match(await refusedWith(url, { host, cookie, origin: `http://${host}` }), /421/)
  }
  assert.equal((await get(url, '/', { host: `localhost:${url.port}`, cookie })).status, 200)
})

test('a socket opens for our own page with the cookie, and for nobody else', async t => {
  const { url, cookie } = await open(t)
  assert.match(await refusedWith(url, { origin: url.origin }), /401/)
  assert.match(await refusedWith(url, { cookie }), /403/)
  assert.match(await refusedWith(url, { cookie, origin: 'https://evil.example' }), /403/)
  assert.match(await refusedWith(url, { cookie, origin: 'null' }), /403/)
  assert.match(await refusedWith(url, { cookie, origin: `http://127.0.0.1:${Number(url.port) + 1}` }), /403/)
  assert.match(await refusedWith(url, { cookie, origin: url.origin }, '/other'), /403/)
})

test('calls and streams go over the socket', async t => {
  const { url, cookie } = await open(t)
  const socket = new WebSocket(`ws://${url.host}/rpc`, { headers: { cookie, origin: url.origin } })
  t.after(() => socket.close())
  const client = createClient<typeof contract>(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket, ...linkOptions }))
  assert.equal(await client.double(21), 42)
  const seen: unknown[] = []
  for await (const n of (await client.count(undefined)) as AsyncIterable<number>) seen.push(n)
  assert.deepEqual(seen, [0, 1, 2])
})

test('the page may connect to its own server only', async t => {
  const { url, cookie } = await open(t)
  const { headers } = await get(url, '/', { cookie })
  assert.match(
    String(headers['content-security-policy']),
    new RegExp(`connect-src 'self' ws://127\\.0\\.0\\.1:${url.port} ws://localhost:${url.port};`),
  )
})

test('a port that is taken is told in one sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await assert.rejects(
    startServer({ port, rendererRoot: '.' }),
    (error: AppError) =>
      error.code === 'conflict' &&
      error.message === `Port ${port} is taken by another program. Choose another one with --port, or leave --port out.`,
  )
  other.close()
})

test('when the usual port is taken and none was asked for, any free one serves', async t => {
  const first = await open(t, null)
  const second = await open(t, null)
  assert.notEqual(first.url.port, second.url.port)
})
