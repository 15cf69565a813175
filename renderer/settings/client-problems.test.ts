import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientProblems } from './client-problems.ts'

const saved = { name: 'Google', clientId: 'one', hasSecret: true, secretRequired: true }
const fresh = { name: 'Google', clientId: null, hasSecret: false, secretRequired: true }
const fine = { clientId: null, clientSecret: null }

test('a client needs its id', () => {
  assert.match(clientProblems(fresh, { clientId: ' ', clientSecret: 'secret' }).clientId ?? '', /client id that Google shows/)
})

test('where a secret is required it is asked for', () => {
  assert.match(clientProblems(fresh, { clientId: 'one', clientSecret: ' ' }).clientSecret ?? '', /Google needs the client secret too/)
  assert.deepEqual(clientProblems(fresh, { clientId: 'one', clientSecret: 'secret' }), fine)
  assert.deepEqual(clientProblems({ ...fresh, secretRequired: false }, { clientId: 'one', clientSecret: '' }), fine)
})

test('a saved secret is kept with its id, and not handed to another one', () => {
  assert.deepEqual(clientProblems(saved, { clientId: ' one ', clientSecret: '' }), fine)
  assert.notEqual(clientProblems(saved, { clientId: 'two', clientSecret: '' }).clientSecret, null)
})
