import assert from 'node:assert/strict'
import { it } from 'node:test'
import { timeWords } from './time.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const minute = 60_000
const words = (at: number) => timeWords(now + at, now)

it('a time is told by how far away it is, and by its day once that is more than a week', () => {
  assert.deepEqual([-1000, -90_000, -59 * minute, -60 * minute, -23 * 60 * minute, -24 * 60 * minute, -6.9 * 24 * 60 * minute].map(words), [
    'just now',
    '1 min ago',
    '59 min ago',
    '1 h ago',
    '23 h ago',
    '1 day ago',
    '6 days ago',
  ])
  assert.deepEqual([1000, 5 * minute, 26 * 60 * minute].map(words), ['just now', 'in 5 min', 'in 1 day'])
  assert.deepEqual([-7 * 24 * 60 * minute, 400 * 24 * 60 * minute].map(words), ['14 Nov 2026', '26 Dec 2027'])
})
