import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createLog, maskValue, shownBytes, toShown } from './mask.ts'

test('the value of a field that is named like a secret is hidden, and its neighbours are not', () => {
  const value = {
    access_token: 'abc',
    clientSecret: 'x',
    Authorization: 'Bearer abcdefgh1234',
    tokens_used: 5,
    title: 'Reset my password',
    nested: [{ api_key: 'k' }],
  }
  assert.deepEqual(maskValue(value), {
    access_token: '••••••',
    clientSecret: '••••••',
    Authorization: '••••••',
    tokens_used: 5,
    title: 'Reset my password',
    nested: [{ api_key: '••••••' }],
  })
})

test('no value takes more than 64 kB, and what is kept is JSON', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.string({ minLength: 1 }).map(text => text.repeat(Math.ceil(100_000 / text.length))),
      ),
      value => {
        const shown = toShown(JSON.parse(JSON.stringify(value)))
        assert.ok(Buffer.byteLength(shown) <= shownBytes + 100)
        JSON.parse(shown)
      },
    ),
  )
})

test('a hundred megabytes of log lines are kept as a few, with a note of how many were not', () => {
  const log = createLog()
  const line = { at: new Date().toISOString(), level: 'info' as const, text: 'y'.repeat(100_000) }
  for (let n = 0; n < 1000; n++) log.add(line)
  const lines = log.lines()
  assert.ok(Buffer.byteLength(JSON.stringify(lines)) < 80_000)
  assert.match(lines.at(-1)?.text ?? '', /more lines were not kept/)
})
