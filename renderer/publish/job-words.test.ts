import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { remarkOn, titleOf } from './job-words.ts'

describe('what is said of a publish', () => {
  const error = { code: 'unavailable', message: 'The relay does not answer.' } as const

  it('does not say that nothing was published while nobody knows', () => {
    assert.equal(titleOf({ kind: 'publish', outcome: { type: 'failed', error } }), 'Nothing was published')
    assert.equal(titleOf({ kind: 'publish', outcome: { type: 'unknown', error } }), 'The relay does not answer')
  })

  it('says from when it cannot be stopped any more', () => {
    assert.equal(remarkOn({ canCancel: true, outcome: null }), null)
    assert.equal(remarkOn({ canCancel: false, outcome: null }), 'It is being made live now and cannot be stopped any more.')
  })

  it('names the accounts that a cancelled one has moved', () => {
    const remark = (...given: string[]) => remarkOn({ canCancel: true, outcome: { type: 'cancelled', given } })
    assert.equal(remark(), null)
    assert.equal(remark('Northwind'), 'Northwind moved to the relay before that. You can take it back any time.')
    assert.equal(remark('Northwind', 'Contoso'), 'Northwind and Contoso moved to the relay before that. You can take them back any time.')
  })
})
