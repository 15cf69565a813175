import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { until } from '../../core/until.fixture.ts'
import type { Budgets } from '../gateway/budgets.ts'
import { json, startClock, startProvider } from '../gateway/gateway.fixture.ts'
import { makeCluster } from '../store/postgres-cluster.fixture.ts'
import { openPostgres } from '../store/postgres.ts'
import { ended } from './fixture.ts'
import type { Flows } from './interface.ts'
import { openPosting, openPostingIn } from './posting.fixture.ts'

type Answer = Parameters<typeof startProvider>[1]

const accept: Answer = (_, response) => json(response, { ok: true, channel: 'C1', ts: '1.0' })
const refuse: Answer = (_, response) => json(response, { ok: false, error: 'ratelimited' }, 429, { 'retry-after': '20' })

/** A Slack that answers its first request as it is told and is fine after it, and an app that posts to it. */
async function startSlack(t: TestContext, first: Answer) {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-posting-'))
  const slack = await startProvider(t, (request, response, nth) => (nth === 1 ? first : accept)(request, response, nth))
  const closers: (() => Promise<void>)[] = []
  t.after(async () => {
    for (const close of closers) await close()
    await rm(folder, { recursive: true, force: true })
  })
  const open = async (budgets?: Budgets) => {
    const opened = await openPostingIn(folder, slack.origin, budgets)
    closers.push(opened.close)
    return opened
  }
  return { ...slack, folder, open }
}

for (const name of ['step', 'function'])
  test(`messages of a ${name} that wait for their turn when the flows close are sent once each when they open again`, async t => {
    const { requests, open } = await startSlack(t, refuse)
    const clock = startClock()
    const before = await open(clock.budgets)
    const refused = await before.flows.runNow(name)
    await until(() => requests.length === 1, 'the first message')
    await clock.nextWait()
    const unsent = await before.flows.runNow(name)
    await until(async () => (await before.flows.runs.get(unsent.runId)).state === 'running', 'the second run')
    await before.close()
    assert.equal(requests.length, 1)

    const after = await open()
    for (const { runId } of [refused, unsent]) {
      const { state, error } = await ended(after.flows, runId)
      assert.equal(state, 'succeeded', error?.message)
    }
    assert.equal(requests.length, 3, 'the refused message and two that were taken')
  })

test('a message that has left when the flows close is not sent again until a person asks for it', async t => {
  const { requests, open } = await startSlack(t, () => {})
  const before = await open()
  const { runId } = await before.flows.runNow('step')
  await until(() => requests.length === 1, 'the message')
  await before.close()

  const after = await open()
  const { state, error } = await ended(after.flows, runId)
  assert.equal(state, 'failed')
  assert.match(error?.message ?? '', /It may have been done all the same/)
  assert.equal(requests.length, 1)
  await after.flows.runs.retry(runId)
  assert.equal((await ended(after.flows, runId)).state, 'succeeded')
  assert.equal(requests.length, 2)
})

test('a message that waits for its turn when its run is cancelled is sent once when a person wants the run again', async t => {
  const { requests, open } = await startSlack(t, refuse)
  const clock = startClock()
  const { flows } = await open(clock.budgets)
  const { runId } = await flows.runNow('step')
  await until(() => requests.length === 1, 'the message')
  await clock.nextWait()
  await flows.runs.cancel(runId)
  assert.equal((await ended(flows, runId)).state, 'cancelled')
  await until(flows.isIdle)
  clock.advance(20_000)
  await flows.runs.retry(runId)
  assert.equal((await ended(flows, runId)).state, 'succeeded')
  assert.equal(requests.length, 2)
})

test('kill -9 while a message waits for its turn: it is not sent twice, and a person may have it sent', async t => {
  const { origin, folder, requests, open } = await startSlack(t, refuse)
  const child = spawn(process.execPath, [join(import.meta.dirname, 'posting-child.ts'), folder, origin], { stdio: 'inherit' })
  const gone = once(child, 'exit')
  await until(() => requests.length === 1, 'the message')
  child.kill('SIGKILL')
  await gone

  const after = await open()
  const [run] = (await after.flows.runs.list({ limit: 1 })).items
  assert.ok(run)
  const { state, error } = await ended(after.flows, run.id)
  assert.deepEqual([state, error?.code], ['failed', 'conflict'])
  assert.equal(requests.length, 1)
  await after.flows.runs.retry(run.id)
  assert.equal((await ended(after.flows, run.id)).state, 'succeeded')
  assert.equal(requests.length, 2)
})

test('flows whose database is away close all the same while a message waits, and it is not sent twice', async t => {
  const cluster = await makeCluster({ fsync: false })
  const postgres = openPostgres(cluster.url, { connections: 5, reconnectAfterMs: 50, lookEveryMs: 200 })
  let after: Flows | undefined
  t.after(async () => {
    await after?.close()
    await postgres.close()
    await cluster.remove()
  })
  const { origin, requests } = await startSlack(t, refuse)
  const clock = startClock()
  const before = await openPosting(postgres.engineFor('app-waiting'), origin, clock.budgets)
  const { runId } = await before.runNow('step')
  await until(() => requests.length === 1, 'the message')
  await clock.nextWait()
  await cluster.stop('immediate')
  await before.close()
  await cluster.start()

  after = await openPosting(postgres.engineFor('app-waiting'), origin)
  assert.equal((await ended(after, runId)).state, 'failed')
  assert.equal(requests.length, 1)
  await after.runs.retry(runId)
  assert.equal((await ended(after, runId)).state, 'succeeded')
})
