import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entity } from '../../core/app/entity.ts'
import { columnsOf, inputOf, parseInput, pluralOf, searchFilter, titleOf } from './fields.ts'

const ticket = entity.parse({
  name: 'Ticket',
  required: ['title'],
  properties: {
    title: { type: 'string' },
    dueAt: { type: 'string', format: 'date-time' },
    minutes: { type: 'number' },
    status: { type: 'string', enum: ['open', 'done'] },
    tags: { type: 'array' },
  },
})
const columns = columnsOf(ticket)
const column = (name: string) => columns.find(found => found.name === name) ?? assert.fail(name)

test('names of fields read as words', () => {
  assert.deepEqual(
    [titleOf('due_date'), titleOf('dueDate'), pluralOf('Category'), pluralOf('Ticket')],
    ['Due date', 'Due date', 'categories', 'tickets'],
  )
})

test('each field gets the input that suits it', () => {
  assert.deepEqual(
    columns.map(({ kind }) => kind),
    ['text', 'datetime', 'number', 'choice', 'json'],
  )
})

test('what is typed becomes a value, or says what to write', () => {
  assert.deepEqual(parseInput(column('minutes'), '1,5'), { ok: true, value: 1.5 })
  assert.deepEqual(parseInput(column('minutes'), 'x'), { ok: false, message: 'Write a number.' })
  assert.deepEqual(parseInput(column('title'), ''), { ok: false, message: 'Title is needed.' })
  assert.deepEqual(parseInput(column('status'), ''), { ok: true, value: undefined })
  assert.deepEqual(parseInput(column('tags'), '["a"]'), { ok: true, value: ['a'] })
})

test('a value survives being edited without a change', () => {
  for (const [name, value] of [
    ['dueAt', '2026-11-21T10:30:00.000Z'],
    ['minutes', 3],
    ['title', 'a'],
    ['tags', ['a', { b: 1 }]],
  ] as const)
    assert.deepEqual(parseInput(column(name), inputOf(column(name), value as never)), { ok: true, value })
})

test('a search takes its text as it is', () => {
  assert.deepEqual(searchFilter(columns, ' a+b '), {
    $or: [{ title: { $regex: 'a\\+b', $options: 'i' } }, { status: { $regex: 'a\\+b', $options: 'i' } }],
  })
  assert.equal(searchFilter(columns, ' '), undefined)
})
