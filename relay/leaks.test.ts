import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { relayInfo } from '../core/contract/relay.ts'
import { makeAnswerKey } from '../core/custody/sealed.ts'
import { connectionsFor, connectWith } from '../main/connections/connections.fixture.ts'
import { giveConsent, postClient } from '../oauth/oidc.fixture.ts'
import { ticketsConnector } from '../oauth/tickets.fixture.ts'
import { appOn, hookedApp, withSecret } from './hooks/hooks.fixture.ts'
import { signInDesktop } from './desktops/desktop.fixture.ts'
import { signInAt, startBroker } from './oauth/broker.fixture.ts'
import { requestWith } from './releases/releases.fixture.ts'
import { spawnRelay } from './process.fixture.ts'
import { createVisitor } from './published/published.fixture.ts'
import { createBrowser, owner, testSettings } from './relay.fixture.ts'

const blabber = `
  export default async function blab({ password }) {
    console.log('I was given ' + password)
    throw new Error('The service refused ' + password)
  }`

it('no secret that comes to a relay is in its log, and none that it keeps is readable on its disk', async t => {
  const settings = await testSettings(t, 'SQLite')
  const process = spawnRelay(t, settings)
  const url = await process.url()
  const [, setUpLink = ''] = await process.line(/Set it up, once: (\S+)/)
  const setUpToken = new URL(setUpLink).searchParams.get('token') ?? ''
  const browser = createBrowser(url)
  await browser.post('/set-up', { token: setUpToken, ...owner })
  await createBrowser(url).post('/sign-in', { email: owner.email, password: 'a-wrong-guess-of-the-password' })
  const { access, refresh } = await signInDesktop(url, browser)

  const app = appOn(() => url, access, settings, 'blabber')
  const files = hookedApp({ any: { trigger: {} }, paid: { trigger: { source: 'stripe' } } })
  const code = {
    'functions/blab/entry.ts': blabber,
    'functions/blab/function.jsonc': '{}',
    'config.jsonc': JSON.stringify({ name: 'Blabber', visibility: 'public' }),
  }
  await app.publish({ ...files, ...code })
  const hook = await app.hook('any')
  await app.secretChanged('paid', 'the-secret-that-stripe-has-made')
  const statuses = await Promise.all(
    [withSecret(hook), `${hook.url}/a-guess-of-the-secret`, `${hook.url}?key=key-in-a-query`].map(
      async address =>
        (
          await fetch(address, {
            method: 'POST',
            body: 'a-secret-in-a-body',
            headers: { 'content-type': 'text/plain', authorization: 'Bearer a-guess-by-bearer' },
          })
        ).status,
    ),
  )
  assert.deepEqual(statuses, [200, 401, 401])

  const visitor = createVisitor(hook.url.replace(/\/hooks\/any$/, ''))
  const person = { name: 'Vera Visitor', email: 'vera@example.com', password: 'the-password-of-a-visitor' }
  assert.ok((await visitor.post('auth/sign-up', person)).status < 300)
  assert.equal((await visitor.post('auth/sign-in', { ...person, password: 'a-guess-of-the-visitors' })).status, 401)
  const failed = await visitor.post('functions/blab', { password: 'a-password-in-an-input' })
  assert.deepEqual([failed.status, /The service refused/.test(failed.body.message)], [500, true])
  await process.line(/"route":"[^"]*functions[^"]*","status":500/)

  const kept = [owner.password, person.password, hook.secret ?? '', 'the-secret-that-stripe-has-made', access, refresh, setUpToken]
  const passing = [
    'a-wrong-guess-of-the-password',
    'a-guess-of-the-secret',
    'a-guess-by-bearer',
    'key-in-a-query',
    'a-secret-in-a-body',
    'a-guess-of-the-visitors',
    'a-password-in-an-input',
  ]
  const cookies = [...browser.cookies.values(), ...[...visitor.cookies.values()].map(({ value }) => value)]
  const log = process.lines.filter(line => !line.startsWith('Set it up')).join('\n')
  for (const secret of [...kept, ...passing, ...cookies]) assert.ok(secret.length > 8 && !log.includes(secret), secret)

  process.child.kill('SIGKILL')
  await process.exit
  const folder = settings['PLUGBOARD_RELAY_DATA'] ?? ''
  for (const name of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!name.isFile() || name.parentPath.includes('releases')) continue
    const bytes = await readFile(join(name.parentPath, name.name), 'latin1')
    for (const secret of kept) assert.ok(!bytes.includes(secret), `${name.name} holds ${secret}`)
  }
})

it('no token that passes through custody is in a log, an answer, a page, a database or a file', async t => {
  const { relay, owner: browser, server, access, desktop, provider } = await startBroker(t)
  const issued = new Set<string>()
  server.knobs.intercept = (_, response) => {
    const end = response.end.bind(response)
    response.end = ((chunk: unknown, ...rest: never[]) => {
      for (const [, token = ''] of String(chunk).matchAll(/"(?:access|refresh|id)_token":"([^"]+)"/g)) issued.add(token)
      return end(chunk, ...rest)
    }) as typeof end
    return false
  }
  const said: string[] = [...relay.lines]
  const info = relayInfo.parse(await (await fetch(`${relay.url}/.well-known/plugboard-relay`)).json())
  const send = requestWith(() => relay.url, access)
  const link = {
    async request(path: `/${string}`, init?: RequestInit) {
      const response = await send(path, init)
      said.push(String(init?.body ?? ''), await response.clone().text())
      return response
    },
    read: async () => ({ info, member: {} as never, tokens: { access, accessExpiresAt: Infinity, refresh: '' } }),
  }
  const app = appOn(() => relay.url, access, relay.settings, 'desk')
  await app.publish({
    'config.jsonc': JSON.stringify({ name: 'Desk', visibility: 'public' }),
    'connectors/tickets.jsonc': JSON.stringify({ type: 'tickets', mode: 'app-user' }),
  })

  // Handed over, used, renewed, and taken back.
  const { connections, home } = await connectionsFor(t, { connectors: { tickets: ticketsConnector(provider) }, relay: link })
  await connections.clients.set({ provider: 'tickets', clientId: postClient.clientId, clientSecret: postClient.clientSecret ?? '' })
  const wanted = { appId: 'desk', connector: 'tickets' }
  const scopes = ['offline_access', 'tickets:read']
  const { connection } = await connectWith(connections, { ...wanted, scopes }, async url => (await fetch(await giveConsent(url))).text())
  const { id } = connection
  assert.equal((await connections.moveTo(id, 'relay')).custody?.state, 'relay')
  const { generation } = await connections.accessToken(wanted)
  await connections.accessToken({ ...wanted, rejected: { connectionId: id, generation } })
  assert.equal((await connections.moveTo(id, 'here')).custody?.state, 'here')

  // Connected through the relay, and lent.
  const asked = await desktop.ask({ appId: 'desk' })
  said.push((await signInAt(browser, asked.url)).text, JSON.stringify(await desktop.answer(asked.id)))
  said.push(JSON.stringify(await desktop.keep(asked.id, 'c2')))
  const { publicKey } = await makeAnswerKey()
  const lent = await send('/api/relay/shared/c2/token', { method: 'POST', body: JSON.stringify({ sessionPublicKey: publicKey }) })
  assert.equal(lent.status, 200)
  said.push(await lent.text())

  // A user's own.
  const visitor = createVisitor(`${relay.url}/a/desk`)
  await visitor.post('auth/sign-up', { name: 'Vera', email: 'vera@example.com', password: 'the-password-of-a-visitor' })
  const begun = await visitor.post('connections/tickets/connect', { returnTo: 'accounts', flows: [] })
  said.push(JSON.stringify(begun.body))
  await visitor.send(await giveConsent(begun.body.authorizationUrl, 'agree', 'bea'))
  const own = await visitor.get('connections')
  assert.match(JSON.stringify(own.body), /bea/)
  said.push(JSON.stringify(own.body))

  for (const page of ['/connections', '/audit', '/apps/desk', '/clients']) said.push((await browser.get(page)).text)
  await relay.close()
  assert.ok(issued.size >= 8, `${issued.size} tokens were issued`)
  const told = [...said, ...relay.lines].join('\n')
  const files = await filesIn(relay.settings['PLUGBOARD_RELAY_DATA'] ?? '', home)
  assert.ok(['relay.db', 'connections.db'].every(wanted => files.some(({ name }) => name === wanted)))
  for (const token of [...issued, postClient.clientSecret ?? '']) {
    assert.ok(token.length > 8 && !told.includes(token), token)
    for (const { name, bytes } of files) assert.ok(!bytes.includes(token), `${name} holds ${token}`)
  }
})

/** All that is on disk below these folders. */
async function filesIn(...folders: string[]): Promise<{ name: string; bytes: string }[]> {
  const found = await Promise.all(folders.map(folder => readdir(folder, { recursive: true, withFileTypes: true })))
  const files = found.flat().filter(each => each.isFile())
  return Promise.all(files.map(async each => ({ name: each.name, bytes: await readFile(join(each.parentPath, each.name), 'latin1') })))
}
