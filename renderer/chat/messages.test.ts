import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChatMessage } from '../../core/chat.ts'
import { newestProposal, nextWords, type MessageOf } from './messages.ts'

const at = '2026-11-20T09:00:00.000Z'
const plan = (id: string, state: MessageOf<'plan'>['state']): MessageOf<'plan'> => ({
  kind: 'plan',
  id,
  at,
  prompt: '',
  plan: { title: '', trigger: { kind: 'manual' }, actions: [], items: [], tools: [], slots: [], mode: null },
  triggerWords: '',
  nextTimes: [],
  state,
})
const connect = (planId: string, state: MessageOf<'connect'>['state']): ChatMessage => ({
  kind: 'connect',
  id: `connect-${planId}`,
  at,
  planId,
  connector: 'slackbot',
  mode: 'shared',
  scopes: [],
  permissions: [],
  state,
  connectionId: null,
})

test('the key for Create belongs to the newest plan', () => {
  assert.equal(newestProposal([plan('a', 'proposed'), plan('b', 'proposed')])?.id, 'b')
})

test('no older plan takes the key when the newest one is made, set aside, or waits for an account', () => {
  assert.equal(newestProposal([plan('a', 'proposed'), plan('b', 'applied')]), undefined)
  assert.equal(newestProposal([plan('a', 'proposed'), plan('b', 'skipped')]), undefined)
  assert.equal(newestProposal([plan('b', 'proposed'), connect('b', 'required')]), undefined)
  assert.equal(newestProposal([plan('b', 'proposed'), connect('b', 'connected')])?.id, 'b')
})

const local = (...parts: [number, number, number, number]): string => new Date(...parts).toISOString()

test('next times are days, or hours when one day has several', () => {
  const days = nextWords([local(2026, 10, 23, 9), local(2026, 10, 24, 9), local(2026, 10, 25, 9)])
  assert.match(days, /^next \p{L}+\.? 23, \p{L}+\.? 24, \p{L}+\.? 25 /u)
  assert.doesNotMatch(nextWords([local(2026, 10, 23, 9), local(2026, 10, 23, 10)]), /23/)
  assert.equal(nextWords([]), '')
})
