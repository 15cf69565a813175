import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Delivery } from '../../host/flows/delivery.ts'
import type { Database, Row, Steps } from '../../host/store/engine.ts'
import type { Apps } from '../apps/apps.ts'
import type { Log } from '../log.ts'

const second = 1000
const day = 24 * 60 * 60 * second
/** So long who took a request has for handing it on, before another node looks. */
const graceMs = 10 * second
const longestPauseMs = 10 * 60 * second
const givenUpAfterMs = 3 * day
/** Senders repeat for three days at most. */
const rememberedMs = 7 * day
const mostWaiting = 5000
const atOnce = 50

export type Inbox = {
  /** Keeps a delivery and hands it to its app soon. One that came before is kept once. Resolves when it is on disk. Errors: `rate_limited`. */
  take(hook: { appId: string; name: string; flow: string }, delivery: Delivery): Promise<void>
  /** Hands on what was left by a process that is gone, now and from time to time. */
  start(): void
  /** Waits for what is being handed on. */
  close(): Promise<void>
}

export type InboxOptions = { database: Database; apps: Pick<Apps, 'use'>; log: Log; now: () => number; lookEveryMs?: number }

/**
 * Requests to hooks that were answered and have no run yet. The answer waits for a row of the relay and never for the app, which may have
 * to wake. A run carries the name of its delivery, so that handing one on twice, as after a crash in between, starts one run.
 */
export function createInbox({ database, apps, log, now, lookEveryMs = 5 * second }: InboxOptions): Inbox {
  const underWay = new Map<string, { done: Promise<void>; again: boolean }>()
  let timer: NodeJS.Timeout | undefined
  let prunedAt = 0
  let isClosed = false

  function handOn(appId: string): void {
    const known = underWay.get(appId)
    if (known) known.again = true
    if (known || isClosed) return
    const entry = { again: false, done: Promise.resolve() }
    underWay.set(appId, entry)
    entry.done = empty(appId, entry)
      .catch((cause: unknown) => log.report(AppError.from(cause), { appId }))
      .finally(() => {
        underWay.delete(appId)
        if (entry.again) handOn(appId)
      })
  }

  async function empty(appId: string, entry: { again: boolean }): Promise<void> {
    for (;;) {
      entry.again = false
      const rows = await database.query(sql`select * from hook_inbox where app_id = ${appId} and due_at is not null
        and due_at <= ${now() + graceMs} order by seq limit ${atOnce}`)
      if (rows.length === 0 || isClosed) return
      const seqs = rows.map(row => Number(row['seq']))
      try {
        if (!(await tell(appId, rows))) continue
      } catch (cause) {
        await postpone(appId, seqs)
        throw cause
      }
      await database.query(sql`update hook_inbox set delivery = null, due_at = null where seq in (${sql.join(seqs)})`)
    }
  }

  /** False when the app was to be closed meanwhile, as for a new release, and took no more. What it took it has: nothing is taken twice. */
  function tell(appId: string, rows: readonly Row[]): Promise<boolean> {
    return apps.use(appId, async ({ flows }, retired) => {
      try {
        for (const row of rows) await flows.receive(String(row['flow']), JSON.parse(String(row['delivery'])) as Delivery)
        return true
      } catch (cause) {
        if (retired.aborted) return false
        throw cause
      }
    })
  }

  async function postpone(appId: string, seqs: readonly number[]): Promise<void> {
    await database.transaction(function* () {
      for (const seq of seqs) {
        const [row] = yield sql`select tries from hook_inbox where seq = ${seq} and app_id = ${appId}`
        const tries = Number(row?.['tries'] ?? 0)
        const dueAt = now() + graceMs + Math.min(longestPauseMs, second * 2 ** tries)
        yield sql`update hook_inbox set tries = ${tries + 1}, due_at = ${dueAt} where seq = ${seq} and due_at is not null`
      }
    })
  }

  async function look(): Promise<void> {
    for (const { app_id: appId } of await database.query(sql`select distinct app_id from hook_inbox where due_at <= ${now()}`))
      handOn(String(appId))
    if (now() - prunedAt < 60 * 60 * second) return
    prunedAt = now()
    await database.query(sql`delete from hook_inbox where due_at is null and received_at < ${now() - rememberedMs}`)
    const lost = await database.query(sql`update hook_inbox set due_at = null, delivery = null, given_up = 1
      where due_at is not null and received_at < ${now() - givenUpAfterMs} returning app_id, hook`)
    for (const { app_id: appId, hook } of lost)
      log.warn('A webhook was given up, because its app could not be started for three days.', { appId: String(appId), hook: String(hook) })
  }

  return {
    async take({ appId, name, flow }, delivery) {
      await database.transaction(function* (): Steps<void> {
        const [waiting] = yield sql`select count(*) as n from
          (select 1 as one from hook_inbox where app_id = ${appId} and due_at is not null limit ${mostWaiting}) as waiting`
        if (Number(waiting?.['n']) >= mostWaiting)
          throw new AppError('rate_limited', 'Too many requests wait for this app. Send this one again in a minute.', {
            retryAfterMs: 60_000,
          })
        yield sql`insert into hook_inbox (app_id, hook, flow, delivery_id, delivery, received_at, due_at, tries)
          values (${appId}, ${name}, ${flow}, ${delivery.id}, ${JSON.stringify(delivery)}, ${now()}, ${now() + graceMs}, 0) on conflict do nothing`
      })
      handOn(appId)
    },
    start() {
      const lookNow = () => void look().catch((cause: unknown) => log.report(AppError.from(cause)))
      timer = setInterval(lookNow, lookEveryMs).unref()
      lookNow()
    },
    async close() {
      isClosed = true
      clearInterval(timer)
      await Promise.allSettled([...underWay.values()].map(({ done }) => done))
    },
  }
}
