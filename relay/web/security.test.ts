import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Hono } from 'hono'
import type { RelayEnv } from './request.ts'
import { secureHeaders } from './security.ts'

const headersOf = async (isHttps: boolean) => {
  const app = new Hono<RelayEnv>()
  app.use(secureHeaders(isHttps))
  app.get('/', c => c.text(''))
  return (await app.request('/')).headers
}

it('browsers are asked to stay with https where the relay has it', async () => {
  assert.equal((await headersOf(true)).get('strict-transport-security'), 'max-age=31536000')
  assert.equal((await headersOf(false)).get('strict-transport-security'), null)
})

it('an answer runs nothing, is in no frame and in no cache, and tells other sites no address', async () => {
  const headers = await headersOf(true)
  assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none';.*frame-ancestors 'none'; base-uri 'none'$/)
  assert.deepEqual(
    ['x-frame-options', 'x-content-type-options', 'cache-control', 'referrer-policy'].map(name => headers.get(name)),
    ['DENY', 'nosniff', 'no-store', 'same-origin'],
  )
})
