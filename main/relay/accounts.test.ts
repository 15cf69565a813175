import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import type { Keychain } from '../vault/keychain.ts'
import { openVault } from '../vault/vault.ts'
import { createRelayAccounts } from './accounts.ts'
import { createRelayTokens } from './session.ts'

const noKeychain: Keychain = { read: async () => null, write: async () => Promise.reject(new Error('none')), delete: async () => {} }

it('before anyone has said where secrets are kept, there is no relay whose clients could be asked for', async t => {
  const home = await mkdtemp(join(tmpdir(), 'plugboard-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const vault = await openVault({ home, keychain: noKeychain })
  assert.equal(vault.status().protection, 'unset')
  assert.equal(await createRelayAccounts(createRelayTokens(vault)).clients(), null)
})
