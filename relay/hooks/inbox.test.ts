import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { Delivery } from '../../host/flows/delivery.ts'
import type { RunningApp } from '../../host/running-app.ts'
import { onEachDatabase } from '../../host/store/each-database.fixture.ts'
import type { Engine } from '../../host/store/engine.ts'
import { until } from '../../core/until.fixture.ts'
import type { Apps } from '../apps/apps.ts'
import { createLog } from '../log.ts'
import { createMemberTables } from '../members/tables.ts'
import { createReleaseTables } from '../releases/tables.ts'
import { createInbox } from './inbox.ts'
import { createHookTables } from './tables.ts'

const hook = { appId: 'desk', name: 'order', flow: 'order' }
const delivery = (id: string): Delivery => ({ id, receivedAt: '2026-11-21T10:00:00.000Z', data: { id }, headers: {}, query: {} })

/**
 * An app that notes what it is handed. `wake` and `take` may be changed to what an app does that cannot be woken, or has no such flow.
 * `flows`: of its hooks in the live version, where they have others than they had. `retired`: whether whoever uses it is to let go.
 */
function oneApp() {
  const received: string[] = []
  const app = {
    received,
    wake: async (): Promise<void> => {},
    take: async (_flow: string, _id: string): Promise<void> => {},
    flows: {} as Record<string, string | null>,
    retired: new AbortController(),
  }
  const flows: Pick<RunningApp['flows'], 'receive'> & { runs: Pick<RunningApp['flows']['runs'], 'ofDelivery'> } = {
    async receive(flow, { id }) {
      await app.take(flow, id)
      received.push(`${flow} ${id}`)
    },
    runs: { ofDelivery: async (flow, id) => (received.includes(`${flow} ${id}`) ? ({ id } as Run) : null) },
  }
  const use = (async (_: string, work: (running: { flows: typeof flows }, retired: AbortSignal) => Promise<unknown>) => {
    await app.wake()
    return work({ flows }, app.retired.signal)
  }) as Apps['use']
  const flowOf = async (_: string, name: string) => (Object.hasOwn(app.flows, name) ? (app.flows[name] ?? null) : name)
  return Object.assign(app, { use, flowOf })
}

async function openInbox(engine: Engine, app: ReturnType<typeof oneApp>, now: () => number) {
  await createMemberTables(engine)
  await createReleaseTables(engine)
  await createHookTables(engine)
  await engine.query(sql`insert into workspaces (id, name, created_at) values ('w', 'W', 0) on conflict do nothing`)
  await engine.query(sql`insert into apps (id, workspace_id, name, created_at) values ('desk', 'w', 'Desk', 0) on conflict do nothing`)
  const lines: string[] = []
  const inbox = createInbox({ database: engine, apps: app, hooks: app, log: createLog(line => lines.push(line)), now, lookEveryMs: 5 })
  return { inbox, lines, [Symbol.asyncDispose]: inbox.close }
}

onEachDatabase('a request is on disk before the app is awake, and handed on once it is', async ({ engine }) => {
  const app = oneApp()
  const { promise, resolve } = Promise.withResolvers<void>()
  app.wake = () => promise
  await using opened = await openInbox(engine, app, Date.now)
  const { inbox } = opened
  await inbox.take(hook, delivery('a'))
  await inbox.take(hook, delivery('a'))
  await inbox.take(hook, delivery('b'))
  assert.deepEqual(app.received, [])
  assert.equal((await engine.query(sql`select delivery_id from hook_inbox where delivery is not null`)).length, 2)
  resolve()
  await until(() => app.received.length === 2)
  await until(async () => (await engine.query(sql`select 1 as one from hook_inbox where delivery is not null`)).length === 0)
  await inbox.take(hook, delivery('a'))
  await inbox.take(hook, delivery('c'))
  await until(() => app.received.length === 3)
  assert.deepEqual(app.received, ['order a', 'order b', 'order c'])
})

onEachDatabase('what a process took that is gone, another one hands on after its time', async ({ engine }) => {
  const clock = { now: 1_000_000 }
  const gone = oneApp()
  gone.wake = () => new Promise(() => {})
  const first = createInbox({ database: engine, apps: gone, hooks: gone, log: createLog(() => {}), now: () => clock.now })
  const app = oneApp()
  await using opened = await openInbox(engine, app, () => clock.now)
  const { inbox } = opened
  await first.take(hook, delivery('a'))
  inbox.start()
  clock.now += 9000
  await inbox.take({ ...hook, name: 'other', flow: 'other' }, delivery('b'))
  await until(() => app.received.length > 0)
  clock.now += 2000
  await until(() => app.received.includes('order a'))
})

onEachDatabase('an app that cannot be woken is tried again, later each time, and given up after three days', async ({ engine }) => {
  const clock = { now: 1_000_000 }
  const app = oneApp()
  let tries = 0
  app.wake = async () => {
    tries += 1
    throw new AppError('unavailable', 'The app cannot be started.')
  }
  await using opened = await openInbox(engine, app, () => clock.now)
  const { inbox } = opened
  await inbox.take(hook, delivery('a'))
  inbox.start()
  const dueAt = async () => Number((await engine.query(sql`select due_at from hook_inbox`))[0]?.['due_at'])
  for (let n = 1; n <= 4; n++) {
    await until(() => tries === n)
    const waitMs = 10_000 + 1000 * 2 ** (n - 1)
    await until(async () => (await dueAt()) === clock.now + waitMs)
    clock.now += waitMs
  }
  clock.now += 3 * 24 * 60 * 60_000
  const reason = 'It could not be handed on for three days. The app cannot be started.'
  await until(() => opened.lines.some(line => line.includes(`A webhook was given up. ${reason}`)))
  const [row] = await engine.query(sql`select given_up, reason from hook_inbox`)
  assert.deepEqual([row?.['given_up'], row?.['reason']], [1, reason])
  assert.deepEqual(app.received, [])
  assert.ok(opened.lines.every(line => !line.includes('"id":"a"')))
})

/** Deliveries that were all taken while the app could not be woken, which it can be from then on. */
async function waiting(engine: Engine, ids: readonly string[]) {
  const clock = { now: 1_000_000 }
  const app = oneApp()
  app.wake = async () => {
    throw new AppError('unavailable', 'The app cannot be started.')
  }
  const opened = await openInbox(engine, app, () => clock.now)
  for (const id of ids) await opened.inbox.take({ appId: 'desk', name: id.slice(0, 1), flow: id.slice(0, 1) }, delivery(id))
  const left = async () => (await engine.query(sql`select delivery_id from hook_inbox where due_at is not null`)).length
  await until(async () => (await engine.query(sql`select 1 as one from hook_inbox where tries = 0`)).length === 0)
  const goOn = () => {
    app.wake = async () => {}
    clock.now += 60_000
    opened.inbox.start()
  }
  return { ...opened, app, clock, left, goOn, [Symbol.asyncDispose]: opened.inbox.close }
}

const noSuchFlow = (name: string) => async (flow: string) => {
  if (flow === name) throw new AppError('not_found', 'There is no such flow.')
}

onEachDatabase('a request whose flow is gone is given up alone, with its reason', async ({ engine }) => {
  await using found = await waiting(engine, ['a1', 'b1', 'a2', 'b2'])
  found.app.take = noSuchFlow('a')
  found.app.flows = { a: null }
  found.goOn()
  await until(async () => (await found.left()) === 0)
  assert.deepEqual(found.app.received, ['b b1', 'b b2'])
  const reason = 'The live version has no flow that takes requests to “a” any more.'
  const givenUp = await engine.query(
    sql`select delivery_id, delivery from hook_inbox where given_up = 1 and reason = ${reason} order by seq`,
  )
  assert.deepEqual(
    givenUp.map(row => [row['delivery_id'], row['delivery']]),
    [
      ['a1', null],
      ['a2', null],
    ],
  )
  await until(() => found.lines.filter(line => line.includes(`A webhook was given up. ${reason}`)).length === 2)
})

onEachDatabase('a request goes to the flow that its address has now, unless the flow before had taken it', async ({ engine }) => {
  await using found = await waiting(engine, ['a1', 'a2'])
  // Its process died before it could note that.
  found.app.received.push('a a1')
  found.app.take = noSuchFlow('a')
  found.app.flows = { a: 'renamed' }
  found.goOn()
  await until(async () => (await found.left()) === 0)
  assert.deepEqual(found.app.received, ['a a1', 'renamed a2'])
  const noted = await engine.query(sql`select flow from hook_inbox where given_up = 0 order by seq`)
  assert.deepEqual(
    noted.map(({ flow }) => flow),
    ['a', 'renamed'],
  )
})

onEachDatabase('a flow that takes nothing for a while keeps its own requests in their order, and no others back', async ({ engine }) => {
  await using found = await waiting(engine, ['a1', 'b1', 'a2', 'b2'])
  let isAway = true
  const tried: string[] = []
  found.app.take = async (flow, id) => {
    tried.push(id)
    if (flow === 'a' && isAway) throw new AppError('unavailable', 'The flow is away.')
  }
  found.goOn()
  await until(async () => (await found.left()) === 2)
  await until(async () => (await engine.query(sql`select 1 as one from hook_inbox where tries = 2`)).length === 2)
  assert.deepEqual(tried, ['a1', 'b1', 'b2'])
  isAway = false
  found.clock.now += 60_000
  await until(async () => (await found.left()) === 0)
  assert.deepEqual(found.app.received, ['b b1', 'b b2', 'a a1', 'a a2'])
})

onEachDatabase('a process that runs an older version keeps a request that only the live one has a flow for', async ({ engine }) => {
  await using found = await waiting(engine, ['a1'])
  found.app.take = noSuchFlow('a')
  found.goOn()
  await until(async () => (await engine.query(sql`select 1 as one from hook_inbox where tries = 2`)).length === 1)
  found.app.take = async () => {}
  found.clock.now += 60_000
  await until(async () => (await found.left()) === 0)
  assert.deepEqual(found.app.received, ['a a1'])
})

onEachDatabase('what an app takes no more, because a new release is live, the new one takes at once', async ({ engine }) => {
  const app = oneApp()
  app.take = async (_, id) => {
    if (id === 'a') return
    app.retired.abort()
    app.wake = async () => {
      app.retired = new AbortController()
      app.take = async () => {}
    }
    throw new AppError('conflict', 'Another node of this relay runs the flows of this app now.')
  }
  await using opened = await openInbox(engine, app, () => 1_000_000)
  const { inbox } = opened
  for (const id of ['a', 'b']) await inbox.take(hook, delivery(id))
  await until(() => app.received.length === 2)
  assert.deepEqual([app.received, opened.lines], [['order a', 'order b'], []])
})

onEachDatabase('too many that wait are refused with a time', async ({ engine }) => {
  const app = oneApp()
  await using opened = await openInbox(engine, app, Date.now)
  const { inbox } = opened
  await engine.transaction(function* () {
    for (let n = 0; n < 5000; n += 500) {
      const rows = Array.from(
        { length: 500 },
        (_, m) => sql`('desk', 'order', 'order', ${String(n + m)}, '{}', 0, ${Date.now() + 60_000}, 0)`,
      )
      yield sql`insert into hook_inbox (app_id, hook, flow, delivery_id, delivery, received_at, due_at, tries) values ${sql.join(rows)}`
    }
  })
  await assert.rejects(inbox.take(hook, delivery('a')), { code: 'rate_limited', retryAfterMs: 60_000 })
})
