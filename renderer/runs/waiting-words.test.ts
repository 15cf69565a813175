import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goesOnWords, sinceWords } from './waiting-words.ts'

const now = new Date(2026, 10, 21, 14, 0)
const waits = (since: Date, until: Date | null) => ({
  for: 'retry' as const,
  since: since.toISOString(),
  until: until?.toISOString() ?? null,
})
const goesOn = (until: Date | null) => goesOnWords(waits(now, until), now)

test('a run that waits for a time says when it goes on, and the day when it is another one', () => {
  assert.equal(goesOn(new Date(2026, 10, 21, 14, 3)), 'Goes on at 14:03')
  assert.match(goesOn(new Date(2026, 10, 22, 9, 0)) ?? '', /^Goes on .*22.*, 09:00$/)
  assert.equal(goesOn(new Date(2026, 10, 21, 13, 59)), 'Goes on now')
})

test('a run that waits for a person names no time to go on, only since when', () => {
  assert.equal(goesOn(null), null)
  assert.equal(sinceWords(waits(new Date(2026, 10, 21, 9, 5), null), now), 'since 09:05')
  assert.match(sinceWords(waits(new Date(2026, 10, 19, 9, 5), null), now), /^since .*19.*, 09:05$/)
})
