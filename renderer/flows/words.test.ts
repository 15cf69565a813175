import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionWords, expressionWords, lineOf, type Names } from './words.ts'

const names: Names = {
  record: 'Ticket',
  field: name => (name === 'title' ? 'Subject' : name.charAt(0).toUpperCase() + name.slice(1)),
  step: () => 'Get the customer',
}

test('paths are called what the user calls them', () => {
  assert.equal(expressionWords('.trigger.data', names), 'Ticket')
  assert.equal(expressionWords('.trigger.data.title', names), 'Subject')
  assert.equal(expressionWords('.trigger.old_data.status', names), 'Status before')
  assert.equal(expressionWords('.steps.customer.name', names), 'Name of “Get the customer”')
  assert.equal(expressionWords('.trigger.data | length', names), null)
})

test('comparisons read as sentences, and anything more stays code', () => {
  assert.equal(
    conditionWords('${ .trigger.data.status == "Done and over" and .trigger.old_data.status != "Done" }', names),
    'Status is Done and over and Status before is not Done',
  )
  assert.equal(conditionWords('.trigger.data.minutes >= 30', names), 'Minutes is at least 30')
  assert.equal(conditionWords('.trigger.data.tags | any', names), null)
})

test('a step is found in its file below “do”, whatever comes before', () => {
  const text = '{\n  "name": "x",\n  "definition": {\n    "do": [\n      { "name": { "call": "a" } }\n    ]\n  }\n}\n'
  assert.equal(lineOf(text, 'name', 'do'), 5)
  assert.equal(lineOf(text, 'name'), 2)
  assert.equal(lineOf(text, 'none'), null)
})
