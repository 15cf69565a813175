import assert from 'node:assert/strict'
import { AppError } from '../../core/errors.ts'
import { onEachDatabase } from '../store/each-database.fixture.ts'
import type { Database } from '../store/engine.ts'
import { createJournal, type NewRun } from './journal.ts'
import { createPersist } from './persist.ts'
import { createFlowTables } from './tables.ts'

const draft: NewRun = { id: 'run-1', kind: 'flow', name: 'desk', cause: 'Run now', trigger: null, definition: [], stepsTotal: 1, depth: 0 }

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
