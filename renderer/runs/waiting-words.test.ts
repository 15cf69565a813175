import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goesOnWords } from './waiting-words.ts'

const now = new Date(2026, 10, 21, 14, 0)
const until = (at: Date) => goesOnWords({ for: 'retry', since: now.toISOString(), until: at.toISOString() }, now)

test('a run that waits for a time says when it goes on, and the day when it is another one', () => {
  assert.equal(until(new Date(2026, 10, 21, 14, 3)), 'Goes on at 14:03')
  assert.match(until(new Date(2026, 10, 22, 9, 0)) ?? '', /^Goes on on .*22.* at 09:00$/)
  assert.equal(until(new Date(2026, 10, 21, 13, 59)), 'Goes on now')
})

test('a run that waits for a person names no time', () => {
  assert.equal(goesOnWords({ for: 'permission', since: now.toISOString(), until: null }, now), null)
  assert.equal(goesOnWords(null, now), null)
})
