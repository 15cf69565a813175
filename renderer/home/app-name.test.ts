import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { appNameFor } from './app-name.ts'

test('a name says what the prompt is about', () => {
  assert.equal(appNameFor('Send me a daily email with my to-do list using Gmail.'), 'Daily email to-do')
  assert.equal(appNameFor('Collect time off requests and put the approved ones in our calendar'), 'Time off requests')
})

test('every prompt gives a name that the contract takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), prompt => {
      const name = appNameFor(prompt)
      assert.ok(name.trim().length >= 1 && name.length <= 80, name)
    }),
  )
})
