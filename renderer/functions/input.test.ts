import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entity } from '../../core/app/entity.ts'
import { flow } from '../../core/app/flow.ts'
import type { Json } from '../../core/json.ts'
import { callersOf, exampleInput, parseInput } from './input.ts'

const ticket = entity.parse({
  name: 'Ticket',
  properties: { title: { type: 'string' }, status: { type: 'string', enum: ['Open', 'Done'] }, minutes: { type: 'integer', default: 5 } },
})

function modelWith(args: Json, config: object = { trigger_type: 'entity', entity_name: 'Ticket', events: ['create'] }) {
  const parsed = flow.parse({
    name: 'New ticket to Slack',
    trigger: { config },
    definition: {
      document: { dsl: '1.0.0', namespace: 'plugboard', name: 'f', version: '1.0.0' },
      do: [{ post: { call: 'invoke_backend_function', with: { function_name: 'post', args } } }],
    },
  })
  return {
    entities: [{ file: 'entities/Ticket.jsonc', entity: ticket }],
    flows: [{ name: 'new-ticket', file: 'workflows/new-ticket.jsonc', flow: parsed }],
  }
}

test('the newest record comes in the shape that the flow gives', () => {
  const record = { id: 't1', title: 'Printer is on fire' }
  assert.deepEqual(exampleInput(modelWith({ ticket: '${ .trigger.data }', why: 'was ${ .trigger.type }d' }), 'post', record), {
    ticket: record,
    why: 'was created',
  })
})

test('the own fields of a record come first', () => {
  const input = exampleInput(modelWith('${ .trigger.data }'), 'post', {
    id: 't1',
    created_by: null,
    status: 'Open',
    title: 'Printer is on fire',
  })
  assert.deepEqual(Object.keys(input as object), ['title', 'status', 'id', 'created_by'])
})

test('without records, the fields of the entity make an example', () => {
  assert.deepEqual(exampleInput(modelWith({ ticket: '${ .trigger.data }' }), 'post', null), {
    ticket: { title: '', status: 'Open', minutes: 5 },
  })
})

test('a function that no record starts begins with an empty input', () => {
  const byHand = modelWith({ ticket: 1 }, { trigger_type: 'manual' })
  assert.deepEqual(exampleInput(byHand, 'post', null), {})
  assert.deepEqual(exampleInput(byHand, 'other', null), {})
  assert.deepEqual(callersOf(byHand, 'post'), [{ name: 'new-ticket', title: 'New ticket to Slack' }])
})

test('what is typed is read as JSON, and said to be none in words', () => {
  assert.deepEqual(parseInput(' '), { ok: true, value: {} })
  assert.deepEqual(parseInput('[1]'), { ok: true, value: [1] })
  assert.equal(parseInput('{').ok, false)
})
