import assert from 'node:assert/strict'
import { test } from 'node:test'
import { build } from 'esbuild'
import fc from 'fast-check'
import { parse } from 'jsonc-parser'
import { connectorFacts } from '../connectors/facts.ts'
import { connectors } from '../connectors/index.ts'
import { connectorFile } from '../core/app/connector-file.ts'
import { entity } from '../core/app/entity.ts'
import { flow } from '../core/app/flow.ts'
import { emptyModel, type AppModel } from '../core/app/model.ts'
import { functionName, flowName } from '../core/app/names.ts'
import { AppError } from '../core/errors.ts'
import type { ChangeSet, PlanChoices } from '../core/plan.ts'
import { toChangeSet } from './change-set.ts'
import type { PlannerContext } from './context.ts'
import { plan } from './plan.ts'
import { obstacleOf } from './runnable.ts'

const empty = emptyModel('desk', '/desk', 'Support desk')
const facts = Object.values(connectors).map(connectorFacts)
const contextWith = (model: Partial<AppModel> = {}): PlannerContext => ({
  model: { ...empty, ...model },
  connectors: facts,
  timezone: 'Europe/Berlin',
  now: new Date('2026-11-20T10:00:00Z'),
})

function changesFor(prompt: string, choices: Partial<PlanChoices> = {}, context = contextWith()): ChangeSet {
  const result = plan(prompt, context)
  if (result.outcome !== 'plan') throw new AppError('validation', 'no plan')
  return toChangeSet(result.plan, { mode: 'shared', slots: {}, ...choices }, context)
}
const textOf = (set: ChangeSet, path: string): string =>
  set.files.find(file => file.path === path)?.text ?? assert.fail(`${path} is missing from ${set.files.map(file => file.path).join(', ')}`)

/** Every file is one the app can load: schemas hold and the function bundles. */
async function assertLoads(set: ChangeSet): Promise<void> {
  for (const { path, text } of set.files) {
    assert.ok(text !== null && !path.includes('..'))
    if (path.endsWith('.ts')) {
      functionName.parse(path.split('/')[1])
      await build({
        stdin: { contents: text, loader: 'ts' },
        bundle: true,
        write: false,
        external: ['plugboard'],
        format: 'esm',
        logLevel: 'silent',
      })
    } else if (path.startsWith('entities/')) assert.equal(`entities/${entity.parse(parse(text)).name}.jsonc`, path)
    else if (path.startsWith('workflows/')) {
      flow.parse(parse(text))
      flowName.parse(path.slice('workflows/'.length, -'.jsonc'.length))
    } else connectorFile.parse(parse(text))
  }
}

test('the main job comes to an entity, a function, a flow and a connector file', async () => {
  const set = changesFor('Post a message to the Slack #support channel when a new ticket is created.')
  assert.deepEqual(
    set.files.map(({ path }) => path),
    [
      'entities/Ticket.jsonc',
      'functions/postNewTicketToSlack/entry.ts',
      'workflows/New ticket to Slack.jsonc',
      'connectors/slackbot.jsonc',
    ],
  )
  assert.equal(
    textOf(set, 'functions/postNewTicketToSlack/entry.ts'),
    `import { connectors } from 'plugboard'
import type { Ticket } from 'plugboard'

/** Posts each new ticket to Slack. */
export default async function postNewTicketToSlack({ ticket }: { ticket: Ticket }) {
  await connectors.slackbot.postMessage({ channel: '#support', text: \`New ticket: \${ticket.title}\` })
}
`,
  )
  const [step] = flow.parse(parse(textOf(set, 'workflows/New ticket to Slack.jsonc'))).definition.do
  assert.deepEqual(step?.['post_new_ticket_to_slack'], {
    call: 'invoke_backend_function',
    with: { function_name: 'postNewTicketToSlack', args: { ticket: '${ .trigger.data }' } },
    'x-plugboard': { title: 'New ticket to Slack' },
  })
  assert.deepEqual(parse(textOf(set, 'connectors/slackbot.jsonc')), { type: 'slackbot', scopes: ['chat:write'], mode: 'shared' })
  await assertLoads(set)
})

test('a digest reads the open tasks and mails them to the account itself', () => {
  const source = textOf(changesFor('Send me a daily email with my to-do list using Gmail.'), 'functions/emailTasks/entry.ts')
  assert.match(source, /entities\.Task\.list\(\{ q: \{ status: \{ \$ne: 'done' \} \}, sort: 'due_date' \}\)/)
  assert.match(source, /connectors\.gmail\.sendEmail\(\{ to: 'me', subject: 'Your tasks', text \}\)/)
})

test('a second plan of the same kind takes free names and touches nothing that is there', () => {
  const first = changesFor('Post to Slack #support when a new ticket is created')
  const existing = contextWith({
    entities: [{ file: 'entities/Ticket.jsonc', entity: entity.parse(parse(textOf(first, 'entities/Ticket.jsonc'))) }],
    functions: [
      {
        name: 'postNewTicketToSlack',
        file: 'functions/postNewTicketToSlack/entry.ts',
        config: { entry: 'entry.ts', timeoutSeconds: 60, memoryMb: 200 },
        uses: [],
      },
    ],
    flows: [
      {
        name: 'New ticket to Slack',
        file: 'workflows/New ticket to Slack.jsonc',
        flow: flow.parse(parse(textOf(first, 'workflows/New ticket to Slack.jsonc'))),
      },
    ],
    connectors: [
      { file: 'connectors/slackbot.jsonc', connector: { type: 'slackbot', scopes: ['chat:write', 'users:read'], mode: 'shared' } },
    ],
  })
  const paths = changesFor('Post to Slack #sales when a new ticket is created', {}, existing).files.map(({ path }) => path)
  assert.deepEqual(paths, ['functions/postNewTicketToSlack2/entry.ts', 'workflows/New ticket to Slack 2.jsonc'])
})

test('a connector file gains what is needed and loses nothing', () => {
  const context = contextWith({
    connectors: [
      {
        file: 'connectors/gmail.jsonc',
        connector: { type: 'gmail', scopes: ['https://www.googleapis.com/auth/gmail.readonly'], mode: 'shared', note: 'kept' },
      },
    ],
  })
  const written = parse(textOf(changesFor('Send me a daily email with my to-do list using Gmail.', {}, context), 'connectors/gmail.jsonc'))
  assert.deepEqual(written, {
    type: 'gmail',
    scopes: ['https://www.googleapis.com/auth/gmail.readonly', 'https://www.googleapis.com/auth/gmail.send'],
    mode: 'shared',
    note: 'kept',
  })
})

test('a missing value is asked for by its label', () => {
  assert.throws(() => changesFor('Notify me in Slack when a sale is made in my app.'), {
    code: 'validation',
    message: 'Fill in “Channel” first.',
  })
  assert.ok(changesFor('Notify me in Slack when a sale is made in my app.', { slots: { channel: '#sales' } }))
})

test('what a user writes into a slot stays text', async () => {
  const nasty = "'); await fetch('https://x') // ${process.env} `\\\n"
  const set = changesFor('Notify me in Slack when a sale is made in my app.', { slots: { channel: nasty } })
  await assertLoads(set)
  const source = set.files.find(({ path }) => path.endsWith('.ts'))?.text ?? ''
  const { outputFiles } = await build({
    stdin: { contents: source, loader: 'ts' },
    bundle: true,
    write: false,
    external: ['plugboard'],
    format: 'esm',
    logLevel: 'silent',
  })
  assert.equal((outputFiles[0]?.text.match(/await/g) ?? []).length - (nasty.match(/await/g) ?? []).length, 1)
})

const words = [
  'when',
  'a',
  'new',
  'ticket',
  'order',
  'customer',
  'is',
  'created',
  'updated',
  'deleted',
  'every',
  'day',
  'Monday',
  'at',
  '9am',
  'post',
  'send',
  'email',
  'add',
  'row',
  'to',
  'from',
  'Slack',
  '#ops',
  'Gmail',
  'Google Sheets',
  'Google Drive',
  'GitHub',
  'issue',
  'Google Calendar',
  'event',
  'and',
  'then',
  ',',
  '→',
  'my',
  'list',
  'report',
  'constructor',
  '__proto__',
  'import',
  'class',
  '“x”',
  "'; drop",
  '${1}',
  '`',
  '*/',
  'me',
  'tasks',
  'events',
  'upload',
  'reply',
  'draft',
  'summary',
  'webhook',
  'webhooks',
  'Stripe',
  'sends',
  'receive',
  'push',
  'payment',
]

test('any prompt gives a result, and whatever can be built loads', async () => {
  const prompt = fc.oneof(
    fc.array(fc.constantFrom(...words), { maxLength: 25 }).map(parts => parts.join(' ')),
    fc.string({ maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
  )
  await fc.assert(
    fc.asyncProperty(prompt, fc.string({ maxLength: 30 }), async (text, value) => {
      const context = contextWith()
      const result = plan(text, context)
      if (result.outcome !== 'plan' || obstacleOf(result.plan, context)) return
      const slots = Object.fromEntries(result.plan.slots.map(({ id, value: own }) => [id, own || value || 'x']))
      const full = Object.fromEntries(Object.entries(slots).map(([id, chosen]) => [id, chosen.trim() || 'x']))
      await assertLoads(toChangeSet(result.plan, { mode: 'shared', slots: full }, context))
    }),
    { numRuns: 1500 },
  )
})
