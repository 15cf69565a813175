import { AppError } from '../../core/errors.ts'
import { readRelease } from '../../host/app/release.ts'
import { nextWorkAt } from '../../host/flows/next-work.ts'
import { createBudgets } from '../../host/gateway/budgets.ts'
import type { CredentialsClient } from '../../host/gateway/gateway.ts'
import { startApp, type RunningApp } from '../../host/running-app.ts'
import { ask, type Engine } from '../../host/store/engine.ts'
import { openFence, type Fence } from './fence.ts'
import type { Turn, Work } from './work.ts'

/** What an app is run from. */
export type AppPlace = {
  /** The folder of its release, which nobody changes. */
  path: string
  database: Engine
  credentials: CredentialsClient
  /** The database is not used any more. */
  close(): Promise<void>
}

export type AppsOptions = {
  work: Work
  /** Errors: `not_found` for an app that is not published. */
  open(appId: string): Promise<AppPlace>
  report: (error: AppError) => void
  now?: () => number
  /** An app that nobody has used for this long, and whose flows do nothing, sleeps. */
  idleMs?: number
}

/** The published apps of this process. One that sleeps is a row and no memory; whatever needs it wakes it. */
export type Apps = {
  /** Does something with the app, which is awake until the end of it. */
  use<T>(appId: string, work: (app: RunningApp) => Promise<T>): Promise<T>
  /** Its release or its accounts have changed: the next use has the new ones, and its flows look whether they can go on. */
  changed(appId: string): Promise<void>
  /** How many are awake here. */
  awake(): number
  /** Takes part in running the flows of all apps. */
  start(): Promise<void>
  /** Waits for what is under way. */
  close(): Promise<void>
}

type Awake = {
  app: Promise<{ app: RunningApp; fence: Fence }>
  uses: number
  usedAt: number
  /** Runs the flows. */
  isOwner: boolean
  /** Resolves once nobody uses it any more. */
  unused: PromiseWithResolvers<void> | null
  /** Aborted when it is to be closed. */
  retired: AbortController
}

/** Many changes in a row are one request. */
const askAfterMs = 20

export function createApps({ work, open, report, now = Date.now, idleMs = 60_000 }: AppsOptions): Apps {
  const awake = new Map<string, Awake>()
  const closing = new Set<Promise<void>>()
  const asked = new Set<string>()
  const budgets = createBudgets()
  const lookEveryMs = Math.max(5, idleMs / 4)
  const sleeping = setInterval(sleepIdle, lookEveryMs).unref()

  async function wake(appId: string): Promise<{ app: RunningApp; fence: Fence }> {
    const place = await open(appId)
    const fence = await openFence(place.database).catch(async (error: unknown) => {
      await place.close()
      throw error
    })
    const { path, database, credentials } = place
    const openFiles = () => readRelease(appId, path)
    const onClosed = place.close
    const app = await startApp({
      appId,
      path,
      openFiles,
      database,
      flowDatabase: fence.database,
      runsFlows: false,
      credentials,
      budgets,
      report,
      onClosed,
    })
    app.store.onCommit(() => askForTurn(appId))
    app.flows.onRun(run => run.state === 'queued' && askForTurn(appId))
    return { app, fence }
  }

  /** What happened here may be work for the flows, which run here or elsewhere or, so far, nowhere. */
  function askForTurn(appId: string): void {
    const entry = awake.get(appId)
    if (!entry || entry.isOwner || asked.has(appId)) return
    asked.add(appId)
    setTimeout(() => {
      asked.delete(appId)
      work.add(appId).catch(error => report(AppError.from(error)))
    }, askAfterMs)
  }

  function hold(appId: string): Awake {
    const known = awake.get(appId)
    const entry: Awake = known ?? { app: wake(appId), uses: 0, usedAt: now(), isOwner: false, unused: null, retired: new AbortController() }
    if (!known) {
      awake.set(appId, entry)
      entry.app.catch(() => forget(appId, entry))
    }
    entry.uses++
    return entry
  }

  function release(entry: Awake): void {
    entry.uses--
    entry.usedAt = now()
    if (entry.uses === 0) entry.unused?.resolve()
  }

  function forget(appId: string, entry: Awake): void {
    if (awake.get(appId) === entry) awake.delete(appId)
  }

  /** From here on the app is opened anew for whoever needs it; who uses it now has it until he is done. */
  function retire(appId: string, entry: Awake): Promise<void> {
    forget(appId, entry)
    entry.retired.abort()
    const done = (async () => {
      if (entry.uses > 0) await (entry.unused ??= Promise.withResolvers<void>()).promise
      const opened = await entry.app.catch(() => null)
      if (!opened) return
      await opened.app.close()
      // A change may have been committed without anybody having been told of it.
      const at = entry.isOwner ? null : await nextAt(appId)
      if (at !== null) await work.add(appId, at)
    })()
      .catch(error => report(AppError.from(error)))
      .finally(() => closing.delete(done))
    closing.add(done)
    return done
  }

  function sleepIdle(): void {
    for (const [appId, entry] of awake) {
      if (entry.uses === 0 && now() - entry.usedAt >= idleMs) void retire(appId, entry)
    }
  }

  /** Runs the app's flows for as long as they, or people, have something to do with it. */
  async function run({ appId, epoch, signal }: Turn): Promise<void> {
    const entry = hold(appId)
    try {
      const { app, fence } = await entry.app
      if (entry.isOwner || signal.aborted) return
      await fence.raise(epoch)
      entry.isOwner = true
      await app.flows.start()
      await untilIdle(entry, app, AbortSignal.any([signal, fence.lost, entry.retired.signal]))
      await app.flows.close()
    } finally {
      const closed = entry.isOwner ? retire(appId, entry) : null
      release(entry)
      await closed
    }
  }

  async function nextAt(appId: string): Promise<number | null> {
    const { database, close } = await open(appId)
    try {
      return await ask(database, nextWorkAt())
    } finally {
      await close()
    }
  }

  async function untilIdle(entry: Awake, app: RunningApp, ended: AbortSignal): Promise<void> {
    let busyAt = now()
    const stop = app.flows.onRun(() => (busyAt = now()))
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setInterval(() => {
      const others = entry.uses - 1
      const usedAt = others > 0 ? now() : Math.max(entry.usedAt, busyAt)
      if (app.flows.isIdle() && now() - usedAt >= idleMs) resolve()
    }, lookEveryMs)
    ended.addEventListener('abort', () => resolve(), { once: true })
    if (ended.aborted) resolve()
    await promise
    clearInterval(timer)
    stop()
  }

  return {
    async use(appId, doIt) {
      const entry = hold(appId)
      try {
        return await doIt((await entry.app).app)
      } finally {
        release(entry)
      }
    },
    async changed(appId) {
      const entry = awake.get(appId)
      if (entry) void retire(appId, entry)
      await work.add(appId)
    },
    awake: () => awake.size,
    start: () => work.start({ run, nextAt }),
    async close() {
      clearInterval(sleeping)
      await work.stop()
      for (const [appId, entry] of awake) void retire(appId, entry)
      await Promise.allSettled(closing)
    },
  }
}
