import assert from 'node:assert/strict'
import { test } from 'node:test'
import { build } from 'esbuild'
import fc from 'fast-check'
import { parse } from 'jsonc-parser'
import { emptyModel } from '../core/app/model.ts'
import { connectorFacts } from '../connectors/facts.ts'
import { connectors } from '../connectors/index.ts'
import { flow as flowSchema } from '../core/app/flow.ts'
import type { Plan } from '../core/plan.ts'
import { toChangeSet } from './change-set.ts'
import type { PlannerContext } from './context.ts'
import { plan } from './plan.ts'
import { obstacleOf } from './runnable.ts'

const context: PlannerContext = {
  model: emptyModel('desk', '/desk', 'Desk'),
  connectors: Object.values(connectors).map(connectorFacts),
  timezone: 'Europe/Berlin',
  now: new Date('2026-11-20T10:00:00Z'),
}

function planned(prompt: string): Plan {
  const result = plan(prompt, context)
  if (result.outcome !== 'plan') return assert.fail(`${prompt}: ${result.outcome}`)
  assert.equal(obstacleOf(result.plan, context), null, prompt)
  return result.plan
}

type Call = { what: string; input: Record<string, unknown> }

/** The files of a prompt: the flow, and the function as it runs, with the calls it makes. */
async function made(prompt: string) {
  const found = planned(prompt)
  const slots = Object.fromEntries(found.slots.map(({ id, value }) => [id, value || 'x']))
  const { files } = toChangeSet(found, { mode: 'shared', slots }, context)
  const textOf = (pattern: RegExp) => files.find(({ path }) => pattern.test(path))?.text ?? assert.fail(String(pattern))
  const source = textOf(/entry\.ts$/)
  const { outputFiles } = await build({
    stdin: { contents: source, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'silent',
    plugins: [
      {
        name: 'plugboard',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^plugboard$/ }, ({ path }) => ({ path, namespace: 'stub' }))
          onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: stub }))
        },
      },
    ],
  })
  const module = (await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`)) as {
    default(input: { body: unknown }): Promise<unknown>
  }
  async function run(body: unknown): Promise<Call[]> {
    const calls: Call[] = []
    const place = globalThis as { told?: (call: Call) => void }
    place.told = call => calls.push(call)
    await module.default({ body })
    return calls
  }
  const flow = flowSchema.parse(parse(textOf(/workflows\//)))
  const { config } = flow.trigger
  assert.equal(config.trigger_type, 'webhook')
  return { plan: found, flow, config: config as { source: string; example: unknown }, source, run }
}

const stub = `
const caller = path => new Proxy({}, { get: (_, name) => {
  const what = path + '.' + name
  return path.includes('.') ? async input => (globalThis.told({ what, input }), { id: '1', ...input }) : caller(what)
} })
export const connectors = caller('connectors')
export const entities = caller('entities')`

test('who sends a webhook, and about what, is read from how people say it', () => {
  const expected: [string, string | null, string, string | null][] = [
    ['When Stripe sends a payment webhook, add an order', 'stripe', 'stripe', 'payment_intent.succeeded'],
    [
      'When Stripe sends a webhook for a failed payment, post a message to #billing in Slack',
      'stripe',
      'stripe',
      'payment_intent.payment_failed',
    ],
    ['Save each Stripe webhook as an order and email me with Gmail', 'stripe', 'stripe', 'checkout.session.completed'],
    ['When a form on our website posts to a webhook, create a lead and post to Slack #sales', null, 'any', null],
    ['Receive GitHub push webhooks and post to Slack #dev', 'github', 'github', 'push'],
    ['Post to Slack #dev when a GitHub webhook says a pull request was opened', 'github', 'github', 'pull_request'],
    ['When a Slack mention webhook arrives, create a task', 'slack', 'slack', 'app_mention'],
    ['Use a webhook from Typeform to create a contact', 'typeform', 'any', null],
    ['Receives signed webhooks and adds a row to Google Sheets', null, 'hmac', null],
    ['Webhook to Slack', null, 'any', null],
    ['Stripe webhook to Slack', 'stripe', 'stripe', null],
    ['Create a ticket from each incoming webhook', null, 'any', null],
    ['Receive a webhook and create a contact', null, 'any', null],
  ]
  for (const [prompt, sender, source, event] of expected)
    assert.deepEqual(planned(prompt).trigger, { kind: 'webhook', sender, source, event }, prompt)
})

test('whoever sends needs no account, and is no step of the flow', () => {
  const found = planned('Receive GitHub push webhooks and post to Slack #dev')
  assert.deepEqual(
    found.tools.map(({ connector }) => connector),
    ['slackbot'],
  )
  assert.deepEqual(
    found.items.map(({ kind, name }) => `${kind} ${name}`),
    ['function postGitHubPushesToSlack', 'flow GitHub push to Slack', 'connector slackbot'],
  )
  assert.deepEqual(
    planned('When Stripe sends a payment webhook, create a GitHub issue in ada/engine').tools.map(({ connector }) => connector),
    ['github'],
  )
})

test('a payment becomes an order, of its own event alone', async () => {
  const { flow, config, run } = await made('When Stripe sends a payment webhook, add an order')
  assert.equal(config.source, 'stripe')
  assert.equal(flow.trigger.condition, '${ .trigger.data | .type == "payment_intent.succeeded" }')
  assert.deepEqual(await run(config.example), [
    {
      what: 'entities.Order.create',
      input: { number: 'pi_example', customer_name: 'ada@example.com', customer_email: 'ada@example.com', total: 42 },
    },
  ])
})

test('a form becomes a lead and a message, and one without a name is refused before anything is done', async () => {
  const { config, run } = await made('When a form on our website posts to a webhook, create a lead and post to Slack #sales')
  assert.equal(config.source, 'any')
  const calls = await run({ fullName: ' Grace Hopper ', email: 'grace@example.com', employees: 12 })
  assert.deepEqual(
    calls.map(({ what, input }) => [what, input['text'] ?? input['name']]),
    [
      ['connectors.slackbot.postMessage', 'New lead: Grace Hopper'],
      ['entities.Lead.create', 'Grace Hopper'],
    ],
  )
  assert.equal((await run(config.example)).length, 2)
  for (const body of [null, 'a text', [], {}, { name: '' }, { name: { first: 'x' } }, { constructor: 'x' }])
    await assert.rejects(run(body), { message: 'The request does not say “name”.' })
})

test('what no record is made of is told as it came', async () => {
  const { run } = await made('When a webhook arrives, email me with Gmail')
  const [call] = await run({ name: 'Ada', order: { total: 5, items: [{ sku: 'X1' }] }, nothing: null })
  assert.equal(call?.input['text'], 'name: Ada\norder.total: 5\norder.items.0.sku: X1')
  await assert.rejects(run({}), { message: 'The request is empty.' })
  const row = await (await made('Log incoming webhooks in a Google Sheet')).run({ name: 'Ada', total: 5 })
  assert.deepEqual(row[0]?.input['row'], { name: 'Ada', total: '5' })
})

test('every event of every sender has an example that its function takes, and a condition', async () => {
  for (const [prompt, text] of [
    ['Receive GitHub push webhooks and post to Slack #dev', 'Push to ada/engine by ada: Turn the wheel the other way'],
    [
      'When GitHub sends an issue webhook, post to Slack #dev',
      'Issue in ada/engine: The wheel turns the wrong way https://github.com/ada/engine',
    ],
    ['When Stripe sends a refund webhook, post to Slack #billing', 'Refunded: ada@example.com, Order 1042'],
    ['When Stripe sends a subscription cancelled webhook, post to Slack #billing', 'Subscription cancelled: cus_example, sub_example'],
    ['When Slack sends a reaction webhook, post to Slack #fun', 'Reaction by U0ADA: fire'],
  ] as const) {
    const { flow, config, run } = await made(prompt)
    assert.ok(flow.trigger.condition, prompt)
    assert.equal((await run(config.example))[0]?.input['text'], text)
    await assert.rejects(run({}), /^Error: The request does not say “/, prompt)
  }
})

test('whatever comes is taken, or refused in words', async () => {
  const functions = await Promise.all(
    [
      'When Stripe sends a payment webhook, add an order',
      'When a webhook arrives, create a booking',
      'Log incoming webhooks in a Google Sheet',
    ].map(made),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...functions), fc.jsonValue({ maxDepth: 8 }), async ({ run }, body) => {
      await run(body).catch((error: Error) => assert.match(error.message, /^The request (?:does not say “.+”|is empty)\.$/))
    }),
    { numRuns: 300 },
  )
})
