import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { until } from '../../core/until.fixture.ts'
import { callFunction, everyMorning, openApp, reaches } from './fixture.ts'

const hour = 3_600_000
const day = 24 * hour

/** An app with one daily flow (09:00 in Berlin) and a clock in our hands. `look` waits until the clock has been looked at. */
async function openDaily(start: string, schedule: Record<string, string> = everyMorning) {
  const clock = { now: Date.parse(start) }
  let looks = 0
  const now = () => (looks++, clock.now)
  const app = await openApp({ daily: { trigger: schedule, do: [callFunction('send')] } }, {}, { now, tickMs: 2 })
  async function look() {
    const from = looks
    await until(() => looks > from + 12, 'two looks at the clock')
  }
  return {
    app,
    async at(time: string | number) {
      clock.now = typeof time === 'string' ? Date.parse(time) : clock.now + time
      await look()
      return (await app.runs()).map(run => (run.trigger as { data: { scheduled_for: string } }).data.scheduled_for)
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}

test('a schedule fires at its moment in its own zone, not before', async () => {
  await using daily = await openDaily('2026-11-21T07:59:00Z')
  assert.deepEqual(await daily.at('2026-11-21T07:59:59Z'), [])
  assert.deepEqual(await daily.at('2026-11-21T08:00:00Z'), ['2026-11-21T08:00:00.000Z'])
  assert.deepEqual(await daily.at('2026-11-21T08:30:00Z'), ['2026-11-21T08:00:00.000Z'])
})

test('moments that passed while the clock jumped forward start one run', async () => {
  await using daily = await openDaily('2026-11-21T10:00:00Z')
  assert.deepEqual(await daily.at(10 * day), ['2026-12-01T08:00:00.000Z'])
  assert.equal((await daily.at(day)).length, 2)
})

test('moments that passed while the app was closed start one run at the next start', async () => {
  const clock = { now: Date.parse('2026-11-21T10:00:00Z') }
  await using app = await openApp({ daily: { trigger: everyMorning, do: [callFunction('send')] } }, {}, { now: () => clock.now, tickMs: 2 })
  await app.flows.close()
  clock.now += 3 * day
  await app.restart()
  const runs = await until(async () => ((await app.runs()).length ? app.runs() : null), 'the run')
  assert.deepEqual(
    runs.map(run => run.trigger),
    [{ type: 'scheduled', data: { scheduled_for: '2026-11-24T08:00:00.000Z', timezone: 'Europe/Berlin' } }],
  )
})

test('a clock that is set back fires no moment twice, and later ones on time', async () => {
  await using daily = await openDaily('2026-11-21T07:30:00Z')
  const once = await daily.at('2026-11-21T08:10:00Z')
  assert.equal(once.length, 1)
  assert.deepEqual(await daily.at('2026-11-21T07:30:00Z'), once)
  assert.deepEqual(await daily.at('2026-11-21T08:00:00Z'), once)
  assert.deepEqual(await daily.at('2026-11-21T09:00:00Z'), once)
  assert.equal((await daily.at('2026-11-22T08:00:00Z')).length, 2)
})

test('a clock that was a year ahead and is put right does not silence the schedule for a year', async () => {
  await using daily = await openDaily('2027-11-21T10:00:00Z')
  await daily.at('2026-11-21T10:00:00Z')
  assert.deepEqual(await daily.at('2026-11-22T08:00:00Z'), ['2026-11-22T08:00:00.000Z'])
})

test('a daily moment comes once on the days when the clocks change', async () => {
  const night = { ...everyMorning, cron_expression: '30 2 * * *' }
  await using spring = await openDaily('2026-03-28T12:00:00Z', night)
  for (const time of ['2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z', '2026-03-29T01:31:00Z', '2026-03-29T02:30:00Z']) await spring.at(time)
  assert.equal((await spring.at('2026-03-29T12:00:00Z')).length, 1)
  await using autumn = await openDaily('2026-10-24T12:00:00Z', night)
  for (const time of ['2026-10-25T00:30:00Z', '2026-10-25T01:29:00Z', '2026-10-25T01:30:00Z']) await autumn.at(time)
  assert.equal((await autumn.at('2026-10-25T12:00:00Z')).length, 1)
})

test('a wait is not made longer by a clock that is set back', async () => {
  const clock = { now: Date.parse('2026-11-21T10:00:00Z') }
  await using app = await openApp({ nap: { do: [{ nap: { wait: 'PT1H' } }] } }, {}, { now: () => clock.now, tickMs: 2 })
  const { runId } = await app.flows.runNow('nap')
  await reaches(app.flows, runId, ['waiting'])
  clock.now -= 5 * hour
  await until(
    async () => Number((await app.query(sql`select wake_at from flow_runs`))[0]?.wake_at) === clock.now + hour,
    'the timer to follow',
  )
  clock.now += hour
  await reaches(app.flows, runId, ['succeeded'])
})

test('switching a schedule off and on again does not fire what it missed', async () => {
  const clock = { now: Date.parse('2026-11-21T07:00:00Z') }
  const flow = { trigger: everyMorning, do: [callFunction('send')] }
  await using app = await openApp({ daily: flow }, {}, { now: () => clock.now, tickMs: 2 })
  await app.use({ daily: { ...flow, is_active: false } })
  clock.now += 3 * day
  await app.use({ daily: flow })
  clock.now += hour / 2
  await app.flows.modelChanged()
  assert.deepEqual(await app.runs(), [])
})
