import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { after, before, beforeEach, describe, it } from 'node:test'
import { boundFetch } from './bound-fetch.ts'

type Seen = { method: string; url: string; authorization: string | undefined; length: string | undefined; body: string }

/** A provider's API on loopback that writes down what reached it. */
async function startApi(answer: (seen: Seen, response: ServerResponse) => void) {
  const seen: Seen[] = []
  const read = async (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const { method = '', url = '', headers } = request
    const one = { method, url, authorization: headers.authorization, length: headers['content-length'], body }
    seen.push(one)
    answer(one, response)
  }
  const server = createServer((request, response) => void read(request, response))
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('no address')
  return { seen, origin: `http://127.0.0.1:${address.port}`, close: () => new Promise(done => server.close(done)) }
}

const refused = { code: 'forbidden', name: 'AppError' }

describe('a fetch bound to one account', () => {
  let api: Awaited<ReturnType<typeof startApi>>
  let elsewhere: Awaited<ReturnType<typeof startApi>>
  let call: typeof fetch

  before(async () => {
    elsewhere = await startApi((_, response) => response.end('elsewhere'))
    api = await startApi(({ url }, response) => {
      if (url === '/moved') response.writeHead(301, { location: '/here?a=1' }).end()
      else if (url === '/away') response.writeHead(302, { location: `${elsewhere.origin}/grab` }).end()
      else if (url === '/loop') response.writeHead(302, { location: '/loop' }).end()
      else if (url === '/moved-write') response.writeHead(307, { location: '/here' }).end()
      else response.end('ok')
    })
    call = boundFetch({ accessToken: 'secret-1', apiOrigins: [api.origin], practiceOrigins: null })
  })
  beforeEach(() => {
    api.seen.length = 0
    elsewhere.seen.length = 0
  })
  after(() => Promise.all([api.close(), elsewhere.close()]))

  it('adds the token, over an Authorization header of the caller', async () => {
    await call(`${api.origin}/x`, { headers: { authorization: 'Bearer mine' } })
    assert.equal(api.seen[0]?.authorization, 'Bearer secret-1')
  })

  it('sends a body as it is, with its length', async () => {
    await call(new URL('/x', api.origin), { method: 'POST', body: 'hello' })
    assert.deepEqual(api.seen[0], { method: 'POST', url: '/x', authorization: 'Bearer secret-1', length: '5', body: 'hello' })
  })

  it('takes a Request too', async () => {
    await call(new Request(`${api.origin}/x`, { method: 'PUT', body: 'hello', headers: { 'content-type': 'text/plain' } }))
    assert.equal(api.seen[0]?.method, 'PUT')
    assert.equal(api.seen[0]?.body, 'hello')
    assert.equal(api.seen[0]?.authorization, 'Bearer secret-1')
  })

  it('refuses every other origin before anything is sent', async () => {
    const { port } = new URL(api.origin)
    const others = [
      elsewhere.origin,
      `http://localhost:${port}`,
      `https://127.0.0.1:${port}`,
      'http://127.0.0.1.example.com',
      `http://${api.origin.slice(7)}@evil.example`,
      `http://user:pass@127.0.0.1:${port}`,
      'data:text/plain,hello',
      'file:///etc/passwd',
    ]
    for (const address of others) await assert.rejects(call(address), refused, address)
    assert.deepEqual([api.seen, elsewhere.seen], [[], []])
  })

  it('follows a redirect within the origin and keeps the token', async () => {
    const response = await call(`${api.origin}/moved`)
    assert.equal(await response.text(), 'ok')
    assert.deepEqual(
      api.seen.map(({ url, authorization }) => [url, authorization]),
      [
        ['/moved', 'Bearer secret-1'],
        ['/here?a=1', 'Bearer secret-1'],
      ],
    )
  })

  it('does not carry the token to another origin by redirect', async () => {
    await assert.rejects(call(`${api.origin}/away`), { code: 'unavailable', message: /leads to .+ Check the network/ })
    assert.deepEqual(elsewhere.seen, [])
  })

  it('ends a circle of redirects', async () => {
    await assert.rejects(call(`${api.origin}/loop`), { code: 'unavailable', message: /in a circle/ })
    assert.equal(api.seen.length, 6)
  })

  it('does not repeat a write because of a redirect', async () => {
    const response = await call(`${api.origin}/moved-write`, { method: 'POST', body: 'x' })
    assert.equal(response.status, 307)
    assert.equal(api.seen.length, 1)
  })

  it('hands a redirect to a caller who asked to see it', async () => {
    assert.equal((await call(`${api.origin}/moved`, { redirect: 'manual' })).status, 301)
  })

  it('ends when the caller cancels', async () => {
    await assert.rejects(call(`${api.origin}/x`, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  })

  it('sends a practice connection to the emulator, and nowhere else', async () => {
    const practice = boundFetch({
      accessToken: 'practice',
      apiOrigins: ['https://slack.com', 'https://files.slack.com'],
      practiceOrigins: { 'https://slack.com': api.origin, 'https://evil.example': api.origin },
    })
    await practice('https://slack.com/api/auth.test?x=%2F')
    await practice(`${api.origin}/next-page`)
    await practice(`https://slack.com//${new URL(elsewhere.origin).host}/grab`)
    for (const address of ['https://files.slack.com/a', 'https://evil.example/', elsewhere.origin])
      await assert.rejects(practice(address), refused)
    assert.deepEqual(
      api.seen.map(({ url }) => url),
      ['/api/auth.test?x=%2F', '/next-page', `//${new URL(elsewhere.origin).host}/grab`],
    )
  })
})
