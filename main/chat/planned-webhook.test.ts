import assert from 'node:assert/strict'
import { it } from 'node:test'
import { sql } from 'kysely'
import { emptyModel } from '../../core/app/model.ts'
import { connectorFacts } from '../../connectors/facts.ts'
import { connectors } from '../../connectors/index.ts'
import { until } from '../../core/until.fixture.ts'
import { toChangeSet } from '../../planner/change-set.ts'
import type { PlannerContext } from '../../planner/context.ts'
import { plan } from '../../planner/plan.ts'
import { appOn } from '../../relay/hooks/hooks.fixture.ts'
import { config, startPublishing } from '../../relay/releases/releases.fixture.ts'
import { answer } from './answer.ts'

const context: PlannerContext = {
  model: emptyModel('shop', '/shop', 'Shop'),
  connectors: Object.values(connectors).map(connectorFacts),
  timezone: 'Europe/Berlin',
  now: new Date('2026-11-20T10:00:00Z'),
}
const prompt = 'When Stripe sends a payment webhook, add an order'

it('what is asked for in the chat runs on a relay: a signed payment becomes an order, once, and other events become none', async t => {
  const result = plan(prompt, context)
  if (result.outcome !== 'plan') return assert.fail(result.outcome)
  const { files } = toChangeSet(result.plan, { mode: 'shared', slots: {} }, context)
  const { relay, access } = await startPublishing(t)
  const app = appOn(() => relay.url, access, relay.settings, 'shop')
  await app.publish({ 'config.jsonc': config('Shop'), ...Object.fromEntries(files.map(({ path, text }) => [path, text ?? ''])) })
  const [hook] = await app.hooks()
  assert.deepEqual([hook?.name, hook?.source], ['stripe-payment-to-orders', 'stripe'])
  const name = hook?.name ?? ''
  await app.secretChanged(name, 'whsec_that-stripe-shows')
  const send = async (event: object) => {
    const body = JSON.stringify(event)
    const { url, headers } = await app.sample(name, body)
    return (await fetch(url, { method: 'POST', headers, body })).status
  }
  const payment = {
    id: 'evt_1',
    type: 'payment_intent.succeeded',
    data: { object: { id: 'pi_1', amount: 1999, receipt_email: 'a@example.com' } },
  }
  assert.deepEqual([await send(payment), await send(payment)], [200, 200])
  assert.equal(await send({ ...payment, id: 'evt_2', type: 'customer.created' }), 200)
  const [run] = await app.ended(1)
  assert.equal(run?.name, 'Stripe payment to orders')
  await until(async () => {
    const waiting = await app.relay(sql`select 1 as one from hook_inbox where due_at is not null`)
    return waiting.length === 0
  }, 'all are handed on')
  assert.equal((await app.runs()).length, 1)
  assert.deepEqual(await app.made('Order'), [
    { number: 'pi_1', customer_name: 'a@example.com', customer_email: 'a@example.com', total: 19.99, status: 'placed' },
  ])
})

it('the plan says in words what starts it', () => {
  const describeTrigger = () => ({ words: 'When Stripe sends a webhook', nextTimes: [] })
  const message = answer(prompt, null, { plan, describeTrigger, context })
  assert.equal(message.kind === 'plan' && message.triggerWords, 'When Stripe sends a webhook about a payment')
})
