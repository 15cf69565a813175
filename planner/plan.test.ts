import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectorFacts } from '../connectors/facts.ts'
import { connectors } from '../connectors/index.ts'
import { emptyModel, type AppModel } from '../core/app/model.ts'
import type { Plan } from '../core/plan.ts'
import type { PlannerContext } from './context.ts'
import { plan } from './plan.ts'
import { revise } from './revise.ts'
import { obstacleOf } from './runnable.ts'

const empty = emptyModel('desk', '/desk', 'Support desk')
const context = (model: Partial<AppModel> = {}): PlannerContext => ({
  model: { ...empty, ...model },
  connectors: Object.values(connectors).map(connectorFacts),
  timezone: 'Europe/Berlin',
  now: new Date('2026-11-20T10:00:00Z'),
})

function planned(prompt: string, model?: Partial<AppModel>): Plan {
  const result = plan(prompt, context(model))
  assert.equal(result.outcome, 'plan', prompt)
  return result.outcome === 'plan' ? result.plan : assert.fail()
}
const slot = (found: Plan, id: string) => found.slots.find(candidate => candidate.id === id)?.value
const entityFile = (name: string) => ({
  file: `entities/${name}.jsonc`,
  entity: { name, type: 'object' as const, properties: { title: { type: 'string' as const } }, required: [] },
})

test('posts to a channel when a record is created', () => {
  const found = planned('Post a message to the Slack #support channel when a new ticket is created.')
  assert.equal(found.title, 'New ticket to Slack')
  assert.deepEqual(found.trigger, { kind: 'record', entity: 'Ticket', event: 'created' })
  assert.deepEqual(found.tools[0]?.actions, ['postMessage'])
  assert.deepEqual(
    found.tools[0]?.permissions.map(({ scope }) => scope),
    ['chat:write'],
  )
  assert.equal(slot(found, 'channel'), '#support')
  assert.equal(found.mode, 'ask')
  assert.deepEqual(
    found.items.map(({ kind, name }) => `${kind} ${name}`),
    ['entity Ticket', 'function postNewTicketToSlack', 'flow New ticket to Slack', 'connector slackbot'],
  )
})

test('mails a digest every day at nine in the user’s zone', () => {
  const found = planned('Send me a daily email with my to-do list using Gmail.')
  assert.deepEqual(found.trigger, { kind: 'schedule', cron: '0 9 * * *', timezone: 'Europe/Berlin' })
  assert.deepEqual(
    found.actions.map(({ connector, verb, object }) => `${connector} ${verb} ${object}`),
    ['app read Task', 'gmail send email'],
  )
  assert.equal(slot(found, 'to'), 'me')
})

test('adds each new record to a spreadsheet named after the app', () => {
  const found = planned('Sync new records from this app into a Google Sheets spreadsheet.', { entities: [entityFile('Lead')] })
  assert.deepEqual(found.trigger, { kind: 'record', entity: 'Lead', event: 'created' })
  assert.equal(found.actions[0]?.action, 'appendRow')
  assert.equal(slot(found, 'spreadsheet'), 'Support desk')
  assert.equal(found.items.find(({ kind }) => kind === 'entity')?.exists, true)
})

test('uses the entity that the app has for the same thing', () => {
  const found = planned('Notify #sales on Slack when a client is added', { entities: [entityFile('Customers')] })
  assert.deepEqual(found.items[0], { ...found.items[0], kind: 'entity', name: 'Customers', exists: true })
})

const triggers: ReadonlyArray<readonly [string, Plan['trigger']]> = [
  ['Every weekday at 8:30 post open tickets to #team', { kind: 'schedule', cron: '30 8 * * 1-5', timezone: 'Europe/Berlin' }],
  [
    'Every Friday at 5pm New York time, email me a summary of orders',
    { kind: 'schedule', cron: '0 17 * * 5', timezone: 'America/New_York' },
  ],
  ['On Mondays and Thursdays at noon post a reminder to #standup', { kind: 'schedule', cron: '0 12 * * 1,4', timezone: 'Europe/Berlin' }],
  ['Every 15 minutes post the open tickets to #ops', { kind: 'schedule', cron: '*/15 * * * *', timezone: 'Europe/Berlin' }],
  [
    'On the first of every month email ada@example.com a report of invoices',
    { kind: 'schedule', cron: '0 9 1 * *', timezone: 'Europe/Berlin' },
  ],
  ['Post in #ops when a ticket is deleted', { kind: 'record', entity: 'Ticket', event: 'deleted' }],
  ['If a customer cancels an order, tell #billing on Slack', { kind: 'record', entity: 'Order', event: 'updated' }],
  [
    'Once someone submits the feedback form, add a row to my Google Sheet',
    { kind: 'record', entity: 'FeedbackFormSubmission', event: 'created' },
  ],
  ['Create a GitHub issue in acme/web', { kind: 'manual' }],
]
for (const [prompt, trigger] of triggers) {
  test(`reads when to run: ${prompt}`, () => assert.deepEqual(planned(prompt).trigger, trigger))
}

test('takes recipients, repositories and words from the prompt', () => {
  assert.equal(slot(planned('Email ada@example.com with Gmail when an invoice is paid'), 'to'), 'ada@example.com')
  assert.equal(slot(planned('Create a GitHub issue in acme/web when a bug is reported'), 'repository'), 'acme/web')
  assert.equal(slot(planned('Send a welcome email with Gmail to each new customer'), 'to'), '{email}')
  const said = planned('Post to #general on Slack saying "Lunch is ready" every day at noon')
  assert.equal(said.actions.at(-1)?.values?.['message'], 'Lunch is ready')
})

test('a condition becomes part of the trigger', () => {
  const found = planned('Send a Gmail alert when a new task is marked as high priority.')
  assert.deepEqual(found.trigger, { kind: 'record', entity: 'Task', event: 'updated', condition: { field: 'priority', value: 'high' } })
})

test('says whose account is meant only when the prompt does', () => {
  assert.equal(planned('A CRM where each sales rep connects their own Gmail to send emails to new leads').mode, 'app-user')
  assert.equal(planned('Send a weekly email report from our shared account in Gmail').mode, 'shared')
  assert.equal(planned('Post to Slack when a lead is added').mode, 'ask')
})

test('names the services it does not know', () => {
  for (const [prompt, name] of [
    ['Add emails from Airtable to Mailchimp', 'Mailchimp'],
    ['Post new tickets to Telegram', 'Telegram'],
    ['When a lead is added, save it to Foobarly', 'Foobarly'],
  ] as const) {
    const result = plan(prompt, context())
    assert.equal(result.outcome, 'unsupported', prompt)
    assert.ok(result.outcome === 'unsupported' && result.unsupported.includes(name), prompt)
  }
})

test('asks when no tool, trigger or action can be known', () => {
  for (const prompt of [
    '12',
    'Fix my flow.',
    'Let your team know you’re away',
    '"><img src=x onerror=alert(1)>',
    'How many tickets do I have?',
  ])
    assert.equal(plan(prompt, context()).outcome, 'clarify', prompt)
})

test('says in one sentence what cannot be built yet, and offers something that can', () => {
  for (const prompt of [
    'When a GitHub issue is opened post to #dev',
    'Show my next Google Calendar events in a dashboard',
    'Create Trello cards when a ticket is created',
    'Create HubSpot contacts when users sign up',
  ]) {
    const found = obstacleOf(planned(prompt), context())
    assert.ok(found, prompt)
    assert.match(found.message, /^[^.]*\.$/, prompt)
    for (const suggestion of found.suggestions) assert.equal(obstacleOf(planned(suggestion), context()), null, suggestion)
  }
})

test('a follow-up changes the plan before it', () => {
  assert.equal(revise('Post new tickets to #support on Slack', 'use #sales instead'), 'Post new tickets to #sales on Slack')
  const later = revise('Send me a daily email with my to-do list using Gmail.', 'make it every Friday at 5pm instead')
  assert.deepEqual(later && planned(later).trigger, { kind: 'schedule', cron: '0 17 * * 5', timezone: 'Europe/Berlin' })
  assert.equal(revise('Post new tickets to #support', 'Create a GitHub issue when a bug is reported'), null)
})

test('gives the same plan for the same prompt', () => {
  const prompt = 'When a deal moves to Closed Won, post to #wins and add a row to the spreadsheet “Deals”'
  assert.deepEqual(plan(prompt, context()), plan(prompt, context()))
})
