import assert from 'node:assert/strict'
import { it } from 'node:test'
import { until } from '../../core/until.fixture.ts'
import { createLoops } from './loops.ts'

it('a connection whose second pass fails after a first that went well is tried again', async t => {
  const first = Promise.withResolvers<void>()
  let passes = 0
  const loops = createLoops({
    async advance() {
      passes += 1
      if (passes === 1) await first.promise
      if (passes === 2) throw new Error('the relay is away')
      return true
    },
    changed: () => {},
    retryMs: 1,
    longestMs: 1,
  })
  t.after(() => loops.close())
  const settled = loops.settle('c1')
  void loops.settle('c1')
  first.resolve()
  await settled
  assert.deepEqual([passes, loops.problem('c1')?.code], [2, 'internal'])
  await until(() => passes === 3 && !loops.problem('c1'), 'a third pass')
})
