import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeldAccount } from '../../core/contract/credentials.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { until } from '../../core/until.fixture.ts'
import { accountOf, callAction, callFunction, ended, everyMorning, openApp, reaches, ticketCreated } from './fixture.ts'

const post = callAction('post', 'slackbot', 'postMessage', { text: '${ .trigger.data.text }' })
const mayPost = accountOf('slackbot', ['chat:write'])
const mayRead = accountOf('slackbot', ['channels:read'])

/** An app whose accounts are in our hands, and what it sent. `allow` is a change of accounts as main tells of it. */
async function openDesk(
  flows: Parameters<typeof openApp>[0],
  accounts: HeldAccount[],
  more: Parameters<typeof openApp>[2] = {},
  bodies: Parameters<typeof openApp>[1] = {},
) {
  const held = { accounts }
  const sent: Json[] = []
  const callAction = async ({ input }: { input: Json }) => {
    sent.push(input)
    return { ok: true }
  }
  const app = await openApp(flows, bodies, { callAction, accounts: async () => held.accounts, ...more })
  return {
    app,
    sent,
    held,
    allow: (...next: HeldAccount[]) => {
      held.accounts = next
      return app.flows.accountsChanged()
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}

test('a run waits for the account and then for exactly the permission, and goes on by itself when it has both', async () => {
  await using desk = await openDesk({ post: { do: [post] } }, [])
  const { flows } = desk.app
  const { runId } = await flows.runNow('post', { text: 'hi' })
  const first = await reaches(flows, runId, ['waiting'])
  assert.equal(first.error?.message, 'Waits for Slack Bot to be connected.')
  assert.deepEqual(first.error?.action, { kind: 'connect', connector: 'slackbot' })

  await desk.allow(mayRead)
  const second = await flows.runs.get(runId)
  assert.equal(second.state, 'waiting')
  assert.match(second.error?.message ?? '', /^Waits until Slack Bot is allowed to do this: Post /)
  assert.deepEqual(second.error?.action, { kind: 'grant', connectionId: 'slackbot-1', scopes: ['chat:write'] })
  assert.deepEqual(second.waiting, { ...first.waiting, for: 'permission', until: null })
  assert.deepEqual(desk.sent, [])

  await desk.allow(mayPost)
  const run = await ended(flows, runId)
  assert.deepEqual([run.state, run.error, run.waiting, run.steps[0]?.attempt], ['succeeded', null, null, 1])
  assert.deepEqual(desk.sent, [{ text: 'hi' }])
})

test('what a later step lacks keeps the first one from beginning, and all of one account is asked for at once', async () => {
  const functions = {
    remember: [],
    tell: [
      { connector: 'slackbot', action: 'postMessage' },
      { connector: 'slackbot', action: 'joinChannel' },
    ],
  }
  const ran: string[] = []
  const bodies = { remember: () => ran.push('remember'), tell: () => ran.push('tell') }
  await using desk = await openDesk({ desk: { do: [callFunction('remember'), callFunction('tell')] } }, [mayRead], { functions }, bodies)
  const { runId } = await desk.app.flows.runNow('desk', {})
  const waiting = await reaches(desk.app.flows, runId, ['waiting'])
  assert.deepEqual(waiting.error?.action, { kind: 'grant', connectionId: 'slackbot-1', scopes: ['chat:write', 'channels:join'] })
  assert.deepEqual([ran, waiting.startedAt, waiting.steps.map(({ state, attempt }) => [state, attempt])], [[], null, [['waiting', 0]]])
  await desk.allow(accountOf('slackbot', ['channels:read', 'chat:write', 'channels:join']))
  assert.equal((await ended(desk.app.flows, runId)).state, 'succeeded')
  assert.deepEqual(ran, ['remember', 'tell'])
})

test('a permission that is withdrawn half way stops the next step that needs it, and what is done stays done', async () => {
  const ran: string[] = []
  const between: { then?: () => Promise<void> } = {}
  const bodies = {
    first: async () => {
      ran.push('first')
      await between.then?.()
      return null
    },
  }
  await using desk = await openDesk({ desk: { do: [callFunction('first'), post] } }, [mayPost], {}, bodies)
  between.then = () => desk.allow({ ...mayPost, state: 'needs_reconnect' })
  const { runId } = await desk.app.flows.runNow('desk', { text: 'hi' })
  const waiting = await reaches(desk.app.flows, runId, ['waiting'])
  assert.deepEqual(waiting.error?.action, { kind: 'reconnect', connectionId: 'slackbot-1' })
  assert.deepEqual([waiting.stepsDone, waiting.steps.map(({ state }) => state)], [1, ['succeeded', 'waiting']])
  await desk.allow(mayPost)
  const run = await ended(desk.app.flows, runId)
  assert.deepEqual([run.state, ran, desk.sent], ['succeeded', ['first'], [{ text: 'hi' }]])
})

test('a step that the service refuses waits until the account changes, not until it is refreshed', async () => {
  let refusals = 0
  let refuses = true
  const callAction = async () => {
    if (!refuses) return null
    refusals++
    throw new AppError('unauthorized', 'Slack no longer accepts this connection.', {
      action: { kind: 'reconnect', connectionId: 'slackbot-1' },
    })
  }
  await using desk = await openDesk({ post: { do: [post] } }, [mayPost], { callAction })
  const { flows } = desk.app
  const { runId } = await flows.runNow('post', { text: 'hi' })
  const waiting = await reaches(flows, runId, ['waiting'])
  assert.equal(waiting.error?.message, 'Slack no longer accepts this connection.')
  await desk.allow({ ...mayPost })
  await desk.allow({ ...mayPost })
  assert.deepEqual([(await flows.runs.get(runId)).state, refusals], ['waiting', 1])
  refuses = false
  await desk.allow({ ...mayPost, since: '2026-02-02T00:00:00.000Z' })
  const run = await ended(flows, runId)
  assert.deepEqual([run.state, run.steps[0]?.attempt, refusals], ['succeeded', 1, 1])
})

test('a permission that comes while a step is being refused is not missed', async () => {
  let calls = 0
  const callAction = async () => {
    if (++calls > 1) return null
    await desk.allow({ ...mayPost, since: '2026-02-02T00:00:00.000Z' })
    throw new AppError('needs_scopes', 'Not allowed.', {
      action: { kind: 'grant', connectionId: 'slackbot-1', scopes: ['chat:write'] },
    })
  }
  await using desk = await openDesk({ post: { do: [post] } }, [mayPost], { callAction })
  const { runId } = await desk.app.flows.runNow('post', { text: 'hi' })
  assert.equal((await ended(desk.app.flows, runId)).state, 'succeeded')
  assert.equal(calls, 2)
})

test('an account that appears while it is being asked for is not missed', async () => {
  const held: HeldAccount[][] = [[], [mayPost]]
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  await using app = await openApp(
    { post: { do: [post] } },
    {},
    {
      accounts: async () => {
        const now = held.shift() ?? [mayPost]
        if (now.length === 0) {
          asked.resolve()
          await answer.promise
        }
        return now
      },
    },
  )
  const { runId } = await app.flows.runNow('post', { text: 'hi' })
  await asked.promise
  const changed = app.flows.accountsChanged()
  answer.resolve()
  await changed
  assert.equal((await ended(app.flows, runId)).state, 'succeeded')
})

test('a step names its account: the default one does not stand in for it', async () => {
  const named = callAction('post', 'slackbot', 'postMessage', { text: 'x' }, 'Sales')
  await using desk = await openDesk({ post: { do: [named] } }, [mayPost])
  const { flows } = desk.app
  const { runId } = await flows.runNow('post', {})
  const waiting = await reaches(flows, runId, ['waiting'])
  assert.equal(waiting.error?.message, 'Waits for an account of Slack Bot called “Sales” to be connected.')
  const sales = accountOf('slackbot', [], { id: 'sales', name: 'Sales', isDefault: false })
  await desk.allow(mayPost, sales)
  assert.deepEqual((await flows.runs.get(runId)).error?.action, { kind: 'grant', connectionId: 'sales', scopes: ['chat:write'] })
  await desk.allow(mayPost, { ...sales, scopesGranted: ['chat:write'] })
  assert.equal((await ended(flows, runId)).state, 'succeeded')
})

test('locked sign-ins are waited for, and an outage of the provider is not', async () => {
  await using desk = await openDesk({ post: { do: [post] } }, [{ ...mayPost, state: 'locked' }])
  const { runId } = await desk.app.flows.runNow('post', { text: 'hi' })
  assert.deepEqual((await reaches(desk.app.flows, runId, ['waiting'])).error?.action, { kind: 'unlock' })
  await desk.allow({ ...mayPost, state: 'retrying' })
  assert.equal((await ended(desk.app.flows, runId)).state, 'succeeded')
})

test('a hundred waiting runs go on in the order they came, a few at a time', async () => {
  let active = 0
  let most = 0
  const order: Json[] = []
  const tell = callAction('post', 'slackbot', 'postMessage', { text: '${ .trigger.data.title }' })
  const record = async ({ input }: { input: Json }) => {
    most = Math.max(most, ++active)
    order.push((input as { text: Json }).text)
    await new Promise(resolve => setImmediate(resolve))
    active--
    return null
  }
  await using desk = await openDesk({ tell: { trigger: ticketCreated, do: [tell] } }, [], { callAction: record })
  const titles = Array.from({ length: 100 }, (_, n) => `t${n}`)
  await desk.app.tickets().createMany(titles.map(title => ({ title })))
  await until(async () => (await desk.app.flows.runs.list({ state: 'waiting', limit: 200 })).items.length === 100, 'all to wait')
  await desk.allow(mayRead)
  assert.equal((await desk.app.flows.runs.list({ state: 'waiting', limit: 200 })).items.length, 100)
  await desk.allow(mayPost)
  await until(async () => (await desk.app.runs()).every(run => run.state === 'succeeded'), 'all to end')
  assert.ok(most <= 4, `${most} at a time`)
  assert.deepEqual([...order].sort(), [...titles].sort())
  // Four are on their way at a time, and may overtake one another.
  for (const [place, title] of order.entries()) assert.ok(Math.abs(place - titles.indexOf(String(title))) <= 20, `${title} at ${place}`)
})

test('a waiting run outlives a restart, and goes on when its permission came meanwhile', async () => {
  await using desk = await openDesk({ post: { do: [post] } }, [mayRead])
  const { runId } = await desk.app.flows.runNow('post', { text: 'hi' })
  const { waiting } = await reaches(desk.app.flows, runId, ['waiting'])
  await desk.app.restart()
  assert.deepEqual((await desk.app.flows.runs.get(runId)).waiting, waiting)
  await desk.app.flows.close()
  desk.held.accounts = [mayPost]
  await desk.app.restart()
  assert.equal((await ended(desk.app.flows, runId)).state, 'succeeded')
  assert.deepEqual(desk.sent, [{ text: 'hi' }])
})

test('a run that waits for a permission can be cancelled, and the permission does not wake it', async () => {
  await using desk = await openDesk({ post: { do: [post] } }, [])
  const { flows } = desk.app
  const { runId } = await flows.runNow('post', { text: 'hi' })
  await reaches(flows, runId, ['waiting'])
  await flows.runs.cancel(runId)
  await desk.allow(mayPost)
  const run = await flows.runs.get(runId)
  assert.deepEqual([run.state, run.waiting, desk.sent], ['cancelled', null, []])
})

test('a change of the files that takes the need away lets the run go on', async () => {
  const uses = [{ connector: 'slackbot', action: 'postMessage' }]
  await using desk = await openDesk({ tell: { do: [callFunction('tell')] } }, [], { functions: { tell: uses } })
  const { runId } = await desk.app.flows.runNow('tell', {})
  await reaches(desk.app.flows, runId, ['waiting'])
  await desk.app.use({ tell: { do: [callFunction('tell')] } }, { tell: [] })
  assert.equal((await ended(desk.app.flows, runId)).state, 'succeeded')
})

test('while main does not say which accounts there are, runs that need none go on, and the others once it does', async () => {
  let answers = false
  const accounts = async () => {
    if (!answers) throw new AppError('unavailable', 'Not now.')
    return [mayPost]
  }
  const flows = { post: { do: [post] }, plain: { do: [callFunction('a')] } }
  await using app = await openApp(flows, {}, { accounts, tickMs: 2, retryDelaysMs: Array.from({ length: 1000 }, () => 20) })
  assert.equal((await app.runNow('plain')).state, 'succeeded')
  const { runId } = await app.flows.runNow('post', { text: 'hi' })
  assert.equal((await reaches(app.flows, runId, ['waiting'])).waiting?.for, 'retry')
  answers = true
  assert.equal((await ended(app.flows, runId)).state, 'succeeded')
})

test('the times of a schedule that pass while its run waits are one run, the latest', async () => {
  const clock = { now: Date.parse('2026-11-21T07:30:00Z') }
  const moment = callAction('post', 'slackbot', 'postMessage', { text: '${ .trigger.data.scheduled_for }' })
  const daily = { daily: { trigger: everyMorning, do: [moment] } }
  await using desk = await openDesk(daily, [], { now: () => clock.now, tickMs: 2 })
  const scheduledFor = async () =>
    (await desk.app.runs()).map(({ trigger }) => (trigger as { data: { scheduled_for: string } }).data.scheduled_for)
  const passes = async (at: string) => {
    clock.now = Date.parse(at)
    await until(async () => (await scheduledFor()).includes(at), `the run for ${at}`)
    await until(async () => (await desk.app.runs())[0]?.state === 'waiting', 'it to wait')
  }
  await passes('2026-11-21T08:00:00.000Z')
  const [{ waiting, id } = assert.fail()] = await desk.app.runs()
  await passes('2026-11-22T08:00:00.000Z')
  await passes('2026-11-23T08:00:00.000Z')
  const [run, ...others] = await desk.app.runs()
  assert.deepEqual([others, run?.id, run?.waiting], [[], id, waiting])
  assert.match(run?.cause ?? '', /^Schedule, the latest time/)
  await desk.allow(mayPost)
  await ended(desk.app.flows, id)
  assert.deepEqual(desk.sent, [{ text: '2026-11-23T08:00:00.000Z' }])
  clock.now = Date.parse('2026-11-24T08:00:00Z')
  await until(() => desk.sent.length === 2, 'the message of the next day')
  assert.equal((await desk.app.runs()).length, 2)
})

test('who closes the flows does not wait for accounts that are asked for, and what they would let go on is not touched afterwards', async () => {
  const asked = Promise.withResolvers<HeldAccount[]>()
  const app = await openApp({ post: { do: [post] } }, {}, { accounts: () => asked.promise })
  await app[Symbol.asyncDispose]()
  asked.resolve([mayPost])
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(app.reports, [])
})
