import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fillIn, pathOf, splitTemplate } from './expression.ts'

test('text and expressions are told apart, brackets and strings within an expression included', () => {
  assert.deepEqual(splitTemplate('New: ${ .trigger.data.title }!'), [
    { text: 'New: ' },
    { expression: '.trigger.data.title' },
    { text: '!' },
  ])
  assert.deepEqual(splitTemplate('${ {a: "}"} }'), [{ expression: '{a: "}"}' }])
  assert.deepEqual(splitTemplate('costs ${ 5'), [{ text: 'costs ${ 5' }])
})

test('a path is read in each of its spellings, and nothing else is a path', () => {
  assert.deepEqual(pathOf('.trigger.data["first name"].items[0]'), ['trigger', 'data', 'first name', 'items', '0'])
  assert.equal(pathOf('.trigger.data | length'), null)
  assert.equal(pathOf('"text"'), null)
})

test('an expression alone keeps the type of its value, within text it is written out', () => {
  const context = { trigger: { data: { n: 5, tags: ['a'] } } }
  assert.deepEqual(fillIn({ n: '${ .trigger.data.n }', say: 'n is ${ .trigger.data.n }', none: '${ .steps.x | length }' }, context), {
    n: 5,
    say: 'n is 5',
    none: null,
  })
})
