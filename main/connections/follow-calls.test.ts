import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { it, type TestContext } from 'node:test'
import { Changes } from '../../core/rpc/stream.ts'
import { AppError } from '../../core/errors.ts'
import type { HostLink, HostState } from '../hostlink/hostlink.ts'
import { followCalls } from './follow-calls.ts'

/** A host whose calls, death and return the test decides. */
async function withHost(t: TestContext, { runsApp = true } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const states = new Changes<HostState>()
  let calls = new Changes<object>()
  let ended = new AbortController()
  const host = { state: 'running' as HostState, runsApp }
  const watch = async (_: object, { signal }: { signal: AbortSignal }) => {
    if (!host.runsApp) throw new AppError('not_found', 'This app is not open.')
    return calls.follow(AbortSignal.any([signal, ended.signal]))
  }
  const hostLink = {
    watch: (signal?: AbortSignal) => states.followState(() => host.state, signal),
    client: () => ({ activity: { watch } }),
  } as unknown as HostLink
  const told = t.mock.fn()
  const following = followCalls({ hostLink, appId: 'desk', told, pauseMs: 1000 })
  t.after(following.stop)
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await nextTurn()
  }
  await settle()
  return {
    following,
    host,
    settle,
    times: () => told.mock.callCount(),
    async callNow(times = 1) {
      for (let count = 0; count < times; count++) calls.publish({})
      await settle()
    },
    async restart() {
      ended.abort()
      host.state = 'restarting'
      states.publish('restarting')
      await settle()
      calls = new Changes<object>()
      ended = new AbortController()
      host.state = 'running'
      states.publish('running')
      await settle()
    },
  }
}

it('tells of a call at once, and of a hundred more in the next second once', async t => {
  const { callNow, settle, times } = await withHost(t)
  await callNow()
  assert.equal(times(), 1)
  await callNow(100)
  assert.equal(times(), 1)
  t.mock.timers.tick(1000)
  await settle()
  assert.equal(times(), 2)
  t.mock.timers.tick(1000)
  await callNow()
  assert.equal(times(), 3)
})

it('goes on after the host has started again', async t => {
  const { callNow, restart, times } = await withHost(t)
  await restart()
  await callNow()
  assert.equal(times(), 1)
})

it('follows an app that is opened later', async t => {
  const { callNow, following, host, settle, times } = await withHost(t, { runsApp: false })
  host.runsApp = true
  following.again()
  await settle()
  await callNow()
  assert.equal(times(), 1)
})

it('is silent once it is stopped, also about what was due', async t => {
  const { callNow, following, times } = await withHost(t)
  await callNow(2)
  following.stop()
  t.mock.timers.tick(5000)
  await callNow()
  assert.equal(times(), 1)
})
