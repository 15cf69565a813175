import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../core/until.fixture.ts'
import { callFunction, ended, openApp } from './fixture.ts'

const delivery = (id: string, data: Record<string, string | number> = {}) => ({
  id,
  receivedAt: '2026-11-21T10:00:00.000Z',
  data,
  headers: { 'x-event': 'order' },
  query: { shop: 'north' },
})

const onRequest = { trigger_type: 'webhook' }
const keep = callFunction('keep', '${ .trigger }')

test('a request to a flow’s address starts one run, which finds it in its trigger', async () => {
  const kept: unknown[] = []
  await using app = await openApp({ order: { trigger: onRequest, do: [keep] } }, { keep: input => kept.push(input) })
  await app.flows.receive('order', delivery('a', { total: 5 }))
  const [run] = await app.runs()
  assert.equal((await ended(app.flows, run?.id ?? '')).state, 'succeeded')
  assert.equal(run?.cause, 'Webhook')
  assert.deepEqual(kept, [
    {
      type: 'webhook',
      data: { total: 5 },
      headers: { 'x-event': 'order' },
      query: { shop: 'north' },
      delivery_id: 'a',
      received_at: '2026-11-21T10:00:00.000Z',
    },
  ])
})

test('a delivery that comes again starts nothing, also after a restart', async () => {
  await using app = await openApp({ order: { trigger: onRequest, do: [keep] }, other: { trigger: onRequest, do: [keep] } })
  await Promise.all(['a', 'a', 'b'].map(id => app.flows.receive('order', delivery(id))))
  await app.restart()
  await app.flows.receive('order', delivery('a'))
  assert.equal((await app.runs()).length, 2)
  await app.flows.receive('other', delivery('a'))
  assert.equal((await app.runs()).length, 3, 'another flow’s deliveries have names of their own')
})

test('the condition of the trigger decides which requests start a run', async () => {
  await using app = await openApp({ order: { trigger: onRequest, condition: '.trigger.data.total > 10', do: [keep] } })
  await app.flows.receive('order', delivery('small', { total: 5 }))
  await app.flows.receive('order', delivery('large', { total: 50 }))
  assert.deepEqual(
    (await app.runs()).map(({ trigger }) => (trigger as { delivery_id: string }).delivery_id),
    ['large'],
  )
})

test('a condition that cannot be checked is a failed run that says so', async () => {
  await using app = await openApp({ order: { trigger: onRequest, condition: '.trigger.data.total | keys', do: [keep] } })
  await app.flows.receive('order', delivery('a', { total: 5 }))
  const [run] = await app.runs()
  assert.equal(run?.state, 'failed')
  assert.match(run.error?.message ?? '', /^The condition of the trigger could not be checked\./)
})

test('a flow that is not there takes no request', async () => {
  await using app = await openApp({})
  await assert.rejects(app.flows.receive('order', delivery('a')), { code: 'not_found' })
})

test('run by hand, it gets the example of its file as the body of a request, or another one', async () => {
  const kept: unknown[] = []
  const trigger = { ...onRequest, example: { total: 7 } }
  await using app = await openApp(
    { order: { trigger, do: [callFunction('keep', '${ .trigger.data }')] } },
    { keep: input => kept.push(input) },
  )
  await app.runNow('order')
  await app.runNow('order', { total: 8 })
  assert.deepEqual(kept, [{ total: 7 }, { total: 8 }])
})

test('a run of a request that waits for a permission is not taken for that of a schedule', async () => {
  const step = { post: { call: 'invoke_connector_action', with: { connector: 'slackbot', action: 'postMessage', input: {} } } }
  await using app = await openApp({ order: { trigger: onRequest, do: [step] } }, {}, { now: () => clock.now })
  await app.flows.receive('order', delivery('a'))
  await until(async () => (await app.runs())[0]?.state === 'waiting', 'a run that waits')
  await app.use({ order: { trigger: { trigger_type: 'scheduled', cron_expression: '* * * * *', timezone: 'UTC' }, do: [step] } })
  clock.now += 60_000
  await until(async () => (await app.runs()).length === 2, 'a run of the schedule')
  assert.deepEqual(
    (await app.runs()).map(({ cause }) => cause),
    ['Webhook', 'Schedule'],
  )
})
const clock = { now: Date.now() }

test('a flow says who calls it, and when another one has its address', async () => {
  await using app = await openApp({
    one: { trigger: { ...onRequest, source: 'stripe' }, do: [keep] },
    two: { trigger: onRequest, do: [keep] },
    'Two ': { trigger: onRequest, do: [keep] },
    three: { trigger: { ...onRequest, hook_name: 'four' }, do: [keep] },
  })
  assert.deepEqual(
    (await app.flows.list()).map(({ trigger, blockedBy }) => [trigger.words, blockedBy?.message ?? null]),
    [
      ['When Stripe sends a webhook', null],
      ['When its web address is called', '“Two ” has the same web address. Give one of the two another hook_name.'],
      ['When its web address is called', '“two” has the same web address. Give one of the two another hook_name.'],
      ['When its web address is called', null],
    ],
  )
})
