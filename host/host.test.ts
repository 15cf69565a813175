import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createRouterClient } from '@orpc/server'
import slackbot from '../connectors/slack/bot.ts'
import { scopesFor } from '../core/connector.ts'
import type { Credential, HeldAccount } from '../core/contract/credentials.ts'
import { AppError } from '../core/errors.ts'
import type { Run } from '../core/run.ts'
import { grantFor, practiceFor, callFor, run as runAction } from '../practice/practice.fixture.ts'
import type { CredentialsClient } from './gateway/gateway.ts'
import { createHost } from './host.ts'
import { createHostRouter } from './router.ts'

const files: Record<string, string> = {
  'config.jsonc': '{ "name": "Support desk" }',
  'entities/Ticket.jsonc': '{ "name": "Ticket", "type": "object", "properties": { "title": { "type": "string" } }, "required": ["title"] }',
  'connectors/slackbot.jsonc': '{ "type": "slackbot", "scopes": ["chat:write"] }',
  'functions/postTicket/entry.ts': `
    import { connectors } from 'plugboard'
    export default async function postTicket({ ticket }: { ticket: { title: string } }) {
      await connectors.slackbot.postMessage({ channel: '#support', text: 'New ticket: ' + ticket.title })
      return { posted: ticket.title }
    }`,
  'workflows/New ticket to Slack.jsonc': JSON.stringify({
    name: 'New ticket to Slack',
    is_active: true,
    trigger: { config: { trigger_type: 'entity', entity_name: 'Ticket', events: ['create'] } },
    definition: {
      document: { dsl: '1.0.0', namespace: 'plugboard', name: 'new_ticket_to_slack', version: '1.0.0' },
      do: [{ post: { call: 'invoke_backend_function', with: { function_name: 'postTicket', args: { ticket: '${ .trigger.data }' } } } }],
    },
  }),
}

async function writeApp(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'host-'))
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, file)), { recursive: true })
    await writeFile(join(path, file), text)
  }
  return path
}

/** A host whose one account is a practice Slack. `connected` says whether it may be used yet. */
async function openHost(t: TestContext, account: { connected: boolean }) {
  const practice = await practiceFor(t)
  const scopes = scopesFor(slackbot, ['postMessage'])
  const grant = await grantFor(practice.practice, 'app', slackbot, scopes)
  const { origins } = await practice.practice.endpoints('app', slackbot.provider)
  const credential: Credential = {
    connectionId: 'c1',
    generation: 1,
    accessToken: grant.access_token,
    expiresAt: null,
    scopesGranted: [...scopes],
    account: null,
    mode: 'shared',
    facts: {},
    practiceOrigins: origins,
  }
  const held: HeldAccount = {
    id: 'c1',
    connector: 'slackbot',
    name: 'plugboard in Northwind',
    isDefault: true,
    state: 'connected',
    since: '2026-01-01T00:00:00.000Z',
    scopesGranted: [...scopes],
  }
  const credentials = {
    accessToken: async () => {
      if (!account.connected)
        throw new AppError('needs_connection', 'Connect Slack Bot first.', { action: { kind: 'connect', connector: 'slackbot' } })
      return credential
    },
    accounts: async () => (account.connected ? [held] : []),
    agreedUsers: async () => [],
  } as CredentialsClient
  const reports: AppError[] = []
  const host = createHost({ credentials, report: error => reports.push(error) })
  const path = await writeApp()
  const app = await host.open('app', path)
  t.after(async () => {
    await host.close()
    await rm(path, { recursive: true, force: true, maxRetries: 3 })
    assert.deepEqual(reports.map(String), [])
  })
  const messages = async () => {
    const call = await callFor(practice.practice, slackbot)
    const found = await runAction(slackbot, call, 'readMessages', { channel: '#support', limit: 5 })
    return found.map(({ text }) => text)
  }
  /** Resolves with the next run that gets into one of these states. */
  const nextRun = (...states: Run['state'][]) =>
    new Promise<Run>(resolve => {
      const stop = app.flows.onRun(run => {
        if (!states.includes(run.state)) return
        stop()
        resolve(run)
      })
    })
  return { app, host, path, messages, nextRun }
}

test('a new ticket ends up in Slack, and the run says how', async t => {
  const { app, messages, nextRun } = await openHost(t, { connected: true })
  const ended = nextRun('succeeded', 'failed')
  await app.store.records('Ticket').create({ title: 'Printer is on fire' })
  const run = await ended
  assert.equal(run.state, 'succeeded', JSON.stringify(run.error))
  assert.ok((await messages()).includes('New ticket: Printer is on fire'))
  const { steps } = await app.flows.runs.get(run.id)
  assert.deepEqual(
    steps.map(({ name, state, output }) => ({ name, state, output })),
    [{ name: 'post', state: 'succeeded', output: { posted: 'Printer is on fire' } }],
  )
  const [line] = await app.gateway.activity({})
  assert.deepEqual(
    [line?.connector, line?.action, line?.status, line?.by],
    ['slackbot', 'postMessage', 'ok', { kind: 'flow', name: 'New ticket to Slack' }],
  )
})

test('a flow without its account waits, and goes on when it is connected', async t => {
  const account = { connected: false }
  const { app, messages, nextRun } = await openHost(t, account)
  const waits = nextRun('waiting', 'failed')
  await app.store.records('Ticket').create({ title: 'Waits' })
  assert.equal((await waits).state, 'waiting')
  const ended = nextRun('succeeded', 'failed')
  account.connected = true
  await app.connectionsChanged()
  assert.equal((await ended).state, 'succeeded')
  assert.ok((await messages()).includes('New ticket: Waits'))
})

test('a person tries an action: it is checked, done, and noted as theirs', async t => {
  const { host, app, messages } = await openHost(t, { connected: true })
  const { connectors } = createRouterClient(createHostRouter(host))
  const request = { appId: 'app', connector: 'slackbot', action: 'postMessage' }
  await assert.rejects(connectors.tryAction({ ...request, input: { channel: '#support', text: '' } }), {
    code: 'validation',
    message: /^Slack Bot, Post a message: text: /,
  })
  const { output } = await connectors.tryAction({ ...request, input: { channel: '#support', text: 'By hand' } })
  assert.match(String((output as { ts: string }).ts), /^\d+\.\d+$/)
  assert.ok((await messages()).includes('By hand'))
  const [line] = await app.gateway.activity({})
  assert.deepEqual([line?.action, line?.status, line?.by], ['postMessage', 'ok', { kind: 'user', name: 'you' }])
})

test('a file that breaks keeps its last good version at work and names the line', async t => {
  const { app, path, nextRun } = await openHost(t, { connected: true })
  const flowFile = join(path, 'workflows/New ticket to Slack.jsonc')
  await writeFile(flowFile, `${await readFile(flowFile, 'utf8')}\n}`)
  const model = await app.reload()
  assert.deepEqual(
    model.problems.map(({ path: file, line }) => [file, line]),
    [['workflows/New ticket to Slack.jsonc', 2]],
  )
  const ended = nextRun('succeeded', 'failed')
  await app.store.records('Ticket').create({ title: 'Still posted' })
  assert.equal((await ended).state, 'succeeded')
})

test('a function that is edited runs in its new form at once', async t => {
  const { app, path } = await openHost(t, { connected: true })
  await writeFile(join(path, 'functions/postTicket/entry.ts'), `export default () => 'edited'`)
  await app.reload()
  assert.equal(await app.flows.recordFunctionRun('postTicket', null), 'edited')
})

test('records, runs and journal are there again after a restart', async t => {
  const { app, host, path, nextRun } = await openHost(t, { connected: true })
  const ended = nextRun('succeeded', 'failed')
  await app.store.records('Ticket').create({ title: 'Kept' })
  await ended
  await host.closeApp('app')
  const again = await host.open('app', path)
  assert.equal(await again.store.records('Ticket').count(), 1)
  const { items } = await again.flows.runs.list()
  assert.deepEqual(
    items.map(({ state }) => state),
    ['succeeded'],
  )
})

test('an app that another process runs is refused in one sentence', async t => {
  const { path } = await openHost(t, { connected: true })
  const other = createHost({ credentials: {} as CredentialsClient, report: () => {} })
  await assert.rejects(
    other.open('app', path),
    (error: AppError) => error.code === 'conflict' && /Another Plugboard is running/.test(error.message),
  )
})
