import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../core/errors.ts'
import { until } from '../../core/until.fixture.ts'
import { accountOf, callAction, ended, openApp } from './fixture.ts'
import { afterFailure } from './retry.ts'

const slowDown = (retryAfterMs?: number) => new AppError('rate_limited', 'Slack asks to slow down.', { retryAfterMs })
const post = { do: [callAction('post', 'slackbot', 'postMessage', { text: 'x' })] }
const accounts = async () => [accountOf('slackbot', ['chat:write'])]

test('a step that a service puts off waits until the time it names, as often as it does, and uses up no try', async () => {
  const clock = { now: Date.parse('2026-11-21T14:00:00Z') }
  const callsAt: string[] = []
  const callAction = async () => {
    callsAt.push(new Date(clock.now).toISOString().slice(11, 19))
    if (callsAt.length <= 4) throw slowDown(180_000)
    return null
  }
  await using app = await openApp({ post }, {}, { callAction, accounts, now: () => clock.now, tickMs: 2, retryDelaysMs: [] })
  const { runId } = await app.flows.runNow('post', {})
  for (let nth = 1; nth <= 4; nth++) {
    const { waiting, error } = await until(async () => {
      const run = await app.flows.runs.get(runId)
      return callsAt.length === nth && run.state === 'waiting' ? run : null
    }, `the ${nth}. wait`)
    assert.equal(error?.message, 'Slack asks to slow down.')
    assert.deepEqual([waiting?.for, waiting?.until], ['retry', new Date(clock.now + 180_000).toISOString()])
    clock.now += 180_000
  }
  const run = await ended(app.flows, runId)
  assert.deepEqual([run.state, callsAt], ['succeeded', ['14:00:00', '14:03:00', '14:06:00', '14:09:00', '14:12:00']])
})

test('a step that is put off survives a restart and is not tried before its time', async () => {
  const clock = { now: Date.parse('2026-11-21T14:00:00Z') }
  let calls = 0
  const callAction = async () => {
    if (++calls === 1) throw slowDown(3_600_000)
    return null
  }
  await using app = await openApp({ post }, {}, { callAction, accounts, now: () => clock.now, tickMs: 2 })
  const { runId } = await app.flows.runNow('post', {})
  await until(async () => (await app.flows.runs.get(runId)).state === 'waiting', 'it to wait')
  await app.restart()
  await app.flows.accountsChanged()
  assert.equal(calls, 1)
  clock.now += 3_600_000
  assert.equal((await ended(app.flows, runId)).state, 'succeeded')
})

test('a service that names a time again and again is given up in the end, and one that names none at its usual tries', () => {
  const delays = [1000, 5000]
  assert.deepEqual(afterFailure(slowDown(500), { tries: 1, attempt: 99 }, delays), { kind: 'retry', delayMs: 500, counts: false })
  assert.deepEqual(afterFailure(slowDown(500), { tries: 3, attempt: 100 }, delays), { kind: 'fail' })
  const usual = afterFailure(slowDown(), { tries: 1, attempt: 1 }, delays)
  assert.ok(usual.kind === 'retry' && usual.counts && usual.delayMs >= 750 && usual.delayMs <= 1250)
  assert.deepEqual(afterFailure(slowDown(), { tries: 3, attempt: 3 }, delays), { kind: 'fail' })
})
