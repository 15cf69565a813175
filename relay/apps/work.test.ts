import assert from 'node:assert/strict'
import { onEachDatabase } from '../../host/store/each-database.fixture.ts'
import { until } from '../../core/until.fixture.ts'
import { unsteady } from './unsteady.fixture.ts'
import { openWork } from './work.ts'

for (const [what, before] of [
  ['could not be given back', true],
  ['was claimed, and the answer was lost', false],
] as const)
  onEachDatabase(`a turn that ${what} while the database was away is taken again by the same process`, async ({ engine }) => {
    const { state, engine: shaky } = unsteady(engine)
    const work = await openWork({ database: shaky, report: () => {}, beatMs: 10 })
    const gate = Promise.withResolvers<void>()
    const epochs: number[] = []
    await work.start({
      async run({ epoch }) {
        epochs.push(epoch)
        if (epochs.length === 1) await gate.promise
      },
      nextAt: async () => null,
    })
    try {
      if (!before) Object.assign(state, { left: 0, before })
      // What is asked for is stored, also where the answer to that is lost.
      await work.add('desk').catch(() => {})
      const failed = state.failed
      if (before) {
        await until(() => epochs.length === 1)
        Object.assign(state, { left: 0, before })
      }
      gate.resolve()
      await until(() => state.failed > failed)
      // Both ways the row says that this process has the app, which it has not.
      await until(async () => (await work.states()).get('desk')?.isRun === true)
      state.left = Infinity
      const known = epochs.length
      await work.add('desk')
      await until(() => epochs.length > known)
      assert.ok(epochs.every((epoch, at) => at === 0 || epoch > (epochs[at - 1] ?? 0)))
    } finally {
      await work.stop()
    }
  })

onEachDatabase('work that could not be asked for while the database was away is found once it is back', async ({ engine }) => {
  const { state, engine: shaky } = unsteady(engine)
  const work = await openWork({ database: shaky, report: () => {}, beatMs: 10 })
  let runs = 0
  let dueAt: number | null = null
  await work.start({ run: async () => void (runs += 1), nextAt: async () => dueAt })
  try {
    await work.add('desk')
    await until(async () => runs === 1 && (await work.states()).get('desk')?.isRun === false)
    dueAt = 0
    state.left = 0
    await assert.rejects(work.add('desk'), { code: 'unavailable' })
    state.left = Infinity
    await until(() => runs > 1)
  } finally {
    dueAt = null
    await work.stop()
  }
})
