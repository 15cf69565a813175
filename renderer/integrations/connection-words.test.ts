import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reasonOf, usedByWords } from './connection-words.ts'

const now = Date.parse('2026-11-20T09:00:00.000Z')
const fine = { state: 'connected', reason: null, nextTryAt: null, renewable: true, accessExpiresAt: null } as const

test('what uses an account is counted by kind', () => {
  const flow = { kind: 'flow' as const, name: 'a' }
  assert.equal(usedByWords([flow, flow, { kind: 'function', name: 'b' }]), '2 flows, 1 function')
  assert.equal(usedByWords([]), 'Not used yet')
})

test('an account in good order needs no words', () => assert.equal(reasonOf(fine, now), null))

test('an account that is tried again says why, when, and that nothing is lost', () => {
  const row = {
    ...fine,
    state: 'retrying',
    reason: 'Google does not answer (503).',
    nextTryAt: new Date(now + 40_000).toISOString(),
  } as const
  assert.equal(reasonOf(row, now), 'Google does not answer (503). Next try in 40 s. Nothing is lost.')
})

test('an account that cannot be renewed says until when it works', () => {
  assert.match(reasonOf({ ...fine, renewable: false, accessExpiresAt: '2026-11-27T09:00:00.000Z' }, now) ?? '', /2026/)
})

test('a sealed account says that it is kept', () => assert.match(reasonOf({ ...fine, state: 'locked' }, now) ?? '', /kept/))
