import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeldAccount } from '../../core/contract/credentials.ts'
import type { Json } from '../../core/json.ts'
import type { Author } from '../store/store.ts'
import type { Caller } from './flows.ts'
import { until } from '../../core/until.fixture.ts'
import { accountOf, callAction, callFunction, ended, everyMorning, openApp, reaches, ticketCreated } from './fixture.ts'

const post = callAction('post', 'slackbot', 'postMessage', { text: 'x' })
const name = 'tell'

/** An app whose flow `tell` posts with each user's own Slack account, and what was sent for whom. */
async function openDesk(
  held: Record<string, HeldAccount[]>,
  more: Parameters<typeof openApp>[2] & { trigger?: unknown; do?: unknown[] } = {},
  bodies: Parameters<typeof openApp>[1] = {},
) {
  const sent: (string | null | undefined)[] = []
  const send = async ({ caller }: { caller: Caller }): Promise<Json> => {
    sent.push(caller.user)
    return { ok: true }
  }
  const accounts = async (user: string | null) => (user === null ? [] : (held[user] ?? []))
  const agreedUsers = async (flow: string) => Object.keys(held).filter(user => held[user]?.some(({ flows }) => flows?.includes(flow)))
  const { trigger = ticketCreated, do: steps = [post], ...options } = more
  const app = await openApp({ [name]: { trigger, do: steps } }, bodies, {
    callAction: send,
    accounts,
    agreedUsers,
    own: ['slackbot'],
    ...options,
  })
  return {
    app,
    sent,
    held,
    async allow(user: string, ...accounts: HeldAccount[]) {
      held[user] = accounts
      await app.flows.accountsChanged(user)
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}

const by = (user: string): Author => ({ kind: 'user', name: 'page', user })
const own = (...flows: string[]) => accountOf('slackbot', ['chat:write'], { flows })

async function onlyRun(app: Awaited<ReturnType<typeof openApp>>) {
  const [run] = await until(async () => {
    const runs = await app.runs()
    return runs.length > 0 ? runs : null
  }, 'a run')
  return run ?? assert.fail()
}

test('a run acts as the user whose act began it, and with nobody else’s account', async () => {
  await using desk = await openDesk({ ada: [own(name)], bob: [own(name)] })
  await desk.app.tickets(by('bob')).create({ title: 'x' })
  assert.equal((await ended(desk.app.flows, (await onlyRun(desk.app)).id)).state, 'succeeded')
  assert.deepEqual(desk.sent, ['bob'])
})

test('a run that nobody began fails and says why: no account stands in', async () => {
  await using desk = await openDesk({ ada: [own(name)] })
  await desk.app.tickets().create({ title: 'x' })
  const run = await ended(desk.app.flows, (await onlyRun(desk.app)).id)
  assert.deepEqual(
    [run.state, run.error?.message],
    ['failed', 'Slack Bot is each user’s own account in this app, and no user of the app started this.'],
  )
  assert.deepEqual(desk.sent, [])
})

test('a run waits for its user’s account, then for the user to agree to this flow, and goes on then', async () => {
  await using desk = await openDesk({ bob: [own(name)] })
  const { flows } = desk.app
  await desk.app.tickets(by('ada')).create({ title: 'x' })
  const { id } = await onlyRun(desk.app)
  assert.equal((await reaches(flows, id, ['waiting'])).error?.message, 'Waits for the user’s own Slack Bot account to be connected.')
  await desk.allow('ada', own('another-flow'))
  const waiting = await flows.runs.get(id)
  assert.deepEqual(
    [waiting.state, waiting.error?.message],
    ['waiting', 'Waits until its user agrees that this flow uses their Slack Bot account.'],
  )
  // What others are allowed to changes nothing for this one.
  await desk.allow('bob', own(name))
  assert.equal((await flows.runs.get(id)).state, 'waiting')
  await desk.allow('ada', own(name))
  assert.equal((await ended(flows, id)).state, 'succeeded')
  assert.deepEqual(desk.sent, ['ada'])
})

test('an agreement that is taken back holds up the next step', async () => {
  const held = { ada: [own(name)] }
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const first = async () => {
    begun.resolve()
    await gate.promise
    return null
  }
  await using desk = await openDesk(held, { do: [callFunction('first'), post] }, { first })
  await desk.app.tickets(by('ada')).create({ title: 'x' })
  const { id } = await onlyRun(desk.app)
  await begun.promise
  await desk.allow('ada', own())
  gate.resolve()
  assert.match((await reaches(desk.app.flows, id, ['waiting'])).error?.message ?? '', /until its user agrees/)
  await desk.allow('ada', own(name))
  assert.equal((await ended(desk.app.flows, id)).state, 'succeeded')
  assert.deepEqual(desk.sent, ['ada'])
})

test('a schedule runs once for each user who agreed to it', async () => {
  const clock = { now: Date.parse('2026-11-21T07:59:00Z') }
  const held = { ada: [own(name)], bob: [own(name)], cleo: [own('another-flow')] }
  await using desk = await openDesk(held, { trigger: everyMorning, now: () => clock.now, tickMs: 2 })
  clock.now = Date.parse('2026-11-21T08:00:00Z')
  await until(() => desk.sent.length >= 2, 'both runs')
  const runs = await desk.app.runs()
  for (const { id } of runs) await ended(desk.app.flows, id)
  assert.deepEqual([runs.length, [...desk.sent].sort()], [2, ['ada', 'bob']])
})

test('times of a schedule that pass while runs wait are one run for each user', async () => {
  const clock = { now: Date.parse('2026-11-21T07:59:00Z') }
  const noScope = (user: string) => accountOf('slackbot', [], { id: user, flows: [name] })
  await using desk = await openDesk(
    { ada: [noScope('1')], bob: [noScope('2')] },
    { trigger: everyMorning, now: () => clock.now, tickMs: 2 },
  )
  const times = async () =>
    (await desk.app.runs()).map(({ state, trigger }) => `${state} ${(trigger as { data: { scheduled_for: string } }).data.scheduled_for}`)
  for (const day of ['21', '22']) {
    clock.now = Date.parse(`2026-11-${day}T08:00:00Z`)
    const waits = `waiting 2026-11-${day}T08:00:00.000Z`
    await until(async () => (await times()).join() === [waits, waits].join(), `two runs that wait since the ${day}`)
  }
})

test('what a run changes is its user’s doing: a flow that this starts acts for the same user', async () => {
  const held = { ada: [own(name)] }
  const create = async (_: Json, { caller }: { caller: Caller }): Promise<Json> => {
    const author: Author = { ...caller.by, ...(caller.user && { user: caller.user }) }
    return desk.app.tickets(author).create({ title: 'y' })
  }
  await using desk = await openDesk(held, { functions: { create: [] } }, { create })
  await desk.app.flows.recordFunctionRun('create', null, { user: 'ada' })
  await until(() => desk.sent.length > 0, 'the message')
  assert.deepEqual(desk.sent, ['ada'])
})

test('an account that appears while its user’s run begins to wait is not missed', async () => {
  const held: Record<string, HeldAccount[]> = {}
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  let isFirst = true
  const accounts = async (user: string | null) => {
    const now = user === null ? [] : (held[user] ?? [])
    if (user === null || !isFirst) return now
    isFirst = false
    asked.resolve()
    await answer.promise
    return now
  }
  await using desk = await openDesk(held, { accounts })
  await desk.app.tickets(by('ada')).create({ title: 'x' })
  await asked.promise
  const changed = desk.allow('ada', own(name))
  answer.resolve()
  await changed
  assert.equal((await ended(desk.app.flows, (await onlyRun(desk.app)).id)).state, 'succeeded')
})

test('where there is but one user everything is theirs, and a flow says what that user lacks', async () => {
  const held: Record<string, HeldAccount[]> = {}
  await using desk = await openDesk(held, { soleUser: 'builder', do: [post] })
  const [flow] = await desk.app.flows.list()
  assert.equal(flow?.blockedBy?.message, 'Waits for the user’s own Slack Bot account to be connected.')
  await desk.app.tickets().create({ title: 'x' })
  const { id } = await onlyRun(desk.app)
  await reaches(desk.app.flows, id, ['waiting'])
  await desk.allow('builder', accountOf('slackbot', ['chat:write']))
  assert.equal((await ended(desk.app.flows, id)).state, 'succeeded')
  assert.deepEqual(desk.sent, ['builder'])
  assert.equal((await desk.app.flows.list())[0]?.blockedBy, null)
})
