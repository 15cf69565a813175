import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunStep } from '../../core/run.ts'
import { barsOf, ticksOf } from './timeline.ts'

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString()
const step = (id: string, from: number | null, to: number | null): RunStep => ({
  id,
  name: id,
  title: id,
  kind: 'function',
  state: 'succeeded',
  attempt: 1,
  startedAt: from === null ? null : at(from),
  finishedAt: to === null ? null : at(to),
  durationMs: null,
  input: null,
  output: null,
  error: null,
  logs: [],
  connector: null,
})

test('bars share the time of the run', () => {
  const { spanMs, bars } = barsOf({ createdAt: at(0), startedAt: at(0), steps: [step('a', 0, 500), step('b', 500, 1000)] }, 0)
  assert.equal(spanMs, 1000)
  assert.deepEqual(
    [bars.get('a'), bars.get('b')],
    [
      { leftPercent: 0, widthPercent: 50 },
      { leftPercent: 50, widthPercent: 50 },
    ],
  )
})

test('a step at work reaches to now, a short one can still be seen, one to come has no bar', () => {
  const { bars } = barsOf(
    { createdAt: at(0), startedAt: at(0), steps: [step('a', 0, 1), step('b', 1, null), step('c', null, null)] },
    Date.parse(at(1000)),
  )
  assert.equal(bars.get('a')?.widthPercent, 1.5)
  assert.ok((bars.get('b')?.widthPercent ?? 0) > 99)
  assert.equal(bars.has('c'), false)
})

test('the axis is marked in a unit that suits it', () => {
  assert.deepEqual(ticksOf(5000), ['0 s', '2.5 s', '5 s'])
  assert.deepEqual(ticksOf(80), ['0 ms', '40 ms', '80 ms'])
})
