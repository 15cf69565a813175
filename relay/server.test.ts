import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { startServer } from './server.ts'

async function open(t: TestContext, answer: (request: Request) => Promise<Response> = async () => new Response('here')) {
  const server = await startServer({ port: 0, host: '127.0.0.1' }, { headersTimeoutMs: 60, requestTimeoutMs: 120, checkEveryMs: 20 })
  server.answer(answer)
  t.after(server.close)
  return { ...server, url: `http://127.0.0.1:${server.port}` }
}

/** All that the server says until it ends the connection. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('utf8').on('data', part => (text += part))
  await new Promise(resolve => socket.on('close', resolve))
  return text
}

describe('a relay’s server', () => {
  it('cuts off a client that sends its headers a byte at a time', async t => {
    const { port } = await open(t)
    const socket = connect(port, '127.0.0.1')
    const drip = setInterval(() => socket.writable && socket.write('x'), 10)
    t.after(() => clearInterval(drip))
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nx-slow: ')
    assert.match(await untilClosed(socket), /^(HTTP\/1\.1 408 Request Timeout|$)/)
  })

  it('cuts off a client that never ends its body', async t => {
    const { port } = await open(t, async request => new Response(await request.text()))
    const socket = connect(port, '127.0.0.1')
    const drip = setInterval(() => socket.writable && socket.write('x'), 10)
    t.after(() => clearInterval(drip))
    socket.on('error', () => {})
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n')
    const said = await untilClosed(socket)
    assert.ok(said === '' || /^HTTP\/1\.1 (408|500|400)/.test(said), said)
  })

  it('refuses headers without end', async t => {
    const { port } = await open(t)
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(`GET / HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`)
    assert.match(await untilClosed(socket), /^HTTP\/1\.1 431/)
  })

  it('drains at once when nothing is under way, tells what is not finished, and cuts it off when it ends', async t => {
    const idle = await open(t)
    await (await fetch(idle.url)).text()
    assert.equal(await idle.drain(60_000), 0)
    const arrived = Promise.withResolvers<void>()
    const busy = await open(t, () => {
      arrived.resolve()
      return new Promise(() => {})
    })
    const asked = fetch(busy.url)
    asked.catch(() => {})
    await arrived.promise
    assert.equal(await busy.drain(10), 1)
    await busy.close()
    await assert.rejects(asked)
  })

  it('names a port that is taken', async t => {
    const { port } = await open(t)
    await assert.rejects(startServer({ port, host: '127.0.0.1' }), {
      code: 'conflict',
      message: `Port ${port} is taken by another program. Choose another one with PORT.`,
    })
  })
})
