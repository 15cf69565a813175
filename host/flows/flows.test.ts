import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Author } from '../store/store.ts'
import { until } from '../../core/until.fixture.ts'
import { accountOf, callAction, callFunction, ended, openApp, reaches, ticketCreated } from './fixture.ts'

const echo = (input: Json) => input

test('a flow runs its steps in order, and each sees what the ones before it gave', async () => {
  const flow = {
    do: [
      callFunction('first', { n: '${ .trigger.data.n }' }),
      callFunction('second', { was: '${ .steps.first.n }', text: 'n is ${ .steps.first.n }!' }),
    ],
  }
  await using app = await openApp({ sum: flow }, { first: echo, second: echo })
  const run = await app.runNow('sum', { n: 4 })
  assert.equal(run.state, 'succeeded')
  assert.deepEqual(
    run.steps.map(({ name, state, output }) => ({ name, state, output })),
    [
      { name: 'first', state: 'succeeded', output: { n: 4 } },
      { name: 'second', state: 'succeeded', output: { was: 4, text: 'n is 4!' } },
    ],
  )
  assert.equal(run.stepsDone, 2)
  assert.equal(run.cause, 'Run now')
})

test('a record that is created starts the flow once, with the record and its fields in the trigger', async () => {
  await using app = await openApp({ greet: { trigger: ticketCreated, do: [callFunction('greet', '${ .trigger }')] } }, { greet: echo })
  const ticket = await app.tickets().create({ title: 'Hello' })
  const [run] = await until(async () => ((await app.runs())[0]?.state === 'succeeded' ? app.runs() : null), 'the run')
  assert.equal(run?.cause, 'Ticket created')
  const detail = await app.flows.runs.get(run?.id ?? '')
  const { type, entity_id, data, old_data } = (detail.steps[0]?.output ?? {}) as Record<string, Json>
  assert.deepEqual({ type, entity_id, old_data }, { type: 'create', entity_id: ticket.id, old_data: null })
  assert.deepEqual(data, ticket)
  assert.equal((await app.runs()).length, 1)
})

test('a condition lets only some changes through, and sees the fields that changed', async () => {
  const closing = {
    trigger: { ...ticketCreated, events: ['update'] },
    condition: '${ .trigger.changed_fields == ["status"] and .trigger.data.status == "closed" }',
    do: [callFunction('tell', '${ .trigger.data.title }')],
  }
  await using app = await openApp({ closing }, { tell: echo })
  const a = await app.tickets().create({ title: 'a', status: 'open' })
  await app.tickets().update(String(a.id), { title: 'b' })
  await app.tickets().update(String(a.id), { status: 'closed' })
  await until(async () => (await app.runs()).some(run => run.state === 'succeeded'), 'the run')
  assert.equal((await app.runs()).length, 1)
})

test('a condition that cannot be evaluated leaves a failed run that says why', async () => {
  await using app = await openApp({ odd: { trigger: ticketCreated, condition: '.trigger.data.title.x', do: [callFunction('a')] } })
  await app.tickets().create({ title: 'x' })
  const run = await until(async () => (await app.runs())[0], 'the run')
  assert.equal(run.state, 'failed')
  assert.match(run.error?.message ?? '', /condition .* “\.trigger\.data\.title\.x” .* Cannot index string/)
})

test('a flow that is switched on later does not fire for what happened before', async () => {
  const draft = { trigger: ticketCreated, do: [callFunction('a')] }
  await using app = await openApp({ late: { ...draft, is_active: false } })
  await app.tickets().create({ title: 'before' })
  await app.use({ late: draft })
  assert.equal((await app.runs()).length, 0)
  await app.tickets().create({ title: 'after' })
  const run = await until(async () => (await app.runs())[0], 'the run')
  assert.equal((run.trigger as { data: { title: string } }).data.title, 'after')
  assert.equal((await app.runs()).length, 1)
})

test('a change that was committed before the app ended starts its flow at the next start', async () => {
  await using app = await openApp({ greet: { trigger: ticketCreated, do: [callFunction('a')] } })
  await app.flows.close()
  await app.tickets().create({ title: 'unseen' })
  await app.restart()
  const run = await until(async () => (await app.runs())[0], 'the run')
  assert.equal((run.trigger as { data: { title: string } }).data.title, 'unseen')
})

test('a flow that starts itself through the records it writes is stopped with a sentence', async () => {
  const again: { body?: (by: Author) => Promise<unknown> } = {}
  const flow = { title: 'Copy ticket', trigger: ticketCreated, do: [callFunction('copy')] }
  await using app = await openApp(
    { loop: flow },
    {
      copy: async (_, { caller }) => {
        await again.body?.(caller.by)
        return null
      },
    },
  )
  again.body = by => app.tickets(by).create({ title: 'copy' })
  await app.tickets().create({ title: 'original' })
  const stopped = await until(async () => (await app.runs()).find(run => run.state === 'failed'), 'the stop')
  assert.match(stopped.error?.message ?? '', /“Copy ticket” has started itself 10 times in a row.*Ticket records/)
  assert.equal((await app.runs()).length, 12)
})

test('“Run now” of a record trigger takes the newest record, and says so when there is none', async () => {
  await using app = await openApp(
    { greet: { trigger: ticketCreated, is_active: false, do: [callFunction('a', '${ .trigger.data.title }')] } },
    { a: echo },
  )
  await assert.rejects(app.flows.runNow('greet'), {
    code: 'validation',
    message: 'There is no Ticket record to try “greet” with. Add one under Data, then run it.',
  })
  await app.tickets().create({ title: 'old' })
  await app.tickets().create({ title: 'new' })
  assert.equal((await app.runNow('greet')).steps[0]?.output, 'new')
  await assert.rejects(app.flows.runNow('nothing'), { code: 'not_found' })
})

test('a switch goes where its first true case says, and `then` may jump and end', async () => {
  const route = { route: { switch: [{ big: { when: '${ .trigger.data.n > 10 }', then: 'large' } }, { other: { then: 'small' } }] } }
  const flow = { do: [route, callFunction('large', undefined, { then: 'end' }), callFunction('small')] }
  await using app = await openApp({ flow })
  assert.deepEqual(
    (await app.runNow('flow', { n: 11 })).steps.map(step => step.name),
    ['route', 'large'],
  )
  assert.deepEqual(
    (await app.runNow('flow', { n: 1 })).steps.map(step => step.name),
    ['route', 'small'],
  )
})

test('a `then` that leads back for ever is stopped', async () => {
  await using app = await openApp({ round: { do: [callFunction('a', undefined, { then: 'a' })] } })
  const run = await app.runNow('round')
  assert.equal(run.state, 'failed')
  assert.match(run.error?.message ?? '', /goes round in a circle/)
})

test('a bad expression fails its step with a sentence that names both', async () => {
  await using app = await openApp({ bad: { do: [callFunction('post_it', { text: '${ .trigger.data | nope(1) }' })] } })
  const run = await app.runNow('bad')
  assert.equal(run.state, 'failed')
  assert.match(
    run.error?.message ?? '',
    /Step “Post it”: The expression “\.trigger\.data \| nope\(1\)” cannot be used: nope\/1 is not defined/,
  )
  assert.equal(run.steps[0]?.state, 'failed')
})

test('a step that fails for a passing reason is tried again, three times in all', async () => {
  const tries: number[] = []
  const flaky = () => {
    tries.push(1)
    if (tries.length < 3) throw new AppError('unavailable', 'Slack does not answer.')
    return 'done'
  }
  await using app = await openApp(
    { retry: { do: [callFunction('flaky')] }, dead: { do: [callFunction('dead')] } },
    {
      flaky,
      dead: () => {
        throw new AppError('timeout', 'Too slow.')
      },
    },
  )
  const run = await app.runNow('retry')
  assert.equal(run.state, 'succeeded')
  assert.equal(run.steps[0]?.attempt, 3)
  const dead = await app.runNow('dead')
  assert.deepEqual([dead.state, dead.steps[0]?.attempt, dead.error?.message], ['failed', 3, 'Too slow.'])
})

test('retry takes a failed run up at the step that failed', async () => {
  const ran: string[] = []
  let broken = true
  const bodies = {
    one: () => ran.push('one'),
    two: () => {
      ran.push('two')
      if (broken) throw new AppError('validation', 'No.')
      return 2
    },
  }
  await using app = await openApp({ pair: { do: [callFunction('one'), callFunction('two', '${ .steps.one }')] } }, bodies)
  const run = await app.runNow('pair')
  assert.equal(run.state, 'failed')
  broken = false
  await app.flows.runs.retry(run.id)
  const after = await ended(app.flows, run.id)
  assert.equal(after.state, 'succeeded')
  assert.equal(after.error, null)
  assert.deepEqual(ran, ['one', 'two', 'two'])
  await assert.rejects(app.flows.runs.retry(run.id), { code: 'conflict' })
})

test('cancel stops a step under way, a waiting run and a queued one', async () => {
  const hang = (_: Json, { signal }: { signal?: AbortSignal }) =>
    new Promise<Json>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
  await using app = await openApp(
    { hang: { do: [callFunction('hang')] }, nap: { do: [{ nap: { wait: 'PT1H' } }, callFunction('after')] } },
    { hang },
  )
  const { runId } = await app.flows.runNow('hang')
  await reaches(app.flows, runId, ['running'])
  await app.flows.runs.cancel(runId)
  const run = await ended(app.flows, runId)
  assert.deepEqual([run.state, run.steps[0]?.state], ['cancelled', 'cancelled'])
  const nap = await app.flows.runNow('nap')
  await reaches(app.flows, nap.runId, ['waiting'])
  await app.flows.runs.cancel(nap.runId)
  assert.equal((await app.flows.runs.get(nap.runId)).state, 'cancelled')
  await assert.rejects(app.flows.runs.cancel(nap.runId), { code: 'conflict' })
})

test('a wait lasts as long as it says, over a restart as well', async () => {
  const clock = { now: Date.now() }
  await using app = await openApp({ nap: { do: [{ nap: { wait: { hours: 1 } } }, callFunction('after')] } }, {}, { now: () => clock.now })
  const { runId } = await app.flows.runNow('nap')
  const waiting = await reaches(app.flows, runId, ['waiting'])
  assert.equal(waiting.steps[0]?.state, 'waiting')
  await app.restart()
  assert.equal((await app.flows.runs.get(runId)).state, 'waiting')
  clock.now += 3_600_000
  const run = await ended(app.flows, runId)
  assert.deepEqual([run.state, run.steps.map(step => step.name)], ['succeeded', ['nap', 'after']])
  assert.equal(run.steps[0]?.durationMs, 3_600_000)
})

test('a write that may have arrived is not sent again until a person asks for it', async () => {
  let calls = 0
  await using app = await openApp(
    { post: { do: [callAction('post', 'slackbot', 'postMessage', { text: 'x' })] } },
    {},
    {
      accounts: async () => [accountOf('slackbot', ['chat:write'])],
      callAction: async () => {
        calls++
        if (calls === 1) throw new AppError('timeout', 'Slack did not answer.')
        return null
      },
    },
  )
  const run = await app.runNow('post')
  assert.equal(run.state, 'failed')
  assert.match(run.error?.message ?? '', /Slack did not answer\. It may have been done all the same: look in Slack Bot/)
  assert.equal(calls, 1)
  await app.flows.runs.retry(run.id)
  assert.equal((await ended(app.flows, run.id)).state, 'succeeded')
})

test('a function that runs again gets the answers of the writes it had already made', async () => {
  let posts = 0
  let tries = 0
  const callAction = async () => ({ ts: ++posts })
  const twice = async (_: Json, { caller }: { caller: Parameters<typeof app.flows.callAction>[0]['caller'] }) => {
    const post = () => app.flows.callAction({ connector: 'slackbot', action: 'postMessage', input: { text: 'same' }, caller })
    const answers = [await post(), await post()]
    if (++tries === 1) throw new AppError('unavailable', 'The network went away.')
    return answers
  }
  await using app = await openApp(
    { notify: { do: [callFunction('twice')] } },
    { twice: (input, options) => twice(input, options) },
    { callAction, accounts: async () => [accountOf('slackbot', ['chat:write'])] },
  )
  const run = await app.runNow('notify')
  assert.equal(run.state, 'succeeded')
  assert.deepEqual([posts, tries, run.steps[0]?.output], [2, 2, [{ ts: 1 }, { ts: 2 }]])
})

test('a run goes on with the flow as it was when the run began', async () => {
  const clock = { now: Date.now() }
  await using app = await openApp(
    { nap: { do: [{ nap: { wait: 'PT1M' } }, callFunction('old')] } },
    { old: () => 'old', new: () => 'new' },
    { now: () => clock.now },
  )
  const { runId } = await app.flows.runNow('nap')
  await reaches(app.flows, runId, ['waiting'])
  await app.use({ nap: { do: [callFunction('new')] } }, { old: [] })
  clock.now += 60_000
  assert.equal((await ended(app.flows, runId)).steps[1]?.output, 'old')
})

test('what is stored shows no credential and no more than 64 kB, and later steps still get the whole value', async () => {
  const secret = { password: 'hunter2', note: 'use xoxb-1234567890-abcdefghij', big: 'x'.repeat(100_000) }
  const flow = { do: [callFunction('give', { token: 'abc' }), callFunction('take', '${ .steps.give }')] }
  let taken: Json = null
  await using app = await openApp({ flow }, { give: () => secret, take: input => ((taken = input), null) })
  const run = await app.runNow('flow')
  assert.deepEqual(taken, secret)
  const file = JSON.stringify(run) + JSON.stringify(await app.query(sql`select * from flow_steps`))
  for (const leak of ['hunter2', 'xoxb-1234567890', '"abc"']) assert.ok(!file.includes(leak), leak)
  assert.match(String(run.steps[0]?.output), /cut here: the whole value has 98 kB/)
})

test('a function run by hand is a run with one step, with its logs', async () => {
  await using app = await openApp(
    { f: { do: [callFunction('hello')] } },
    {
      hello: (input, { onLog }) => (
        onLog?.({ at: new Date().toISOString(), level: 'info', text: 'key sk-abcdefghijklmnopqrstuvwx' }),
        input
      ),
    },
  )
  const seen: string[] = []
  const output = await app.flows.recordFunctionRun('hello', { a: 1 }, { onStart: id => seen.push(id), onLog: line => seen.push(line.text) })
  assert.deepEqual(output, { a: 1 })
  assert.equal(seen[1], 'key ••••••')
  const run = await app.flows.runs.get(seen[0] ?? '')
  assert.deepEqual([run.kind, run.state, run.stepsDone, run.steps[0]?.logs.length], ['function', 'succeeded', 1, 1])
})

test('runs are listed newest first, by pages and filters', async () => {
  await using app = await openApp({ a: { do: [callFunction('x')] }, b: { do: [callFunction('x')] } })
  for (const name of ['a', 'b', 'a', 'a']) await app.runNow(name)
  const first = await app.flows.runs.list({ name: 'a', limit: 2 })
  assert.equal(first.items.length, 2)
  const second = await app.flows.runs.list({ name: 'a', limit: 2, cursor: first.nextCursor ?? '' })
  assert.deepEqual([second.items.length, second.nextCursor], [1, null])
  assert.equal((await app.flows.runs.list({ state: 'failed' })).items.length, 0)
  await assert.rejects(app.flows.runs.get('nope'), { code: 'not_found' })
})

test('a thousand queued runs all end, at most four at a time, and listeners hear of each', async () => {
  const four = Promise.withResolvers<void>()
  let active = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++active)
    // Nobody goes on before four are at it, so that four are seen however fast they are.
    if (active === 4) four.resolve()
    await four.promise
    await new Promise(resolve => setImmediate(resolve))
    active--
    return null
  }
  await using app = await openApp({ many: { trigger: ticketCreated, do: [callFunction('work')] } }, { work })
  const done = new Set<string>()
  app.flows.onRun(run => run.state === 'succeeded' && done.add(run.id))
  await app.tickets().createMany(Array.from({ length: 1000 }, (_, n) => ({ title: `t${n}` })))
  await until(() => done.size === 1000, 'a thousand runs')
  assert.equal(most, 4)
  assert.equal((await app.flows.runs.list({ state: 'succeeded', limit: 1 })).items[0]?.stepsDone, 1)
})
