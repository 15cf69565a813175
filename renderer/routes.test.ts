import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hrefOf, readRoute, screens } from './routes.ts'

test('an address leads back to the place it was made for, whatever the names are', () => {
  const name = fc.string({ minLength: 1, unit: 'grapheme' })
  const place = fc.record(
    { app: name, screen: fc.constantFrom(...screens), path: fc.array(name, { maxLength: 3 }) },
    { noNullPrototype: true },
  )
  fc.assert(fc.property(place, route => assert.deepEqual(readRoute(hrefOf(route)), route)))
})

test('what is no address of ours is home', () => {
  for (const hash of ['', '#', '#/', '#/nowhere', '#/apps', '#/%E0%A4%A'])
    assert.deepEqual(readRoute(hash), { app: null, screen: 'home', path: [] }, hash)
})

test('an app without a known screen shows its data', () => {
  assert.deepEqual(readRoute('#/apps/support-desk'), { app: 'support-desk', screen: 'data', path: [] })
})

test('the settings of Plugboard need no app', () => {
  assert.deepEqual(readRoute('#/settings/vault'), { app: null, screen: 'settings', path: ['vault'] })
})
