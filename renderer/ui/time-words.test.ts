import assert from 'node:assert/strict'
import { test } from 'node:test'
import { durationWords, relativeWords } from './time-words.ts'

const noon = new Date(2026, 10, 20, 12).getTime()
const minutes = (count: number): number => count * 60_000
const hours = (count: number): number => minutes(count * 60)

test('what has happened is told in minutes, hours, yesterday, then by its day', () => {
  const ago = (ms: number) => relativeWords(noon - ms, noon)
  assert.deepEqual([0, minutes(4), hours(3), hours(20)].map(ago), ['Just now', '4 min ago', '3 h ago', 'Yesterday'])
  assert.match(ago(hours(24 * 5)), /15/)
  assert.match(ago(hours(24 * 400)), /2025/)
})

test('late yesterday evening is hours ago, not a day', () => {
  const oneInTheMorning = new Date(2026, 10, 20, 1).getTime()
  assert.equal(relativeWords(oneInTheMorning - hours(2), oneInTheMorning), '2 h ago')
})

test('what is to come is told with its clock time once it is over an hour away', () => {
  assert.equal(relativeWords(noon + minutes(20), noon), 'In 20 min')
  assert.match(relativeWords(noon + hours(3), noon), /^Today, /)
  assert.match(relativeWords(noon + hours(21), noon), /^Tomorrow, /)
})

test('a clock that is a little behind says just now', () => assert.equal(relativeWords(noon + 30_000, noon), 'Just now'))

test('durations keep the unit a person thinks in', () => {
  assert.deepEqual([182, 1400, 125_000].map(durationWords), ['182 ms', '1.4 s', '2 min 5 s'])
})
