import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, beforeEach, describe, it } from 'node:test'
import fc from 'fast-check'
import type { Keychain } from './keychain.ts'
import { openVault } from './vault.ts'

const passphrase = 'correct horse battery'
const unlock = { name: 'AppError', code: 'unauthorized', action: { kind: 'unlock' } }

function memoryKeychain() {
  const secrets = new Map<string, string>()
  const keychain: Keychain = {
    read: async account => secrets.get(account) ?? null,
    write: async (account, secret) => void secrets.set(account, secret),
    delete: async account => void secrets.delete(account),
  }
  return { secrets, keychain }
}

/** As gnome-keyring behaves while it is locked: writing fails, reading says there is nothing. */
const lockedKeychain: Keychain = {
  read: async () => null,
  write: async () => Promise.reject(new Error('Secret Service: no result found')),
  delete: async () => {},
}

async function files(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile())
  const read = names.map(async ({ parentPath, name }) => [name, await readFile(join(parentPath, name), 'utf8')] as const)
  return Object.fromEntries(await Promise.all(read))
}

describe('the vault', () => {
  let root: string
  let home: string
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'plugboard-vault-'))
  })
  beforeEach(async () => {
    home = await mkdtemp(join(root, 'home-'))
  })
  after(() => rm(root, { recursive: true, force: true }))

  it('keeps a secret over a restart with a key from the keychain, and nothing readable on disk', async () => {
    const { keychain, secrets } = memoryKeychain()
    const vault = await openVault({ home, keychain })
    assert.equal(vault.status().protection, 'keychain')
    await vault.write('connection-1', 'xoxb-very-secret')
    const again = await openVault({ home, keychain })
    assert.equal(await again.read('connection-1'), 'xoxb-very-secret')
    const everything = JSON.stringify(await files(home))
    assert.ok(!everything.includes('very-secret'))
    for (const secret of secrets.values()) assert.ok(!everything.includes(secret))
  })

  it('keeps its files for the user alone', async () => {
    const vault = await openVault({ home, keychain: memoryKeychain().keychain })
    await vault.write('a', 'b')
    const mode = async (path: string) => ((await stat(join(home, path))).mode & 0o777).toString(8)
    assert.equal(await mode('vault'), '700')
    assert.equal(await mode('vault/records'), '700')
    assert.equal(await mode('vault/vault.json'), '600')
    for (const name of await readdir(join(home, 'vault', 'records'))) assert.equal(await mode(`vault/records/${name}`), '600')
  })

  it('remembers small values in the keychain, beside its key, and none where a passphrase protects it', async () => {
    const { keychain, secrets } = memoryKeychain()
    const vault = await openVault({ home, keychain })
    assert.equal(await vault.memory.read('custody c1'), null)
    await vault.memory.write('custody c1', '{"turn":2}')
    const again = await openVault({ home, keychain })
    assert.equal(await again.memory.read('custody c1'), '{"turn":2}')
    assert.equal(secrets.size, 2)
    await again.usePassphrase('correct horse')
    await again.memory.write('custody c2', '1')
    assert.deepEqual([await again.memory.read('custody c1'), secrets.size], [null, 1])
  })

  it('leaves no probe behind in the keychain', async () => {
    const { keychain, secrets } = memoryKeychain()
    await openVault({ home, keychain })
    assert.equal(secrets.size, 1)
  })

  it('returns what was written, whatever ids and values look like', async () => {
    const { keychain } = memoryKeychain()
    const vault = await openVault({ home, keychain })
    const text = fc.string({ unit: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('/', '..', '\0', '~', 'é')) })
    await fc.assert(
      fc.asyncProperty(fc.dictionary(text, text, { minKeys: 1, maxKeys: 5 }), async entries => {
        for (const [id, value] of Object.entries(entries)) await vault.write(id, value)
        const again = await openVault({ home, keychain })
        for (const [id, value] of Object.entries(entries)) {
          assert.equal(await again.read(id), Buffer.from(value).toString())
          await vault.delete(id)
          assert.equal(await vault.read(id), null)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('does not open a record that was moved to another id or altered', async () => {
    const { keychain } = memoryKeychain()
    const vault = await openVault({ home, keychain })
    await vault.write('mine', 'one')
    await vault.write('yours', 'two')
    const folder = join(home, 'vault', 'records')
    const [first = '', second = ''] = await readdir(folder)
    const [one, two] = [first, second].map(async name => JSON.parse(await readFile(join(folder, name), 'utf8')))
    await writeFile(join(folder, first), JSON.stringify({ ...(await two), id: (await one).id }))
    await writeFile(join(folder, second), JSON.stringify({ ...(await two), iv: Buffer.alloc(12).toString('base64') }))
    const again = await openVault({ home, keychain })
    assert.equal(again.status().lockedRecords, 2)
    await assert.rejects(again.read('mine'), { code: 'unauthorized' })
  })

  it('cannot keep secrets without a keychain until the user has chosen how', async () => {
    const vault = await openVault({ home, keychain: lockedKeychain })
    assert.equal(vault.status().protection, 'unset')
    await assert.rejects(vault.write('a', 'b'), unlock)
    await assert.rejects(vault.read('a'), unlock)
  })

  it('does not trust a keychain that takes a secret and does not give it back', async () => {
    const forgetful: Keychain = { read: async () => null, write: async () => {}, delete: async () => {} }
    assert.equal((await openVault({ home, keychain: forgetful })).status().protection, 'unset')
  })

  it('opens with the passphrase after a restart, and with no other', async () => {
    const vault = await openVault({ home, keychain: lockedKeychain })
    assert.equal((await vault.usePassphrase(passphrase)).protection, 'passphrase')
    await vault.write('a', 'secret')

    const again = await openVault({ home, keychain: lockedKeychain })
    assert.deepEqual([again.status().protection, again.status().lockedRecords], ['locked', 1])
    await assert.rejects(again.read('a'), unlock)
    await assert.rejects(again.unlock('wrong horse battery'), unlock)
    await assert.rejects(again.unlock(), unlock)
    assert.equal((await again.unlock(passphrase)).protection, 'passphrase')
    assert.equal(await again.read('a'), 'secret')
    assert.equal(again.status().lockedRecords, 0)
  })

  it('keeps nothing on disk in a session, and keeps what it holds when a passphrase is chosen later', async () => {
    const vault = await openVault({ home, keychain: lockedKeychain })
    await vault.useSession()
    await vault.write('a', 'secret')
    assert.deepEqual(await files(home), {})
    assert.equal((await openVault({ home, keychain: lockedKeychain })).status().protection, 'unset')

    await vault.usePassphrase(passphrase)
    const again = await openVault({ home, keychain: lockedKeychain })
    await again.unlock(passphrase)
    assert.equal(await again.read('a'), 'secret')
  })

  it('changes from the keychain to a passphrase with all records, and leaves no key in the keychain', async () => {
    const { keychain, secrets } = memoryKeychain()
    const vault = await openVault({ home, keychain })
    await vault.write('a', 'secret')
    await assert.rejects(vault.useSession(), { code: 'conflict' })
    await vault.usePassphrase(passphrase)
    assert.equal(secrets.size, 0)
    const again = await openVault({ home, keychain })
    assert.equal(again.status().protection, 'locked')
    await again.unlock(passphrase)
    assert.equal(await again.read('a'), 'secret')
    await again.usePassphrase('another horse battery')
    const third = await openVault({ home, keychain })
    await assert.rejects(third.unlock(passphrase), unlock)
    await third.unlock('another horse battery')
    assert.equal(await third.read('a'), 'secret')
  })

  it('is locked while the keychain is, and opens when it answers again', async () => {
    const { keychain } = memoryKeychain()
    await (await openVault({ home, keychain })).write('a', 'secret')
    let awake = false
    const sleepy: Keychain = {
      read: account => (awake ? keychain : lockedKeychain).read(account),
      write: (account, secret) => (awake ? keychain : lockedKeychain).write(account, secret),
      delete: account => keychain.delete(account),
    }
    const vault = await openVault({ home, keychain: sleepy })
    assert.equal(vault.status().protection, 'locked')
    await assert.rejects(vault.write('a', 'other'), unlock)
    awake = true
    assert.equal((await vault.unlock()).protection, 'keychain')
    assert.equal(await vault.read('a'), 'secret')
  })

  it('does not wait for a keychain that never answers', async () => {
    const { keychain } = memoryKeychain()
    const silent = { ...keychain, write: () => new Promise<void>(() => {}) }
    const vault = await openVault({ home, keychain: silent, startLimitMs: 50 })
    assert.equal(vault.status().protection, 'unset')
  })

  it('keeps every file as it is when the key has changed, and even when the secret is replaced', async () => {
    const { keychain, secrets } = memoryKeychain()
    await (await openVault({ home, keychain })).write('a', 'secret')
    const before = await files(home)
    for (const account of secrets.keys()) secrets.set(account, Buffer.alloc(32, 7).toString('base64'))

    const vault = await openVault({ home, keychain })
    assert.deepEqual([vault.status().protection, vault.status().lockedRecords], ['locked', 1])
    assert.deepEqual(await files(home), before)

    await vault.usePassphrase(passphrase)
    await assert.rejects(vault.read('a'), { code: 'unauthorized', action: undefined })
    assert.deepEqual(vault.lockedIds(), ['a'])
    await vault.write('a', 'new secret')
    assert.equal(await vault.read('a'), 'new secret')
    assert.ok(
      Object.keys(await files(home)).some(name => name.includes('.kept-')),
      'the old ciphertext is still there',
    )
  })

  it('opens records of a key that came back beside the new one', async () => {
    const { keychain, secrets } = memoryKeychain()
    await (await openVault({ home, keychain })).write('a', 'old')
    const saved = [...secrets]
    secrets.clear()
    const vault = await openVault({ home, keychain })
    await vault.usePassphrase(passphrase)
    await vault.write('b', 'new')
    for (const [account, secret] of saved) secrets.set(account, secret)
    const again = await openVault({ home, keychain })
    await again.unlock(passphrase)
    assert.deepEqual([await again.read('a'), await again.read('b'), again.status().lockedRecords], ['old', 'new', 0])
  })

  it('shows damaged files as locked and keeps them', async () => {
    const { keychain } = memoryKeychain()
    const vault = await openVault({ home, keychain })
    await vault.write('a', 'secret')
    const [name = ''] = await readdir(join(home, 'vault', 'records'))
    await writeFile(join(home, 'vault', 'records', name), '{"v":1,')
    assert.equal((await openVault({ home, keychain })).status().lockedRecords, 1)

    await writeFile(join(home, 'vault', 'vault.json'), 'not json')
    const damaged = await openVault({ home, keychain })
    assert.equal(damaged.status().protection, 'locked')
    await damaged.usePassphrase(passphrase)
    const kept = await files(home)
    assert.equal(kept[name], '{"v":1,')
    assert.ok(Object.entries(kept).some(([file, text]) => file.startsWith('vault.json.damaged-') && text === 'not json'))
  })

  it('tells its listeners when it opens', async () => {
    const vault = await openVault({ home, keychain: lockedKeychain })
    let told = 0
    const stop = vault.onChange(() => (told += 1))
    await vault.useSession()
    stop()
    await vault.usePassphrase(passphrase)
    assert.equal(told, 1)
  })

  it('has the last value it confirmed, or the next, after kill -9 in the middle of writing', async () => {
    await (await openVault({ home, keychain: lockedKeychain })).usePassphrase(passphrase)
    for (const confirmations of [1, 7, 20]) {
      const fixture = join(import.meta.dirname, 'vault.fixture.ts')
      const steps = JSON.stringify([
        ['unlock', passphrase],
        ['writeForever', 'a'],
      ])
      const { DBUS_SESSION_BUS_ADDRESS: _, ...env } = process.env
      const child = spawn(process.execPath, [fixture, home, steps], { env, stdio: ['ignore', 'pipe', 'inherit'] })
      let confirmed = -1
      for await (const line of createInterface(child.stdout)) {
        if (/^\d+$/.test(line)) confirmed = Number(line)
        if (confirmed >= confirmations) child.kill('SIGKILL')
      }
      const vault = await openVault({ home, keychain: lockedKeychain })
      await vault.unlock(passphrase)
      const found = Number((await vault.read('a'))?.split(' ')[0])
      assert.ok(found === confirmed || found === confirmed + 1, `confirmed ${confirmed}, found ${found}`)
      assert.equal(vault.status().lockedRecords, 0)
      assert.ok((await readdir(join(home, 'vault', 'records'))).every(name => name.endsWith('.json')))
    }
  })
})
