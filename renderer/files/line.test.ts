import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeIn, splitLine } from './line.ts'

test('an address may end in a line', () => {
  assert.deepEqual(splitLine(['billing/remind', 'line-14']), { path: ['billing/remind'], line: 14 })
  assert.deepEqual(splitLine(['line-up']), { path: ['line-up'], line: null })
  assert.deepEqual(splitLine([]), { path: [], line: null })
})

test('a stack names the place where it went wrong', () => {
  assert.deepEqual(placeIn('    at post (functions/billing/post-it/entry.ts:6:12)'), {
    path: 'functions/billing/post-it/entry.ts',
    line: 6,
  })
  assert.deepEqual(placeIn('post failed: no title (functions/post/entry.ts:5)'), { path: 'functions/post/entry.ts', line: 5 })
  assert.equal(placeIn('It was at 10:30.'), null)
})
