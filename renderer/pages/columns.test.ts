import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entity } from '../../core/app/entity.ts'
import { aNounOf, canSortBy, columnsFor, recordTitle } from './columns.ts'

const customer = entity.parse({ name: 'Customer', properties: { email: { type: 'string' }, name: { type: 'string' } } })
const ticket = entity.parse({
  name: 'SupportTicket',
  title: 'Support ticket',
  properties: {
    customer_id: { type: 'string' },
    agentId: { type: 'string' },
    owner_id: { type: 'string' },
    urgent: { type: 'boolean' },
    topic: { type: 'string' },
  },
})
const agent = entity.parse({ name: 'Agent', properties: {} })
const entities = [customer, ticket, agent]

test('a block shows the fields it names, in its order, with when a record was made', () => {
  const names = columnsFor(ticket, ['topic', 'created_date', 'gone', 'urgent'], entities).map(({ name, kind }) => `${name} ${kind}`)
  assert.deepEqual(names, ['topic text', 'created_date datetime', 'urgent boolean'])
})

test('a field that ends in the name of an entity and “id” refers to its records', () => {
  assert.deepEqual(
    columnsFor(ticket, undefined, entities).map(({ name, reference }) => [name, reference]),
    [
      ['customer_id', 'Customer'],
      ['agentId', 'Agent'],
      ['owner_id', null],
      ['urgent', null],
      ['topic', null],
    ],
  )
})

test('a record is called by what a person would read out, never by an id', () => {
  assert.equal(recordTitle(customer, { email: 'mia@example.com', name: 'Mia' }), 'Mia')
  assert.equal(recordTitle(customer, { id: 'x1', name: ' ' }), 'Untitled customer')
  assert.equal(recordTitle(agent, { id: 'x1' }), 'Untitled agent')
  assert.equal(recordTitle(ticket, { customer_id: 'c1', topic: 'Invoice' }), 'Invoice')
  assert.equal(recordTitle(ticket, { customer_id: 'c1' }), 'Untitled support ticket')
})

test('records stand in the order of what people can read, not of ids or of lists', () => {
  const order = entity.parse({
    name: 'Order',
    properties: { customer_id: { type: 'string' }, tags: { type: 'array' }, total: { type: 'number' } },
  })
  assert.deepEqual(
    columnsFor(order, undefined, entities).map(column => [column.name, canSortBy(column)]),
    [
      ['customer_id', false],
      ['tags', false],
      ['total', true],
    ],
  )
})

test('a noun has its article', () => {
  const named = (title: string) => aNounOf(entity.parse({ name: 'Thing', title, properties: {} }))
  assert.deepEqual(['Support ticket', 'Invoice', 'User', 'Update', 'URL', 'Unit', 'Umbrella'].map(named), [
    'a support ticket',
    'an invoice',
    'a user',
    'an update',
    'a url',
    'a unit',
    'an umbrella',
  ])
})
