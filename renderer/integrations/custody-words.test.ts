import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { connectionCustody } from '../../core/connection.ts'
import type { z } from 'zod'
import { isLent, otherPlace, placeWords } from './custody-words.ts'

type Custody = z.infer<typeof connectionCustody>
const row = (state: Custody['state'], want: Custody['want'], label?: string) => ({
  custody: { state, want, otherAccount: label === undefined ? null : { id: label, label }, problem: null, mayReturn: true },
})

it('a row says where the token lives, where it goes, and who may take it back', () => {
  const words = (...[state, want, label]: Parameters<typeof row>) => placeWords(row(state, want, label), 'the Fernhill relay')
  assert.equal(placeWords({ custody: undefined }, 'the Fernhill relay'), null)
  assert.equal(words('here', 'here'), 'Token on this computer.')
  assert.equal(words('here', 'relay'), 'Goes to the Fernhill relay as soon as it can.')
  assert.equal(words('moving', 'relay'), 'Moving to the Fernhill relay…')
  assert.equal(words('relay', 'relay'), 'Token on the Fernhill relay. You can take it back.')
  assert.equal(words('relay', 'here'), 'Coming back from the Fernhill relay…')
  assert.equal(words('moving', 'here'), 'Coming back from the Fernhill relay…')
  assert.equal(words('choose', 'here', 'eve@example.com'), 'eve@example.com was connected on the Fernhill relay meanwhile.')
})

it('an account that another desktop gave says who did, and can be taken back by them alone', () => {
  const by = { name: 'Ada', at: '2026-11-03T12:00:00.000Z' }
  const lent = (mayReturn: boolean) => ({ custody: { ...row('relay', 'relay').custody, mayReturn, by } })
  assert.match(placeWords(lent(false), 'the Fernhill relay') ?? '', /^On the Fernhill relay, connected by Ada on .*2026\.$/)
  assert.match(placeWords(lent(true), 'the Fernhill relay') ?? '', /You can take it back\.$/)
  assert.deepEqual([isLent(lent(true)), otherPlace(lent(true)), otherPlace(lent(false))], [true, 'here', null])
  const taken = { custody: { ...row('taken', 'relay').custody, by: { ...by, name: 'Laptop 2' } } }
  assert.equal(placeWords(taken, 'the Fernhill relay'), 'Taken back from the Fernhill relay to Laptop 2.')
  assert.deepEqual([isLent(taken), otherPlace(taken)], [false, null])
})

it('a wish can be turned around at any moment, except while two accounts are to be chosen from', () => {
  assert.equal(otherPlace({ custody: undefined }), 'relay')
  assert.equal(otherPlace(row('here', 'here')), 'relay')
  assert.equal(otherPlace(row('moving', 'relay')), 'here')
  assert.equal(otherPlace(row('relay', 'relay')), 'here')
  assert.equal(otherPlace(row('relay', 'here')), 'relay')
  assert.equal(otherPlace(row('choose', 'relay')), null)
})

it('an account that was connected on the relay stays there', () => {
  const born = { custody: { ...row('relay', 'relay').custody, mayReturn: false } }
  assert.equal(placeWords(born, 'the Fernhill relay'), 'Token on the Fernhill relay.')
  assert.equal(otherPlace(born), null)
})
