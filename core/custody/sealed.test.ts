import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeAnswerKey, openSealed, sealTo } from './sealed.ts'

const forC1 = { connectionId: 'c1', grantId: 'g1', direction: 'handover' } as const

describe('a sealed message', () => {
  it('opens with its key, for what it was sealed for', async () => {
    const { publicKey, privateKey } = await makeAnswerKey()
    const sealed = await sealTo(publicKey, forC1, 'a secret')
    assert.equal(sealed.includes('a secret'), false)
    assert.equal(await openSealed(privateKey, forC1, sealed), 'a secret')
  })

  it('opens for no other connection, grant or direction, with no other key, and not when it was altered', async () => {
    const { publicKey, privateKey } = await makeAnswerKey()
    const other = await makeAnswerKey()
    const sealed = await sealTo(publicKey, forC1, 'a secret')
    const refused = { code: 'validation' }
    await assert.rejects(openSealed(privateKey, { ...forC1, connectionId: 'c2' }, sealed), refused)
    await assert.rejects(openSealed(privateKey, { ...forC1, grantId: 'g2' }, sealed), refused)
    await assert.rejects(openSealed(privateKey, { ...forC1, direction: 'return' }, sealed), refused)
    await assert.rejects(openSealed(other.privateKey, forC1, sealed), refused)
    await assert.rejects(openSealed({ ...privateKey, kid: other.privateKey.kid }, forC1, sealed), refused)
    const [header, ...rest] = sealed.split('.')
    const altered = Buffer.from(String(Buffer.from(header ?? '', 'base64url')).replace('"c1"', '"c2"')).toString('base64url')
    await assert.rejects(openSealed(privateKey, { ...forC1, connectionId: 'c2' }, [altered, ...rest].join('.')), refused)
    await assert.rejects(openSealed(privateKey, forC1, 'nothing'), refused)
  })
})
