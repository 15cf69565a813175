import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { connectors } from '../../connectors/index.ts'
import { github } from '../../connectors/providers/github.ts'
import { slackBot, slackUser } from '../../connectors/providers/slack.ts'
import { openVault } from '../vault/vault.ts'
import { createClients, redirectUris } from './clients.ts'

async function clientsFor(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'plugboard-clients-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const secrets = new Map<string, string>()
  const vault = await openVault({
    home,
    keychain: {
      read: async id => secrets.get(id) ?? null,
      write: async (id, secret) => void secrets.set(id, secret),
      delete: async id => void secrets.delete(id),
    },
  })
  return { home, vault, clients: createClients({ home, vault, connectors }) }
}

describe('OAuth clients', () => {
  it('keep the id in a file and the secret in the vault alone', async t => {
    const { clients, home } = await clientsFor(t)
    await clients.set({ provider: 'github', clientId: ' Iv1.abc ', clientSecret: 'very-secret' })
    assert.deepEqual(await clients.get(github), { clientId: 'Iv1.abc', clientSecret: 'very-secret' })
    assert.equal(await clients.missing(github), null)
    const listed = (await clients.list()).find(({ provider }) => provider === 'github')
    assert.deepEqual(listed, {
      provider: 'github',
      name: 'GitHub',
      clientId: 'Iv1.abc',
      hasSecret: true,
      secretRequired: true,
      redirectUris: ['http://127.0.0.1/callback'],
      clientPageUrl: github.clientPageUrl,
    })
    for (const name of await readdir(home, { recursive: true }))
      assert.ok(!(await readFile(join(home, name), 'utf8').catch(() => '')).includes('very-secret'), name)
  })

  it('keep the secret when it is not given again, unless the id is another one', async t => {
    const { clients } = await clientsFor(t)
    await clients.set({ provider: 'github', clientId: 'one', clientSecret: 'secret' })
    await clients.set({ provider: 'github', clientId: 'one' })
    assert.equal((await clients.get(github))?.clientSecret, 'secret')
    await assert.rejects(clients.set({ provider: 'github', clientId: 'two' }), {
      code: 'validation',
      message: /needs the client secret too/,
    })
    assert.deepEqual(await clients.get(github), { clientId: 'one', clientSecret: 'secret' })
  })

  it('are removed with an empty id, secret and all', async t => {
    const { clients, vault } = await clientsFor(t)
    await clients.set({ provider: 'github', clientId: 'one', clientSecret: 'secret' })
    await clients.set({ provider: 'github', clientId: '' })
    assert.equal(await clients.get(github), null)
    assert.deepEqual(vault.ids(), [])
    assert.match((await clients.missing(github)) ?? '', /client id and secret of your own GitHub app in Settings/)
  })

  it('need no secret where the provider needs none', async t => {
    const { clients } = await clientsFor(t)
    assert.match((await clients.missing(slackUser)) ?? '', /Add the client id of your own/)
    await clients.set({ provider: 'slack', clientId: '1.2' })
    assert.deepEqual(await clients.get(slackUser), { clientId: '1.2' })
    assert.equal(await clients.get(slackBot), null)
  })

  it('tell Slack’s two kinds apart, and which addresses to register', async t => {
    const { clients } = await clientsFor(t)
    const names = new Map((await clients.list()).map(({ provider, name }) => [provider, name]))
    assert.notEqual(names.get('slack'), names.get('slackbot'))
    assert.equal(names.get('google'), 'Google')
    assert.deepEqual(redirectUris(slackBot), [
      'http://localhost:3118/callback',
      'http://localhost:3119/callback',
      'http://localhost:3120/callback',
    ])
  })

  it('are refused for a provider that does not exist', async t => {
    const { clients } = await clientsFor(t)
    await assert.rejects(clients.set({ provider: 'nobody', clientId: 'x' }), { code: 'not_found' })
  })
})
