import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { innerAppError } from '../../connectors/inner-error.ts'
import { boundFetch } from '../../core/bound-fetch.ts'
import { NoUsableAnswer, send } from '../../oauth/answer.ts'
import { createOutbound } from './outbound.ts'

// A process of its own: from here on its requests are guarded as those of a relay.
const outbound = createOutbound()
let asked = 0
let origin = ''
const server = createServer((_, response) => {
  asked += 1
  response.end('{}')
})
before(async () => {
  outbound.guardProcess()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => {
  server.close()
  return outbound.close()
})

test('a token that was to be renewed at an inner address was not sent, and the reason says why', async () => {
  await assert.rejects(send(`${origin}/token`, { method: 'POST', body: 'refresh_token=x' }), error => {
    assert.ok(error instanceof NoUsableAnswer && error.notSent)
    assert.match(error.message, /^127\.0\.0\.1 leads into a private network/)
    return true
  })
  assert.equal(asked, 0)
})

test('a call of an app to an inner address sends no token, and its error is the guard’s', async () => {
  const call = boundFetch({ accessToken: 'token', apiOrigins: [origin], practiceOrigins: null })
  const error: unknown = await call(`${origin}/api`).catch((thrown: unknown) => thrown)
  assert.equal(innerAppError(error)?.code, 'forbidden')
  assert.equal(asked, 0)
})

test('a practice account is reached at the origin that was allowed', async () => {
  outbound.allow(origin)
  const call = boundFetch({
    accessToken: 'token',
    apiOrigins: ['https://api.example.com'],
    practiceOrigins: { 'https://api.example.com': origin },
  })
  assert.equal((await call('https://api.example.com/me')).status, 200)
  assert.equal(asked, 1)
})
