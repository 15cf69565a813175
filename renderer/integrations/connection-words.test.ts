import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionRow } from '../app-data.ts'
import { accountWords, groupConnections, hasOwnName, matchesConnection, nameProblem, reasonOf, usedByWords } from './connection-words.ts'

const now = Date.parse('2026-11-20T09:00:00.000Z')
const inSeconds = (seconds: number) => new Date(now + seconds * 1000).toISOString()
const fine: ConnectionRow = {
  id: 'a',
  appId: 'desk',
  connector: 'gmail',
  provider: 'google',
  name: 'robin@northwind.example',
  mode: 'shared',
  practice: false,
  isDefault: true,
  account: { id: '1', label: 'robin@northwind.example' },
  scopesGranted: [],
  state: 'connected',
  reason: null,
  since: inSeconds(0),
  nextTryAt: null,
  renewable: true,
  accessExpiresAt: null,
  createdAt: inSeconds(0),
  lastUsedAt: null,
  usedBy: [],
}

test('what uses an account is counted by kind', () => {
  const flow = { kind: 'flow' as const, name: 'a' }
  assert.equal(usedByWords([flow, flow, { kind: 'function', name: 'b' }]), '2 flows, 1 function')
})

test('an account in good order needs no words', () => assert.equal(reasonOf(fine, now), null))

test('an account that is tried again says why, when, and that nothing is lost', () => {
  const retrying = (seconds: number) =>
    reasonOf({ ...fine, state: 'retrying', reason: 'Google does not answer (503).', nextTryAt: inSeconds(seconds) }, now)
  assert.equal(retrying(40), 'Google does not answer (503). Next try in 40 s. Nothing is lost.')
  assert.match(retrying(5 * 60) ?? '', /Next try in 5 min\./)
  assert.match(retrying(3 * 3600) ?? '', /Next try in 3 h\./)
  assert.match(retrying(-2) ?? '', /Trying again now\./)
})

test('an account that cannot be renewed says until when it works', () => {
  assert.match(reasonOf({ ...fine, renewable: false, accessExpiresAt: '2026-11-27T09:00:00.000Z' }, now) ?? '', /2026/)
})

test('an account that needs the user says the provider’s reason; one that is off needs none', () => {
  const reason = 'Google has revoked access.'
  assert.equal(reasonOf({ ...fine, state: 'needs_reconnect', reason }, now), reason)
  assert.equal(reasonOf({ ...fine, state: 'disconnected', reason }, now), null)
})

test('a sealed account says that it is kept', () => assert.match(reasonOf({ ...fine, state: 'locked' }, now) ?? '', /kept/))

test('the tenant is said once, and an account without a name of its own shows none', () => {
  const account = { id: '1', label: 'robin in Northwind', tenant: 'Northwind' }
  assert.equal(accountWords({ account, practice: false }), 'robin in Northwind')
  assert.equal(
    accountWords({ account: { ...account, label: 'robin@mail.example' }, practice: true }),
    'robin@mail.example · Northwind · practice account',
  )
  assert.equal(hasOwnName({ name: 'robin in Northwind', account }), false)
  assert.equal(hasOwnName({ name: 'Support', account }), true)
})

test('a filter looks at tool, name, account and state, in any order', () => {
  for (const filter of ['', ' ', 'gmail', 'northwind Gmail', 'connected robin']) assert.ok(matchesConnection(fine, 'Gmail', filter), filter)
  for (const filter of ['slack', 'gmail retrying']) assert.ok(!matchesConnection(fine, 'Gmail', filter), filter)
})

test('what needs the user comes first, then what is tried again; what is off comes last', () => {
  const row = (id: string, change: Partial<ConnectionRow>): ConnectionRow => ({ ...fine, id, isDefault: false, ...change })
  const { needing, shared, own } = groupConnections([
    row('off', { state: 'disconnected' }),
    row('good', {}),
    row('default', { isDefault: true }),
    row('own', { mode: 'app-user' }),
    row('retrying', { state: 'retrying' }),
    row('locked', { state: 'locked' }),
    row('broken own', { state: 'needs_reconnect', mode: 'app-user' }),
  ])
  const ids = (rows: ConnectionRow[]) => rows.map(({ id }) => id)
  assert.deepEqual(ids(needing), ['locked', 'broken own'])
  assert.deepEqual(ids(shared), ['retrying', 'default', 'good', 'off'])
  assert.deepEqual(ids(own), ['own'])
})

test('a name must be given and be free', () => {
  assert.equal(nameProblem('Support', 'Gmail', ['Sales']), null)
  assert.match(nameProblem('  ', 'Gmail', []) ?? '', /name/)
  assert.equal(nameProblem(' Sales ', 'Gmail', ['Sales']), 'Another Gmail account is called “Sales”. Choose another name.')
})
