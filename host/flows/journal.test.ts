import assert from 'node:assert/strict'
import { AppError } from '../../core/errors.ts'
import { onEachDatabase } from '../store/each-database.fixture.ts'
import { ask, type Database } from '../store/engine.ts'
import { createJournal, failedSince, type NewRun } from './journal.ts'
import { createPersist } from './persist.ts'
import { createFlowTables } from './tables.ts'

const draft: NewRun = {
  id: 'run-1',
  kind: 'flow',
  name: 'desk',
  cause: 'Run now',
  trigger: null,
  definition: [],
  stepsTotal: 1,
  depth: 0,
  user: null,
}

/** A database that makes the first commit and says that it did not. */
function forgetful(engine: Database): Database {
  let commits = 0
  return {
    ...engine,
    async transaction(work, options) {
      const result = await engine.transaction(work, options)
      if (++commits === 1) throw new AppError('unavailable', 'The database went away while this was being saved.')
      return result
    },
  }
}

onEachDatabase('a run whose commit was made although its answer was lost is one run', async ({ engine }) => {
  await createFlowTables(engine)
  const journal = createJournal({ appId: 'desk', database: engine, now: () => 1 })
  const reports: unknown[] = []
  const persist = createPersist(forgetful(engine), error => reports.push(error), new AbortController().signal)
  const row = await persist(() => journal.add(draft))
  assert.deepEqual([row?.id, reports.length], ['run-1', 1])
  assert.equal((await engine.transaction(() => journal.list({}))).items.length, 1)
})

onEachDatabase('a moment that has had its run gives none to another', async ({ engine }) => {
  await createFlowTables(engine)
  const journal = createJournal({ appId: 'desk', database: engine, now: () => 1 })
  const add = (id: string) => engine.transaction(() => journal.add({ ...draft, id, occurrence: 'desk@9:00' }))
  assert.equal((await add('run-1'))?.id, 'run-1')
  assert.equal(await add('run-2'), null)
})

onEachDatabase('runs that failed are counted and listed from a time on', async ({ engine }) => {
  await createFlowTables(engine)
  const journal = createJournal({ appId: 'desk', database: engine, now: () => 1 })
  const end = (id: string, state: 'failed' | 'succeeded', at: number) =>
    engine.transaction(function* () {
      const row = yield* journal.add({ ...draft, id })
      assert.ok(row)
      yield* journal.updateRun(row.seq, { state, finished_at: at, wake_at: null })
    })
  await end('early', 'failed', 10)
  await end('well', 'succeeded', 20)
  await end('late', 'failed', 20)
  await engine.transaction(() => journal.add({ ...draft, id: 'under way' }))
  assert.deepEqual(await Promise.all([0, 10, 11, 21].map(since => ask(engine, failedSince(since)))), [2, 2, 1, 0])
  const listed = async (since: number) => (await ask(engine, journal.list({ state: 'failed', since }))).items.map(({ id }) => id)
  assert.deepEqual([await listed(10), await listed(11)], [['late', 'early'], ['late']])
})
