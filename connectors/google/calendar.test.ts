import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { callFor, practiceFor, run } from '../../practice/practice.fixture.ts'
import calendar from './calendar.ts'
import { endAfter, readMoment } from './event-times.ts'

const { practice } = await practiceFor({ after })
const call = await callFor(practice, calendar)

test('the coming events are listed, earliest first', async () => {
  const events = await run(calendar, call, 'listEvents', {})
  assert.ok(events.some(({ title }) => title === 'Call with Acme'))
  assert.deepEqual(
    events.map(({ start }) => start),
    events.map(({ start }) => start).sort(),
  )
})

test('an event is added, changed in part, and deleted', async () => {
  const made = await run(calendar, call, 'createEvent', {
    title: 'Demo',
    start: '2031-05-01T09:30',
    timeZone: 'Europe/Berlin',
    attendees: ['dana@acme.example'],
  })
  assert.deepEqual([made.start, made.end, made.attendees], ['2031-05-01T09:30:00', '2031-05-01T10:30:00', ['dana@acme.example']])
  const changed = await run(calendar, call, 'updateEvent', { id: made.id, location: 'Room 2' })
  assert.deepEqual([changed.title, changed.location, changed.start], ['Demo', 'Room 2', made.start])
  const span = { from: '2031-05-01T00:00:00Z', to: '2031-05-02T00:00:00Z' }
  assert.deepEqual(
    (await run(calendar, call, 'listEvents', span)).map(({ location }) => location),
    ['Room 2'],
  )
  await run(calendar, call, 'deleteEvent', { id: made.id })
  assert.deepEqual(await run(calendar, call, 'listEvents', span), [])
  await assert.rejects(run(calendar, call, 'updateEvent', { id: made.id, title: 'x' }), { code: 'not_found' })
})

test('one wish adds one event, however often it is sent', async () => {
  const wish = { title: 'Only once', start: '2032-05-01' }
  const keyed = { ...call, idempotencyKey: 'run-1/0/abc/0' }
  const [first, second] = [await run(calendar, keyed, 'createEvent', wish), await run(calendar, keyed, 'createEvent', wish)]
  assert.equal(first.id, second.id)
  await run(calendar, { ...call, idempotencyKey: 'run-2/0/abc/0' }, 'createEvent', wish)
  const events = await run(calendar, call, 'listEvents', { from: '2032-04-30T00:00:00Z', to: '2032-05-03T00:00:00Z' })
  assert.deepEqual(
    events.map(({ title }) => title),
    ['Only once', 'Only once'],
  )
})

test('calendars are listed and offered as choices', async () => {
  assert.deepEqual(
    (await run(calendar, call, 'listCalendars', {})).map(({ name }) => name),
    ['Robin Meyer', 'Support team'],
  )
  assert.deepEqual(await calendar.fields.calendar(call, 'robin'), [{ value: 'primary', label: 'Robin Meyer' }])
})

test('a whole day ends the next day, an hour passes midnight, an offset stays', () => {
  assert.deepEqual(endAfter(readMoment('2026-12-31', undefined)), { date: '2027-01-01' })
  assert.deepEqual(endAfter(readMoment('2026-12-31T23:30', 'UTC')), { dateTime: '2027-01-01T00:30:00', timeZone: 'UTC' })
  assert.deepEqual(endAfter(readMoment('2026-06-01T10:00:00.500+02:00', undefined)), { dateTime: '2026-06-01T11:00:00+02:00' })
})

test('what is no time is refused in words', async () => {
  for (const start of ['tomorrow', '2026-13-01', '2026-11-21T25:00', ''])
    await assert.rejects(run(calendar, call, 'createEvent', { title: 'x', start }), { code: 'validation', message: /not a time/ })
})
