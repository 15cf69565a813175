import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { AppError } from '../../core/errors.ts'
import { openDatabase } from '../store/database.ts'
import { sqliteEngine } from '../store/sqlite-engine.ts'
import { createCallJournal } from './call-journal.ts'
import { createPersist } from './persist.ts'
import { createFlowTables } from './tables.ts'
import type { ActionRequest } from './rooms.ts'

/** A journal whose service answers the first call with a line that breaks, so that nobody knows whether it was done. */
async function openJournal(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'calls-'))
  const database = openDatabase(join(folder, 'app.db'))
  t.after(async () => {
    database.close()
    await rm(folder, { recursive: true, force: true })
  })
  const keys: (string | undefined)[] = []
  const engine = sqliteEngine(database)
  await createFlowTables(engine)
  const calls = createCallJournal({
    persist: createPersist(engine, () => {}, new AbortController().signal),
    callAction: async ({ idempotencyKey }) => {
      keys.push(idempotencyKey)
      if (keys.length === 1) throw new AppError('unavailable', 'The line broke.')
      return { id: 'made' }
    },
  })
  const request = (connector: string, action: string, input = {}): ActionRequest => ({
    connector,
    action,
    input,
    caller: { runId: 'run-1', stepId: 'run-1/0', by: { kind: 'flow', name: 'Book' } },
  })
  /** As a step does it: each attempt makes its calls from the start. */
  const attempt = (...requests: ActionRequest[]) => {
    calls.reset('run-1/0')
    return Promise.all(requests.map(each => calls.call(each)))
  }
  return { calls, keys, request, attempt }
}

test('a call that the service knows again by its key is made once more with the same key, and then its answer is kept', async t => {
  const { calls, keys, request, attempt } = await openJournal(t)
  const book = request('googlecalendar', 'createEvent', { title: 'Demo' })
  await assert.rejects(attempt(book), { code: 'unavailable', message: 'The line broke.' })
  assert.equal(await calls.isUncertain('run-1/0'), false)
  assert.deepEqual(await attempt(book), [{ id: 'made' }])
  assert.deepEqual(await attempt(book), [{ id: 'made' }])
  assert.equal(keys.length, 2)
  assert.equal(keys[0], keys[1])
})

test('another call, or the same one a second time in a step, has a key of its own', async t => {
  const { keys, request, attempt } = await openJournal(t)
  const [one, other] = [
    request('googlecalendar', 'createEvent', { title: 'Demo' }),
    request('googlecalendar', 'createEvent', { title: 'Lunch' }),
  ]
  await attempt(one).catch(() => {})
  await attempt(one, one, other)
  assert.equal(keys.length, 4)
  assert.equal(new Set(keys).size, 3)
})

test('a call that the service would do twice is not made again, and a person is asked', async t => {
  const { calls, keys, request, attempt } = await openJournal(t)
  const post = request('slackbot', 'postMessage', { channel: '#support', text: 'x' })
  await assert.rejects(attempt(post), { code: 'unavailable', message: /It may have been done all the same/ })
  assert.equal(await calls.isUncertain('run-1/0'), true)
  await assert.rejects(attempt(post), { code: 'conflict' })
  assert.equal(keys.length, 1)
})
