import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Connection } from '../../core/connection.ts'
import { checkPractice } from './accounts.ts'

const accounts = [
  { name: 'Team Slack', connector: 'slackbot', practice: true },
  { name: 'Mail', connector: 'gmail', practice: false },
] as Connection[]

describe('a publish with a practice account', () => {
  it('is kept from a relay on another machine, in one sentence with a way out', () => {
    const [check, ...others] = checkPractice(accounts, { local: false, service: null }, null)
    assert.deepEqual(others, [])
    assert.equal(check?.state, 'error')
    assert.match(check?.text ?? '', /Team Slack/)
    assert.deepEqual(check?.action, { kind: 'connect', connector: 'slackbot' })
    assert.equal(checkPractice(accounts, { local: false, service: 'another' }, 'ours').length, 1)
  })

  it('goes to a relay of this machine, or of the same practice service', () => {
    assert.deepEqual(checkPractice(accounts, { local: true, service: null }, null), [])
    assert.deepEqual(checkPractice(accounts, { local: false, service: 'ours' }, 'ours'), [])
  })
})
