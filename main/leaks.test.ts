import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { isContractProcedure, type ContractRouterClient } from '@orpc/contract'
import { mainContract, type MainContract } from '../core/contract/main.ts'
import { connectPort } from '../core/rpc/connect.ts'
import { isStream } from '../core/rpc/port.ts'
import { serveOnPort } from '../core/rpc/serve.ts'
import { createApp } from './app.ts'
import { hostEnvironment } from '../host/child-environment.ts'
import { indiscretions, startIndiscreetProvider } from './indiscreet-provider.fixture.ts'
import { forkNode } from '../host/child.ts'
import type { Child } from '../host/child.ts'

const clientSecret = 'own-client~secret/Kd83+hsQ'
const passphrase = 'correct horse battery'

/** Tells all that code in the sandbox can see, with what a call of a tool gives it. */
const spy = `
  import * as plugboard from 'plugboard'
  const seen = new Set()
  function tell(value, depth = 0) {
    if (typeof value === 'function') return String(value).slice(0, 300)
    if (typeof value !== 'object' || value === null) return String(value)
    if (seen.has(value) || depth > 6) return '…'
    seen.add(value)
    const told = {}
    for (const name of Reflect.ownKeys(value)) {
      try { told[String(name)] = tell(value[name], depth + 1) } catch (error) { told[String(name)] = 'refused: ' + error }
    }
    return told
  }
  const attempt = async look => { try { return await look() } catch (error) { return tell(error) } }
  export default async function spy() {
    console.log('spying')
    const calls = []
    for (const [action, input] of [['postMessage', { channel: '#support', text: 'x' }], ['listChannels', {}], ['readMessages', { channel: '#support' }]])
      calls.push(await attempt(() => plugboard.connectors.slackbot[action](input)))
    for (const call of calls) console.log(JSON.stringify(call))
    return JSON.parse(JSON.stringify({
      calls: tell(calls),
      environment: await attempt(() => Deno.env.toObject()),
      process: await attempt(async () => tell((await import('node:process')).default.env)),
      arguments: await attempt(() => tell(Deno.args)),
      globals: tell(Object.fromEntries(Reflect.ownKeys(globalThis).filter(name => typeof name === 'string' && !/^(console|Intl|WebAssembly)$/.test(name)).map(name => [name, typeof globalThis[name] === 'object' ? '…' : String(globalThis[name]).slice(0, 100)]))),
      plugboard: tell(plugboard),
    }))
  }`

const failingFunction = `
  import { connectors } from 'plugboard'
  export default async function fail() { return connectors.slackbot.postMessage({ channel: '#support', text: 'x' }) }`

const flow = {
  name: 'Post',
  is_active: true,
  trigger: { config: { trigger_type: 'entity', entity_name: 'Ticket', events: ['create'] } },
  definition: {
    document: { dsl: '1.0.0', namespace: 'plugboard', name: 'post', version: '1.0.0' },
    do: [{ post: { call: 'invoke_backend_function', with: { function_name: 'fail', args: {} } } }],
  },
}

/** The whole program with a page on the line: everything is real but the shell and the service. `heard` is what came to the page. */
async function openProgram(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'leaks-'))
  const provider = await startIndiscreetProvider()
  const keys = new Map<string, string>()
  const app = await createApp({
    home,
    version: '0',
    keychain: {
      read: async account => keys.get(account) ?? null,
      write: async (account, secret) => void keys.set(account, secret),
      delete: async account => void keys.delete(account),
    },
    shell: {
      kind: 'serve',
      openBrowser: async () => {},
      fork: program =>
        program === 'host'
          ? forkNode(join(import.meta.dirname, '../host/process.ts'), hostEnvironment(process.env))
          : standIn(provider.origin),
    },
  })
  const { port1, port2 } = new MessageChannel()
  const heard: string[] = []
  port2.on('message', data => heard.push(typeof data === 'string' ? data : Buffer.from(data as Uint8Array).toString('latin1')))
  serveOnPort(port1 as never, app.router, app.report)
  const page = connectPort<MainContract>(port2 as never)
  port1.start()
  t.after(async () => {
    port1.close()
    await app.close()
    provider.close()
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  })
  return { page, provider, heard, home, app }
}

/** Practice accounts that are served by the indiscreet provider. */
function standIn(origin: string): Child {
  const exits: ((code: number | null) => void)[] = []
  let hear: (message: unknown) => void = () => {}
  return {
    post: message => hear({ id: (message as { id: number }).id, origin }),
    onMessage: listener => void (hear = listener),
    onExit: listener => void exits.push(listener),
    onLog: () => {},
    kill: () => exits.forEach(exit => exit(0)),
  }
}

type Page = ContractRouterClient<MainContract>

async function connect(page: Page, appId: string): Promise<string> {
  const scopes = ['chat:write', 'channels:read', 'channels:history']
  let id = ''
  for await (const event of await page.connections.connect({ appId, connector: 'slackbot', scopes, practice: true })) {
    if (event.type === 'opened') void fetch(event.authorizationUrl).then(answer => answer.text())
    if (event.type === 'connected') id = event.connection.id
  }
  return id
}

/** Runs a function to its end, whatever that is; its events come to the page. */
async function runFunction(page: Page, appId: string, name: string): Promise<void> {
  for await (const event of await page.host.functions.run({ appId, name, input: {} }))
    if (event.type === 'result' || event.type === 'error') return
}

async function filesIn(folder: string): Promise<[name: string, content: string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return Promise.all(files.map(async (file): Promise<[string, string]> => [file.slice(folder.length + 1), await readFile(file, 'latin1')]))
}

function pathsOf(contract: object, path: string[] = []): string[] {
  if (isContractProcedure(contract)) return [path.join('.')]
  return Object.entries(contract).flatMap(([name, part]) => pathsOf(part as object, [...path, name]))
}

test('no token, code or client secret comes into a log, a file, an app, the page or the sandbox, whatever the service does', async t => {
  const { page, provider, heard, home, app } = await openProgram(t)
  const { appId } = await page.apps.create({ name: 'Support desk' })
  for (const [path, text] of Object.entries({
    'connectors/slackbot.jsonc': '{ "type": "slackbot", "scopes": ["chat:write", "channels:read", "channels:history"] }',
    'entities/Ticket.jsonc': '{ "name": "Ticket", "type": "object", "properties": { "title": { "type": "string" } } }',
    'functions/spy/entry.ts': spy,
    'functions/fail/entry.ts': failingFunction,
    'workflows/Post.jsonc': JSON.stringify(flow),
  }))
    await page.apps.writeFile({ appId, path, text })
  await page.settings.setOauthClient({ provider: 'google', clientId: 'own-client', clientSecret })
  const connectionId = await connect(page, appId)
  assert.ok(connectionId)

  for (const manner of Object.keys(indiscretions)) {
    provider.behave(manner)
    await runFunction(page, appId, 'spy')
    await runFunction(page, appId, 'fail')
    await page.host.connectors.tryAction({ appId, connector: 'slackbot', action: 'listChannels', input: {} }).catch(() => {})
    await page.host.records.create({ appId, entity: 'Ticket', data: { title: 'x' } })
    assert.ok(provider.asked() > 0, `${manner} was seen`)
    // A token that was refused would keep the next manner from being seen.
    await connect(page, appId)
  }
  for (const refresh of ['broken', 'refused'] as const) {
    provider.behave('a refused token', refresh)
    await runFunction(page, appId, 'spy')
    await connect(page, appId)
  }
  provider.behave('a limit')
  await runFunction(page, appId, 'spy')
  assert.ok(provider.asked() > 0)

  const [run] = (await page.host.runs.list({ appId })).items
  const inputs: Record<string, unknown> = {
    'apps.readFile': { appId, path: 'functions/spy/entry.ts' },
    'apps.writeFile': { appId, path: 'notes.txt', text: 'x' },
    'apps.editJson': { appId, path: 'config.jsonc', at: ['name'], value: 'Desk', title: 'Rename' },
    'apps.deleteFile': { appId, path: 'notes.txt' },
    'apps.create': { name: 'Another' },
    'apps.openFolder': { path: join(home, 'nowhere') },
    'apps.rename': { appId, name: 'Desk' },
    'chat.send': { appId, text: 'Post a message to Slack when a ticket is created.' },
    'connections.connect': { appId, connector: 'slackbot', scopes: ['chat:write'], practice: true },
    'connections.access': { connectionId },
    'connections.rename': { connectionId, name: 'Support' },
    'connections.setDefault': { connectionId },
    'practice.open': { appId, connector: 'slackbot' },
    'settings.setTheme': { theme: 'dark' },
    'settings.setOauthClient': { provider: 'github', clientId: 'own', clientSecret },
    'system.openExternal': { url: 'https://example.com' },
    'vault.setPassphrase': { passphrase },
    'vault.unlock': { passphrase },
    'host.functions.run': { appId, name: 'spy', input: {} },
    'host.functions.check': { appId, name: 'spy' },
    'host.flows.runNow': { appId, name: 'Post' },
    'host.records.create': { appId, entity: 'Ticket', data: { title: 'x' } },
    'chat.edit': { appId, messageId: 'x', text: 'x' },
    'host.connectors.tryAction': { appId, connector: 'slackbot', action: 'listChannels', input: {} },
    'host.connectors.options': { appId, connector: 'slackbot', field: 'channel' },
    'host.apps.open': { appId, path: join(home, 'apps', appId) },
    // What takes things away comes last, in this order.
    'connections.disconnect': { connectionId },
    'connections.forget': { connectionId },
    'apps.undo': { appId },
    'apps.redo': { appId },
    'host.apps.close': { appId },
    'apps.remove': { appId },
  }
  /** Something that streams of records and of runs tell. */
  const stir = () => page.host.records.create({ appId, entity: 'Ticket', data: { title: 'x' } })
  const usual = {
    appId,
    connectionId,
    runId: run?.id ?? '',
    entity: 'Ticket',
    id: 'x',
    data: {},
    name: 'Post',
    messageId: 'x',
    connector: 'slackbot',
  }
  const last = ['connections.disconnect', 'connections.forget', 'apps.undo', 'apps.redo', 'host.apps.close', 'apps.remove']
  const paths = pathsOf(mainContract)
  assert.ok(paths.length > 60)
  for (const path of [...paths.filter(each => !last.includes(each)), ...last]) {
    const call = path.split('.').reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], page) as Call
    await call(inputs[path] ?? usual)
      .then(answer => (isStream(answer) ? firstOf(answer, stir) : undefined))
      // An error has come over the line as well.
      .catch(() => {})
  }
  await app.close()

  const secrets = [...new Set([...provider.secrets, clientSecret, passphrase])]
  const forms = secrets.flatMap(secret => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
  const tellsNone = (where: string, content: string) => {
    for (const form of forms) {
      const at = content.indexOf(form)
      assert.ok(at < 0, `${where} tells ${form}: …${content.slice(Math.max(0, at - 200), at + 100)}…`)
    }
  }
  assert.ok(provider.secrets.length > 30)
  // The address of a sign-in is opened by the page of the browser shell; it holds no secret. Codes go to the listener alone.
  const told = heard.join('\n')
  assert.match(told, /spying/)
  tellsNone('the page', told)
  const files = await filesIn(home)
  assert.ok(files.some(([name]) => name.endsWith('app.db')) && files.some(([name]) => name.includes('.plugboard')))
  for (const [name, content] of files) tellsNone(name, content)
})

type Call = (input: unknown) => Promise<unknown>

/** The first thing that a stream tells while something is going on. */
async function firstOf(stream: AsyncIterable<unknown>, stir: () => Promise<unknown>): Promise<void> {
  const told = new AbortController()
  const reading = (async () => {
    for await (const _ of stream) break
  })().finally(() => told.abort())
  while (!told.signal.aborted) await Promise.race([stir(), reading])
  await reading
}
