import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Delivery } from '../../host/flows/delivery.ts'
import type { RunningApp } from '../../host/running-app.ts'
import type { Database, Row, Steps } from '../../host/store/engine.ts'
import type { Apps } from '../apps/apps.ts'
import type { Log } from '../log.ts'
import { createHandOn, type HandedOn, type Waiting } from './hand-on.ts'
import type { Hooks } from './hooks.ts'

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
/** Why a request was given up of which no more is known. */
export const tooLate = 'It could not be handed on for three days.'

export type Inbox = {
  /** Keeps a delivery and hands it to its app soon. One that came before is kept once. Resolves when it is on disk. Errors: `rate_limited`. */
  take(hook: { appId: string; name: string; flow: string }, delivery: Delivery): Promise<void>
  /** Hands on what was left by a process that is gone, now and from time to time. */
  start(): void
  /** Waits for what is being handed on. */
  close(): Promise<void>
}

export type InboxOptions = {
  database: Database
  apps: Pick<Apps, 'use'>
  hooks: Pick<Hooks, 'flowOf'>
  log: Log
  now: () => number
  lookEveryMs?: number
}

type Came = { row: Waiting; came: HandedOn }

/**
 * Requests to hooks that were answered and have no run yet. The answer waits for a row of the relay and never for the app, which may have
 * to wake. A run carries the name of its delivery, so that handing one on twice, as after a crash in between, starts one run.
 */
export function createInbox({ database, apps, hooks, log, now, lookEveryMs = 5 * second }: InboxOptions): Inbox {
  const handOne = createHandOn({ database, hooks })
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
    // Requests to one address keep their order: what came after one that has to wait, waits with it.
    const held = new Set<string>()
    for (;;) {
      entry.again = false
      const others = held.size > 0 ? sql`and hook not in (${sql.join([...held])})` : sql``
      const found = await database.query(sql`select * from hook_inbox where app_id = ${appId} and due_at is not null
        and due_at <= ${now() + graceMs} ${others} order by seq limit ${atOnce}`)
      if (found.length === 0 || isClosed) return
      const rows = found.map(toWaiting)
      const all = await apps
        .use(appId, ({ flows }, retired) => handAll(flows, rows, held, retired))
        .catch(async (cause: unknown) => {
          const error = AppError.from(cause)
          await settle(rows.map(row => ({ row, came: { kind: 'later', error } })))
          throw error
        })
      await settle(all)
    }
  }

  /**
   * In their order. `held`: the addresses whose requests have to wait, those that are found here among them. An app that is to be closed,
   * as for a new release, may take no more: the rest is as due as before, for the one that is opened next.
   */
  async function handAll(flows: RunningApp['flows'], rows: readonly Waiting[], held: Set<string>, retired: AbortSignal): Promise<Came[]> {
    const all: Came[] = []
    const errors = new Map<string, AppError>()
    for (const row of rows) {
      const error = errors.get(row.hook)
      const came: HandedOn = error ? { kind: 'later', error } : await handOne(flows, row)
      if (came.kind === 'later' && retired.aborted) return all
      all.push({ row, came })
      if (error || came.kind !== 'later') continue
      log.report(came.error, { appId: row.appId, hook: row.hook })
      // A bug is about this request, and no reason to keep the next one back.
      if (came.error.code === 'internal') continue
      errors.set(row.hook, came.error)
      held.add(row.hook)
    }
    return all
  }

  async function settle(all: readonly Came[]): Promise<void> {
    const taken = all.flatMap(({ row, came }) => (came.kind === 'taken' ? [row.seq] : []))
    await database.transaction(function* () {
      if (taken.length > 0) yield sql`update hook_inbox set delivery = null, due_at = null, reason = null where seq in (${sql.join(taken)})`
      for (const { row, came } of all) {
        if (came.kind === 'later') yield* postpone(row, came.error)
        if (came.kind === 'gone')
          yield sql`update hook_inbox set delivery = null, due_at = null, given_up = 1, reason = ${came.reason} where seq = ${row.seq}`
      }
    })
    for (const { row, came } of all) if (came.kind === 'gone') tellGivenUp(row.appId, row.hook, came.reason)
  }

  function* postpone({ seq }: Waiting, { message }: AppError): Steps<void> {
    const [row] = yield sql`select tries from hook_inbox where seq = ${seq}`
    const tries = Number(row?.['tries'] ?? 0)
    const dueAt = now() + graceMs + Math.min(longestPauseMs, second * 2 ** tries)
    yield sql`update hook_inbox set tries = ${tries + 1}, due_at = ${dueAt}, reason = ${message} where seq = ${seq} and due_at is not null`
  }

  function tellGivenUp(appId: string, hook: string, reason: string): void {
    log.warn(`A webhook was given up. ${reason}`, { appId, hook })
  }

  async function look(): Promise<void> {
    for (const { app_id: appId } of await database.query(sql`select distinct app_id from hook_inbox where due_at <= ${now()}`))
      handOn(String(appId))
    if (now() - prunedAt < 60 * 60 * second) return
    prunedAt = now()
    await database.query(sql`delete from hook_inbox where due_at is null and received_at < ${now() - rememberedMs}`)
    const lost = await database.query(sql`update hook_inbox set due_at = null, delivery = null, given_up = 1,
      reason = ${tooLate} || coalesce(' ' || reason, '')
      where due_at is not null and received_at < ${now() - givenUpAfterMs} returning app_id, hook, reason`)
    for (const { app_id: appId, hook, reason } of lost) tellGivenUp(String(appId), String(hook), String(reason))
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

const toWaiting = (row: Row): Waiting => ({
  seq: Number(row['seq']),
  appId: String(row['app_id']),
  hook: String(row['hook']),
  flow: String(row['flow']),
  delivery: JSON.parse(String(row['delivery'])) as Delivery,
})
