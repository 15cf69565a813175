import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseSchedule } from './cron.ts'
import { cronInWords } from './cron-words.ts'
import { describeTrigger } from './trigger-words.ts'

const here = Intl.DateTimeFormat().resolvedOptions().timeZone
const elsewhere = here === 'Europe/Berlin' ? 'America/New_York' : 'Europe/Berlin'
const now = new Date('2026-11-21T10:00:00Z')
const schedule = (cron_expression: string, timezone = here) =>
  describeTrigger({ trigger_type: 'scheduled', schedule_mode: 'recurring', cron_expression, timezone }, now)

const table: [cron: string, words: string][] = [
  ['0 9 * * *', 'Every day at 09:00'],
  ['0 9,17 * * *', 'Every day at 09:00 and 17:00'],
  ['0 9 * * 1-5', 'Weekdays at 09:00'],
  ['0 9 * * MON-FRI', 'Weekdays at 09:00'],
  ['30 10 * * 0,6', 'Weekends at 10:30'],
  ['30 10 * * 6,7', 'Weekends at 10:30'],
  ['0 9 * * 1', 'Every Monday at 09:00'],
  ['0 9 * * 1,3,5', 'Every Monday, Wednesday and Friday at 09:00'],
  ['0 9 * * 0,1', 'Every Monday and Sunday at 09:00'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['* * * * *', 'Every minute'],
  ['*/10 9-17 * * 1-5', 'Every 10 minutes from 09:00 to 17:50, on weekdays'],
  ['0 * * * *', 'Every hour'],
  ['5 * * * *', 'Every hour at 5 minutes past'],
  ['0 */2 * * *', 'Every 2 hours'],
  ['0 9-17 * * 1-5', 'Every hour from 09:00 to 17:00, on weekdays'],
  ['0 8 1 * *', 'On the first of each month at 08:00'],
  ['0 8 15 * *', 'On the 15th of each month at 08:00'],
  ['0 8 1,22 * *', 'On the first and 22nd of each month at 08:00'],
  ['0 8 L * *', 'On the last day of each month at 08:00'],
  ['0 0 1 1 *', 'On the first of January at 00:00'],
  ['0 9 * 6-8 *', 'Every day in June, July and August at 09:00'],
  ['0 9 1 * 1', 'On the schedule 0 9 1 * 1'],
  ['0 9 * * 5#2', 'On the schedule 0 9 * * 5#2'],
  ['0 0 31 2 *', 'On the 31st of February at 00:00: this day never comes'],
]

for (const [cron, words] of table) test(`${cron} reads “${words}”`, () => assert.equal(schedule(cron).words, words))

test('a zone that is not the reader’s is said, and the times carry its offset', () => {
  const { words, nextTimes } = schedule('0 8 1 * *', elsewhere)
  assert.equal(words, `On the first of each month at 08:00 (${elsewhere})`)
  assert.deepEqual(schedule('0 9 * * *', 'Europe/Berlin').nextTimes, [
    '2026-11-22T09:00:00+01:00',
    '2026-11-23T09:00:00+01:00',
    '2026-11-24T09:00:00+01:00',
  ])
  assert.ok(nextTimes.every(time => time.includes('T08:00:00')))
  assert.equal(schedule('*/15 * * * *', elsewhere).words, 'Every 15 minutes')
})

test('changes of records read as a person would say them', () => {
  const words = (entity_name: string, events: ('create' | 'update' | 'delete')[]) =>
    describeTrigger({ trigger_type: 'entity', entity_name, events }, now).words
  assert.equal(words('Ticket', ['create']), 'When a ticket is created')
  assert.equal(words('Order', ['create', 'update']), 'When an order is created or updated')
  assert.equal(words('SalesOrder', ['delete']), 'When a sales order is deleted')
  assert.equal(words('User', ['create']), 'When a user is created')
  assert.equal(describeTrigger({ trigger_type: 'manual' }, now).words, 'When you run it')
  assert.equal(describeTrigger({ trigger_type: 'connector', integration_type: 'gmail' }, now).words, 'When something happens in Gmail')
})

test('what cannot be read is said and has no times', () => {
  for (const [cron, zone] of [
    ['61 * * * *', here],
    ['0 9 * *', here],
    ['nonsense!!', here],
    ['0 9 * * *', 'Mars/Base'],
    ['0 0 9 * * *', here],
  ])
    assert.deepEqual({ ...schedule(cron ?? '', zone), words: '' }, { words: '', nextTimes: [] })
})

const field = (min: number, max: number) => {
  const number = fc.integer({ min, max })
  const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`)
  const stepped = fc.tuple(fc.oneof(fc.constant('*'), range), fc.integer({ min: 1, max })).map(([base, step]) => `${base}/${step}`)
  const one = fc.oneof(number.map(String), range, stepped)
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    one,
    fc.array(one, { minLength: 1, maxLength: 3 }).map(parts => parts.join(',')),
  )
}
const cron = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7)).map(fields => fields.join(' '))
const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe')

test('any crontab expression has words, and its next times increase and lie ahead', () => {
  fc.assert(
    fc.property(
      cron,
      zone,
      fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
      (expression, timezone, from) => {
        const { words, nextTimes } = describeTrigger(
          { trigger_type: 'scheduled', schedule_mode: 'recurring', cron_expression: expression, timezone },
          from,
        )
        assert.ok(words.length > 5)
        const times = nextTimes.map(time => Date.parse(time))
        assert.ok(
          times.every((time, index) => time > (times[index - 1] ?? from.getTime())),
          `${expression} ${nextTimes.join(' ')}`,
        )
        assert.deepEqual(times, parseSchedule({ cron_expression: expression, timezone }).next(from.getTime(), 3))
      },
    ),
    { numRuns: 300 },
  )
})

test('any text at all as a schedule has words and never throws', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (expression, timezone) => assert.ok(schedule(expression, timezone).words)))
})

test('what the words say is when it runs: every time they name, and the days', () => {
  fc.assert(
    fc.property(cron, expression => {
      const known = cronInWords(expression)
      const match = known && /^(Every day|Weekdays|Weekends) at ([\d:, and]+)$/.exec(known.words)
      if (!match) return
      const named = new Set(match[2]?.match(/\d\d:\d\d/g))
      const times = parseSchedule({ cron_expression: expression, timezone: 'UTC' }).next(Date.parse('2026-06-01T00:00:00Z'), 20)
      for (const time of times) assert.ok(named.has(new Date(time).toISOString().slice(11, 16)))
      const days = new Set(times.map(time => new Date(time).getUTCDay()))
      if (match[1] === 'Weekdays') assert.ok(!days.has(0) && !days.has(6))
      if (match[1] === 'Weekends') assert.ok([...days].every(day => day === 0 || day === 6))
    }),
    { numRuns: 1000 },
  )
})
