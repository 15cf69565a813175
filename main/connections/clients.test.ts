import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { connectors } from '../../connectors/index.ts'
import { calendly } from '../../connectors/providers/calendly.ts'
import { google } from '../../connectors/providers/google.ts'
import { microsoft } from '../../connectors/providers/microsoft.ts'
import { github } from '../../connectors/providers/github.ts'
import { slackBot, slackUser } from '../../connectors/providers/slack.ts'
import type { Provider } from '../../core/provider.ts'
import type { OAuthClient } from '../../oauth/server.ts'
import type { AppError } from '../../core/errors.ts'
import { openVault } from '../vault/vault.ts'
import type { WorkspaceClients } from '../relay/accounts.ts'
import { createClients } from './clients.ts'
import { readShippedClients } from './shipped-clients.ts'

async function clientsFor(
  t: TestContext,
  more: Readonly<Record<string, Provider>> = {},
  shipped: Readonly<Record<string, OAuthClient>> = {},
  workspace: WorkspaceClients | null = null,
) {
  const home = await mkdtemp(join(tmpdir(), 'plugboard-clients-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const tools = Object.fromEntries(Object.entries(more).map(([id, provider]) => [id, { name: provider.name, provider }]))
  const reports: AppError[] = []
  const secrets = new Map<string, string>()
  const vault = await openVault({
    home,
    keychain: {
      read: async id => secrets.get(id) ?? null,
      write: async (id, secret) => void secrets.set(id, secret),
      delete: async id => void secrets.delete(id),
    },
  })
  return {
    home,
    vault,
    reports,
    clients: createClients({
      home,
      vault,
      tools: { ...connectors, ...tools },
      report: error => reports.push(error),
      shipped,
      workspace: async () => workspace,
    }),
  }
}

describe('OAuth clients', () => {
  it('keep the id in a file and the secret in the vault alone', async t => {
    const { clients, home } = await clientsFor(t)
    await clients.set({ provider: 'github', clientId: ' Iv1.abc ', clientSecret: 'very-secret' })
    assert.deepEqual(await clients.get(github), { clientId: 'Iv1.abc', clientSecret: 'very-secret' })
    assert.equal(await clients.missing(github), null)
    const listed = (await clients.list()).find(({ provider }) => provider === 'github')
    assert.deepEqual([listed?.clientId, listed?.hasSecret], ['Iv1.abc', true])
    for (const name of await readdir(home, { recursive: true }))
      assert.ok(!(await readFile(join(home, name), 'utf8').catch(() => '')).includes('very-secret'), name)
  })

  it('keep the secret when it is not given again, unless the id is another one', async t => {
    const { clients } = await clientsFor(t)
    await clients.set({ provider: 'google', clientId: 'one', clientSecret: 'secret' })
    await clients.set({ provider: 'google', clientId: 'one' })
    assert.equal((await clients.get(google))?.clientSecret, 'secret')
    await assert.rejects(clients.set({ provider: 'google', clientId: 'two' }), {
      code: 'validation',
      message: /needs the client secret too/,
    })
    assert.deepEqual(await clients.get(google), { clientId: 'one', clientSecret: 'secret' })
  })

  it('are removed with an empty id, secret and all', async t => {
    const { clients, vault } = await clientsFor(t)
    await clients.set({ provider: 'google', clientId: 'one', clientSecret: 'secret' })
    await clients.set({ provider: 'google', clientId: '' })
    assert.equal(await clients.get(google), null)
    assert.deepEqual(vault.ids(), [])
  })

  it('need no secret where the provider needs none, or has a sign-in by code', async t => {
    const { clients } = await clientsFor(t)
    await clients.set({ provider: 'slack', clientId: '1.2' })
    assert.deepEqual(await clients.get(slackUser), { clientId: '1.2' })
    assert.equal(await clients.get(slackBot), null)
    await clients.set({ provider: 'github', clientId: 'Iv1.abc' })
    assert.deepEqual(await clients.get(github), { clientId: 'Iv1.abc' })
  })

  it('say in one line what is missing and how to get it, with practice where there is one', async t => {
    const { clients } = await clientsFor(t, { microsoft, calendly })
    const lines = await Promise.all([google, github, microsoft, calendly].map(clients.missing))
    assert.deepEqual(lines, [
      'Add the client id and secret of your own Google app in Settings, or try it with a practice account.',
      'Add the client id of your own GitHub app in Settings, or try it with a practice account.',
      'Add the client id of your own Microsoft app in Settings.',
      'Calendly takes https addresses only: connect a real account through a relay.',
    ])
    await clients.set({ provider: 'calendly', clientId: 'x', clientSecret: 'y' })
    assert.match((await clients.missing(calendly)) ?? '', /through a relay/)
  })

  it('counts a client that the workspace has on the relay, and says where one is to be added', async t => {
    const there = (clients: WorkspaceClients['clients']) => ({
      relay: 'relay.example.com',
      page: 'https://relay.example.com/clients',
      clients,
    })
    const withOne = (await clientsFor(t, {}, {}, there(new Map([['calendly', 'abc']])))).clients
    assert.equal(await withOne.missing(calendly), null)
    assert.deepEqual([await withOne.isThroughRelay(calendly, false), await withOne.isThroughRelay(github, false)], [true, false])
    assert.match((await withOne.missing(github)) ?? '', /in Settings, have an admin add one to relay\.example\.com/)
    const own = (await clientsFor(t, { calendly }, {}, there(new Map([['calendly', 'abc']])))).clients
    await own.set({ provider: 'calendly', clientId: 'x', clientSecret: 'y' })
    assert.ok(await own.isThroughRelay(calendly, false), 'a client here is of no use where https is needed')

    const without = (await clientsFor(t, {}, {}, there(new Map()))).clients
    assert.match(
      (await without.missing(calendly)) ?? '',
      /^Calendly is connected through relay\.example\.com, which has no OAuth client for it yet/,
    )
    const away = (await clientsFor(t, {}, {}, there(null))).clients
    assert.match((await away.missing(calendly)) ?? '', /cannot be reached at the moment/)

    const both = (await clientsFor(t, {}, {}, there(new Map([['google', 'abc']])))).clients
    await both.set({ provider: 'google', clientId: 'mine', clientSecret: 'secret' })
    assert.equal(await both.isThroughRelay(google, false), false)
    assert.equal(await both.isThroughRelay(google, true), true, 'what was connected through the relay stays so')
  })

  it('come with the steps to create one, and what to know about it', async t => {
    const { clients } = await clientsFor(t, { microsoft, calendly })
    const listed = new Map((await clients.list()).map(each => [each.provider, each]))
    assert.match(listed.get('github')?.note ?? '', /without the secret: then you sign in by typing a code/)
    assert.equal(listed.get('github')?.secretRequired, false)
    assert.match(listed.get('calendly')?.note ?? '', /relay/)
    assert.deepEqual(listed.get('calendly')?.redirectUris, [])
    for (const { steps, name } of listed.values()) assert.ok(steps.length > 0, name)
  })

  it('are refused a secret that must not be sent', async t => {
    const { clients } = await clientsFor(t, { microsoft })
    await assert.rejects(clients.set({ provider: 'microsoft', clientId: 'x', clientSecret: 'y' }), {
      code: 'validation',
      message: 'An app for Microsoft on a computer has no secret. Leave it empty.',
    })
    assert.equal(await clients.get(microsoft), null)
  })

  it('tell Slack’s two kinds apart', async t => {
    const { clients } = await clientsFor(t)
    const names = new Map((await clients.list()).map(({ provider, name }) => [provider, name]))
    assert.notEqual(names.get('slack'), names.get('slackbot'))
    assert.equal(names.get('google'), 'Google')
  })

  it('are refused for a provider that does not exist', async t => {
    const { clients } = await clientsFor(t)
    await assert.rejects(clients.set({ provider: 'nobody', clientId: 'x' }), { code: 'not_found' })
  })

  it('keep a damaged list aside and say so, instead of writing over it', async t => {
    const { clients, home, reports } = await clientsFor(t)
    const damaged = '{"v":1,"clients":{"github":{"clientId":"Iv1.abc","hasSec'
    await writeFile(join(home, 'oauth-clients.json'), damaged)
    assert.equal(await clients.get(github), null)
    await clients.set({ provider: 'slack', clientId: '1.2' })
    const kept = (await readdir(home)).find(name => name.startsWith('oauth-clients.json.damaged-'))
    assert.equal(await readFile(join(home, kept ?? ''), 'utf8'), damaged)
    assert.match(reports[0]?.message ?? '', /was damaged. It is kept as .+; enter the client ids again in Settings/)
    assert.equal(reports.length, 1)
    assert.deepEqual(await clients.get(slackUser), { clientId: '1.2' })
  })
})

describe('clients that a build comes with', () => {
  const reports: AppError[] = []
  const readWith = async (t: TestContext, text: string) => {
    const folder = await mkdtemp(join(tmpdir(), 'plugboard-shipped-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    await writeFile(join(folder, 'clients.json'), text)
    return readShippedClients(error => reports.push(error), join(folder, 'clients.json'))
  }

  it('are none as long as nobody registered one', () => {
    assert.deepEqual(
      readShippedClients(error => assert.fail(error), undefined),
      {},
    )
  })

  it('are those of the file that a packager names, and the user’s own goes first', async t => {
    const shipped = await readWith(t, '{"v":1,"clients":{"slack":{"clientId":"shipped"}}}')
    const { clients } = await clientsFor(t, {}, shipped)
    assert.equal(await clients.missing(slackUser), null)
    assert.deepEqual(await clients.get(slackUser), { clientId: 'shipped' })
    await clients.set({ provider: 'slack', clientId: 'own' })
    assert.deepEqual(await clients.get(slackUser), { clientId: 'own' })
  })

  it('are left out, with a report, when their file cannot be used', async t => {
    assert.deepEqual(await readWith(t, '{"v":1,"clients":{"slack":{"client_id":"x"}}}'), {})
    assert.match(reports.at(-1)?.message ?? '', /cannot use the OAuth clients in .+clients\.json/)
  })
})
