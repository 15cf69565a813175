import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Delivery } from '../../host/flows/delivery.ts'
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

/** An app that notes what it is handed. `use` may be changed to what an app does that cannot be woken. */
function oneApp() {
  const received: string[] = []
  const receive = async (flow: string, { id }: Delivery) => void received.push(`${flow} ${id}`)
  const app = { received, wake: async (): Promise<void> => {} }
  const use = (async (_: string, work: (running: { flows: { receive: typeof receive } }) => Promise<unknown>) => {
    await app.wake()
    return work({ flows: { receive } })
  }) as Apps['use']
  return { ...app, set: (wake: () => Promise<void>) => void (app.wake = wake), use }
}

async function openInbox(engine: Engine, apps: Pick<Apps, 'use'>, now: () => number) {
  await createMemberTables(engine)
  await createReleaseTables(engine)
  await createHookTables(engine)
  await engine.query(sql`insert into workspaces (id, name, created_at) values ('w', 'W', 0) on conflict do nothing`)
  await engine.query(sql`insert into apps (id, workspace_id, name, created_at) values ('desk', 'w', 'Desk', 0) on conflict do nothing`)
  const lines: string[] = []
  const inbox = createInbox({ database: engine, apps, log: createLog(line => lines.push(line)), now, lookEveryMs: 5 })
  return { inbox, lines, [Symbol.asyncDispose]: inbox.close }
}

onEachDatabase('a request is on disk before the app is awake, and handed on once it is', async ({ engine }) => {
  const app = oneApp()
  const { promise, resolve } = Promise.withResolvers<void>()
  app.set(() => promise)
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
  gone.set(() => new Promise(() => {}))
  const first = createInbox({ database: engine, apps: gone, log: createLog(() => {}), now: () => clock.now })
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
  app.set(async () => {
    tries += 1
    throw new AppError('unavailable', 'The app cannot be started.')
  })
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
  await until(() => opened.lines.some(line => line.includes('given up')))
  assert.deepEqual(app.received, [])
  assert.ok(opened.lines.every(line => !line.includes('"id":"a"')))
})

onEachDatabase('what an app takes no more, because a new release is live, the new one takes at once', async ({ engine }) => {
  const app = oneApp()
  const old = { flows: { receive: async () => Promise.reject(new AppError('conflict', 'Another one runs the flows of this app now.')) } }
  let uses = 0
  const use: Apps['use'] = (appId, work) => (uses++ === 0 ? work(old as never, AbortSignal.abort()) : app.use(appId, work))
  await using opened = await openInbox(engine, { use }, () => 1_000_000)
  await opened.inbox.take(hook, delivery('a'))
  await until(() => app.received.includes('order a'))
  assert.deepEqual(opened.lines, [])
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
