import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { explainHttp, HttpError, jsonApi } from './json-api.ts'
import { localService } from './local-service.fixture.ts'
import { github } from './providers/github.ts'

const note = z.object({ id: z.number() })
const [origin = ''] = github.apiOrigins
const service = { name: 'Notes', origin }
const explain = explainHttp('Notes')

test('a request carries the token, the query without what is not given, and JSON both ways', async t => {
  const { call, requests } = await localService(t, github, () => Response.json({ id: 7, more: true }))
  const api = jsonApi(call, service)
  assert.deepEqual(await api.get('/notes', note, { limit: 5, after: undefined, deep: false }), { id: 7 })
  assert.deepEqual(await api.post('/notes', note, { text: 'ä' }), { id: 7 })
  assert.deepEqual(
    requests.map(({ method, path, query, body }) => [method, path, query, body]),
    [
      ['GET', '/notes', { limit: '5', deep: 'false' }, ''],
      ['POST', '/notes', {}, '{"text":"ä"}'],
    ],
  )
  assert.deepEqual([...new Set(requests.map(({ authorization }) => authorization))], ['Bearer a-token'])
})

test('an empty answer serves where nothing is expected, and nowhere else', async t => {
  const { call } = await localService(t, github, () => new Response(null, { status: 204 }))
  const api = jsonApi(call, service)
  assert.equal(await api.request('DELETE', '/notes/7', { answer: z.undefined() }), undefined)
  await assert.rejects(api.get('/notes', note), { code: 'unavailable', message: /form Plugboard does not know/ })
})

test('a path cannot lead to another service', async t => {
  const { call, requests } = await localService(t, github, () => Response.json({ id: 7 }))
  await assert.rejects(jsonApi(call, service).get('https://example.com/notes', note), { code: 'forbidden' })
  assert.deepEqual(requests, [])
})

for (const [status, code] of [
  [400, 'validation'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [409, 'conflict'],
  [410, 'not_found'],
  [422, 'validation'],
  [429, 'rate_limited'],
  [500, 'unavailable'],
  [503, 'unavailable'],
] as const)
  test(`HTTP ${status} is ${code}, in a sentence with the service’s name`, async t => {
    const { call } = await localService(t, github, () => new Response('why '.repeat(1000), { status }))
    const error = await jsonApi(call, service)
      .get('/notes', note)
      .catch((error: unknown) => error)
    assert.ok(error instanceof HttpError)
    const explained = explain(error)
    assert.equal(explained?.code, code)
    assert.match(explained?.message ?? '', /Notes .*\.$/)
    assert.match(explained?.details ?? '', new RegExp(`^HTTP ${status} why`))
    assert.ok((explained?.details ?? '').length < 600)
  })

test('what is no answer of the service is not explained as one', () => {
  assert.equal(explain(new Error('a bug')), null)
  assert.equal(explain(new TypeError('fetch failed'))?.code, 'unavailable')
})
