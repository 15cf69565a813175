import assert from 'node:assert/strict'
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, test, type TestContext } from 'node:test'
import { connectors } from '../../connectors/index.ts'
import type { AppModel } from '../../core/app/model.ts'
import type { ChatMessage } from '../../core/chat.ts'
import { Changes } from '../../core/rpc/stream.ts'
import { loadApp } from '../../host/app/load.ts'
import { describeTrigger } from '../../host/flows/trigger-words.ts'
import { toChangeSet } from '../../planner/change-set.ts'
import { plan } from '../../planner/plan.ts'
import { createProjects } from '../projects/projects.ts'
import { createChat, type Chat } from './chat.ts'
import type { Usable } from './needs.ts'

const mainJob = 'Post a message to the Slack #support channel when a new ticket is created.'
const shared = { mode: 'shared' as const, slots: {} }
const opened: Chat[] = []
afterEach(async () => {
  for (const chat of opened.splice(0)) await chat.close()
})

/** A real app folder with its history; accounts are what the test says they are. */
async function desk(context: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'plugboard-chat-'))
  context.after(() => rm(home, { recursive: true, force: true }))
  const projects = createProjects({ home })
  const { appId } = await projects.create({ name: 'Support desk' })
  const root = projects.root(appId)
  let accounts: Usable[] = []
  const changes = new Changes<void>()
  let model: AppModel = await loadApp(appId, root)
  const reload = async () => void (model = await loadApp(appId, root, model))

  function open(): Chat {
    const chat = createChat({
      projects,
      planner: { plan, toChangeSet },
      connections: { list: () => accounts, watch: (_, signal) => changes.followState(() => accounts, signal) },
      tools: connectors,
      modelOf: () => model,
      describeTrigger,
      afterWrite: reload,
      now: () => new Date('2026-11-20T10:00:00Z'),
      timezone: 'Europe/Berlin',
    })
    opened.push(chat)
    return chat
  }
  const chat = open()
  return {
    appId,
    root,
    chat,
    open,
    reload,
    model: () => model,
    log: join(root, '.plugboard', 'chat.jsonl'),
    connect(connector: string, scopesGranted: string[], mode: Usable['mode'] = 'shared') {
      accounts = [...accounts, { id: `${connector}-${mode}`, connector, mode, state: 'connected', scopesGranted, isDefault: true }]
      changes.publish()
    },
    messages: (of: Chat = chat) => now(of, appId),
    read: (path: string) => readFile(join(root, path), 'utf8'),
    until: (holds: (messages: ChatMessage[]) => boolean, of: Chat = chat) => until(of, appId, holds),
  }
}

/** Milliseconds. A busy machine is no failure. */
const longest = 240_000

async function now(chat: Chat, appId: string): Promise<ChatMessage[]> {
  for await (const messages of chat.watch(appId, AbortSignal.timeout(longest))) return messages
  return []
}

async function until(chat: Chat, appId: string, holds: (messages: ChatMessage[]) => boolean): Promise<ChatMessage[]> {
  for await (const messages of chat.watch(appId, AbortSignal.timeout(longest))) if (holds(messages)) return messages
  return assert.fail('The conversation never came to that.')
}

function only<K extends ChatMessage['kind']>(messages: readonly ChatMessage[], kind: K): Extract<ChatMessage, { kind: K }> {
  const found = messages.filter((message): message is Extract<ChatMessage, { kind: K }> => message.kind === kind)
  return found.at(-1) ?? assert.fail(`No ${kind} in ${messages.map(message => message.kind).join(', ')}`)
}

test('the main job: plan, connect, and then the files are there as one step', async t => {
  const { appId, chat, connect, messages, until, model, read } = await desk(t)
  await chat.send(appId, mainJob)
  const card = only(await messages(), 'plan')
  assert.equal(card.triggerWords, 'When a ticket is created')

  await chat.apply(appId, card.id, shared)
  const needed = only(await messages(), 'connect')
  assert.deepEqual([needed.connector, needed.scopes, needed.state], ['slackbot', ['chat:write'], 'required'])
  assert.deepEqual(model().flows, [], 'nothing is written before the account is there')

  connect('slackbot', ['chat:write'])
  const done = await until(list => list.some(({ kind }) => kind === 'result'))
  assert.equal(only(done, 'connect').state, 'connected')
  assert.equal(only(done, 'plan').state, 'applied')
  const result = only(done, 'result')
  assert.deepEqual(
    result.created.map(({ kind, name }) => `${kind} ${name}`),
    ['entity Ticket', 'function postNewTicketToSlack', 'flow New ticket to Slack', 'connector slackbot'],
  )
  assert.deepEqual(model().problems, [])
  assert.deepEqual(model().functions[0]?.uses, [{ connector: 'slackbot', action: 'postMessage' }])
  assert.equal(model().flows[0]?.name, result.flow)
  assert.match(await read('functions/postNewTicketToSlack/entry.ts'), /#support/)

  await chat.undo(appId, result.id)
  assert.deepEqual(
    [model().flows, model().entities, model().functions, model().connectors].map(({ length }) => length),
    [0, 0, 0, 0],
  )
  const after = await messages()
  assert.deepEqual([only(after, 'result').state, only(after, 'plan').state], ['undone', 'undone'])

  await chat.apply(appId, card.id, shared)
  assert.equal(model().flows.length, 1, 'an undone plan can be run again')
})

test('a schedule is told in words with its next three times', async t => {
  const { appId, chat, messages } = await desk(t)
  await chat.send(appId, 'Send me a daily email with my to-do list using Gmail.')
  const card = only(await messages(), 'plan')
  assert.match(card.triggerWords, /09:00/)
  assert.deepEqual(
    card.nextTimes.map(time => time.slice(0, 16)),
    ['2026-11-21T09:00', '2026-11-22T09:00', '2026-11-23T09:00'],
  )
})

test('a connected account with the permission is used at once', async t => {
  const { appId, chat, connect, messages, model } = await desk(t)
  connect('slackbot', ['chat:write'])
  await chat.send(appId, mainJob)
  await chat.apply(appId, only(await messages(), 'plan').id, shared)
  assert.equal(model().flows.length, 1)
  assert.ok((await messages()).every(({ kind }) => kind !== 'connect'))
})

test('an account that lacks a permission is asked for', async t => {
  const { appId, chat, connect, messages, model } = await desk(t)
  connect('slackbot', ['channels:read'])
  await chat.send(appId, mainJob)
  await chat.apply(appId, only(await messages(), 'plan').id, shared)
  assert.equal(only(await messages(), 'connect').state, 'required')
  assert.equal(model().flows.length, 0)
})

test('Skip adds nothing, and the plan can be run again', async t => {
  const { appId, chat, connect, messages, model } = await desk(t)
  await chat.send(appId, mainJob)
  const { id } = only(await messages(), 'plan')
  await chat.apply(appId, id, shared)
  await chat.skip(appId, only(await messages(), 'connect').id)
  assert.equal(only(await messages(), 'plan').state, 'skipped')
  connect('slackbot', ['chat:write'])
  assert.equal(model().flows.length, 0)
  await chat.apply(appId, id, shared)
  assert.equal(model().flows.length, 1)
})

test('a plan that waits for an account survives a restart', async t => {
  const { appId, chat, connect, messages, model, open, until } = await desk(t)
  await chat.send(appId, mainJob)
  await chat.apply(appId, only(await messages(), 'plan').id, shared)
  await chat.close()
  const again = open()
  assert.equal(only(await messages(again), 'connect').state, 'required')
  connect('slackbot', ['chat:write'])
  await until(list => list.some(({ kind }) => kind === 'result'), again)
  assert.equal(model().flows.length, 1)
})

test('a damaged or torn line of the log loses only itself', async t => {
  const { appId, chat, log, messages, open } = await desk(t)
  await chat.send(appId, 'hello there')
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n')
  await writeFile(log, [lines[0], '{"op":"put","mess', ...lines.slice(1)].join('\n'))
  await appendFile(log, '\n{"op":"put","message":{"kind":"te')
  const again = open()
  assert.equal((await messages(again)).length, 2)
  await again.send(appId, 'still here')
  assert.deepEqual((await messages(open())).filter(({ kind }) => kind === 'user').length, 2)
})

test('editing a message drops it and all after it', async t => {
  const { appId, chat, messages } = await desk(t)
  await chat.send(appId, 'Post to Slack #a when a ticket is created')
  const [first] = await messages()
  await chat.edit(appId, first?.id ?? '', 'Post to Slack #b when an order is created')
  const list = await messages()
  assert.deepEqual(
    list.map(({ kind }) => kind),
    ['user', 'plan'],
  )
  assert.equal(only(list, 'plan').plan.slots[0]?.value, '#b')
})

test('a follow-up changes the open plan', async t => {
  const { appId, chat, messages } = await desk(t)
  await chat.send(appId, 'Post new tickets to #support on Slack')
  await chat.send(appId, 'use #sales instead')
  assert.equal(only(await messages(), 'plan').plan.slots[0]?.value, '#sales')
})

test('what cannot be built is refused in one sentence, and writes nothing', async t => {
  const { appId, chat, messages, model } = await desk(t)
  for (const prompt of [
    'When a GitHub issue is opened post to #dev',
    'Create a HubSpot contact for each new lead',
    'Add emails from Airtable to Mailchimp',
    '"><img src=x onerror=alert(1)>',
    '0'.repeat(4000),
  ]) {
    await chat.send(appId, prompt)
    const reply = (await messages()).at(-1)
    assert.equal(reply?.kind, 'text', prompt)
  }
  assert.equal(model().flows.length, 0)
})

test('an aborted send keeps the message and gives no answer', async t => {
  const { appId, chat, messages } = await desk(t)
  await chat.send(appId, mainJob, AbortSignal.abort())
  assert.deepEqual(
    (await messages()).map(({ kind }) => kind),
    ['user'],
  )
})

test('a missing value is asked for and nothing is written', async t => {
  const { appId, chat, connect, messages, model } = await desk(t)
  connect('slackbot', ['chat:write'])
  await chat.send(appId, 'Notify me in Slack when a sale is made in my app')
  const { id } = only(await messages(), 'plan')
  await assert.rejects(chat.apply(appId, id, shared), { code: 'validation', message: 'Fill in “Channel” first.' })
  assert.equal(model().flows.length, 0)
  await chat.apply(appId, id, { mode: 'shared', slots: { channel: '#sales' } })
  await assert.rejects(chat.apply(appId, id, shared), { code: 'conflict' })
})

test('for app users the builder connects an account of his own, and the file says whose accounts are used', async t => {
  const { appId, chat, connect, messages, model, until } = await desk(t)
  const scopes = ['https://www.googleapis.com/auth/gmail.send']
  connect('gmail', scopes)
  await chat.send(appId, 'Send me a daily email with my to-do list using Gmail.')
  await chat.apply(appId, only(await messages(), 'plan').id, { mode: 'app-user', slots: {} })
  const card = only(await messages(), 'connect')
  assert.deepEqual([card.mode, card.state, model().connectors.length], ['app-user', 'required', 0], 'a shared account does not stand in')
  connect('gmail', scopes, 'app-user')
  await until(all => all.some(({ kind }) => kind === 'result'))
  assert.equal(model().connectors[0]?.connector.mode, 'app-user')
  assert.match(only(await messages(), 'text').text, /each user connects their own gmail account/i)
})

test('for app users a page gains a place to connect, as part of the step that undo takes back', async t => {
  const { appId, root, chat, connect, messages, reload, read } = await desk(t)
  await mkdir(join(root, 'pages'), { recursive: true })
  const before = `{
  "name": "home", "title": "Home", // ours
  "blocks": [
    { "type": "text", "text": "Hello", "x": 1 }, // first
  ],
}
`
  await writeFile(join(root, 'pages/home.jsonc'), before)
  await reload()
  connect('gmail', ['https://www.googleapis.com/auth/gmail.send'], 'app-user')
  await chat.send(appId, 'Send me a daily email with my to-do list using Gmail.')
  const { id, plan: proposed } = only(await messages(), 'plan')
  assert.deepEqual(proposed.items.at(-1), {
    kind: 'page',
    name: 'home',
    title: 'Home',
    summary: 'Each user connects their Gmail there',
    exists: false,
    mode: 'app-user',
  })
  await chat.apply(appId, id, { mode: 'app-user', slots: {} })
  const after = await read('pages/home.jsonc')
  for (const kept of ['// ours', '"x": 1 }, // first']) assert.ok(after.includes(kept), after)
  assert.match(after, /"x": 1[\s\S]*\{\s*"type": "connect-account",\s*"connector": "gmail"\s*\}/)
  const result = only(await messages(), 'result')
  assert.deepEqual(result.created.at(-1), { kind: 'page', name: 'home', title: 'Home', path: 'pages/home.jsonc' })
  await chat.undo(appId, result.id)
  assert.equal(await read('pages/home.jsonc'), before)
})

test('comments and unknown keys of a connector file stay', async t => {
  const { appId, chat, connect, messages, reload, read, root } = await desk(t)
  await mkdir(join(root, 'connectors'), { recursive: true })
  await writeFile(
    join(root, 'connectors/slackbot.jsonc'),
    '{\n  // ours\n  "type": "slackbot",\n  "scopes": ["users:read"],\n  "x": 1\n}\n',
  )
  await reload()
  connect('slackbot', ['chat:write'])
  await chat.send(appId, mainJob)
  await chat.apply(appId, only(await messages(), 'plan').id, shared)
  const text = await read('connectors/slackbot.jsonc')
  assert.match(text, /\/\/ ours/)
  assert.match(text, /"x": 1/)
  assert.match(text, /users:read[\s\S]*chat:write/)
})

test('clear empties the conversation for good', async t => {
  const { appId, chat, messages, open } = await desk(t)
  await chat.send(appId, mainJob)
  await chat.clear(appId)
  assert.deepEqual(await messages(), [])
  assert.deepEqual(await messages(open()), [])
})
