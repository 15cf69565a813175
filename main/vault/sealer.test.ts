import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { Keychain } from './keychain.ts'
import { openVault } from './vault.ts'

const passphrase = 'correct horse battery'
const noKeychain: Keychain = { read: async () => null, write: async () => Promise.reject(new Error('none')), delete: async () => {} }

function homeOf(t: TestContext) {
  const home = mkdtempSync(join(tmpdir(), 'plugboard-sealer-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  return { home, keychain: noKeychain }
}

describe('what the vault seals for another room', () => {
  it('opens again after a restart, with its own context alone, and shows nothing', async t => {
    const options = homeOf(t)
    const vault = await openVault(options)
    await vault.usePassphrase(passphrase)
    const sealed = vault.sealer.seal('c1 5 refresh', 'very secret')
    assert.ok(!sealed.includes('very secret'))
    const again = await openVault(options)
    assert.throws(() => again.sealer.open('c1 5 refresh', sealed), { code: 'unauthorized', action: { kind: 'unlock' } })
    assert.throws(() => again.sealer.seal('c1', 'x'), { code: 'unauthorized' })
    await again.unlock(passphrase)
    assert.equal(again.sealer.open('c1 5 refresh', sealed), 'very secret')
    for (const context of ['c1 6 refresh', 'c2 5 refresh', '']) assert.equal(again.sealer.open(context, sealed), null)
    const moved = JSON.stringify({ ...JSON.parse(sealed), id: 'c2 5 refresh' })
    assert.equal(again.sealer.open('c2 5 refresh', moved), null)
    assert.equal(again.sealer.open('c1 5 refresh', 'nothing sealed'), null)
    assert.equal(again.sealer.hash('very secret'), vault.sealer.hash('very secret'))
  })

  it('in a session opens in this process alone', async t => {
    const options = homeOf(t)
    const vault = await openVault(options)
    await vault.useSession()
    const sealed = vault.sealer.seal('c1', 'very secret')
    assert.equal(vault.sealer.open('c1', sealed), 'very secret')
    const again = await openVault(options)
    await again.useSession()
    assert.deepEqual([again.opens(sealed), again.sealer.open('c1', sealed)], [false, null])
  })

  it('in a session is kept by a passphrase that is chosen later', async t => {
    const options = homeOf(t)
    const vault = await openVault(options)
    await vault.useSession()
    const sealed = vault.sealer.seal('c1', 'very secret')
    await vault.usePassphrase(passphrase)
    assert.equal(vault.sealer.open('c1', sealed), 'very secret')
    const again = await openVault(options)
    assert.equal(again.opens(sealed), false)
    await again.unlock(passphrase)
    assert.deepEqual([again.opens(sealed), again.sealer.open('c1', sealed)], [true, 'very secret'])
  })

  it('stays what it is while its key is gone', async t => {
    const options = homeOf(t)
    const vault = await openVault(options)
    await vault.usePassphrase(passphrase)
    const sealed = vault.sealer.seal('c1', 'very secret')
    const other = await openVault(homeOf(t))
    await other.usePassphrase(passphrase)
    assert.deepEqual([other.opens(sealed), other.sealer.open('c1', sealed)], [false, null])
  })
})
