import type { AppModel } from '../../core/app/model.ts'
import { AppError } from '../../core/errors.ts'
import { unchanging } from '../../host/app/unchanging.ts'
import type { BundleCache } from '../../host/functions/bundle-cache.ts'
import { joinSandboxPool } from '../../host/functions/sandbox/pool.ts'
import { createBudgets } from '../../host/gateway/budgets.ts'
import type { CredentialsClient } from '../../host/gateway/gateway.ts'
import { startApp, type RunningApp } from '../../host/running-app.ts'
import type { Change } from '../../host/store/changes.ts'
import type { Database, Engine, Steps } from '../../host/store/engine.ts'
import { endFlows, handOver, runFlows, type Awake } from './awake.ts'
import { openFence, type Fence } from './fence.ts'
import { createLines, type Line } from './lines.ts'
import { openNews, type Topic } from './news.ts'
import { createPeek } from './peek.ts'
import type { Turn, Work } from './work.ts'

/** An app's own database, open until `close`. */
export type AppDatabase = { engine: Engine; close(): Promise<void> }

/** What an app is run from: its release in a folder that nobody changes, read and compiled, and what answers for its tokens. */
export type AppPlace = { folder: string; model: AppModel; bundles: BundleCache; credentials: CredentialsClient }

export type AppsOptions = {
  /** The relay's own, where its processes tell each other what is new. */
  database: Database
  work: Work
  /** Where the live release lies. Errors: `not_found` for an app that is not published. */
  place(appId: string): Promise<AppPlace>
  openDatabase(appId: string): Promise<AppDatabase>
  report: (error: AppError) => void
  now?: () => number
  /** An app that nobody has used for this long, and whose flows do nothing, sleeps. */
  idleMs?: number
}

/** The published apps of this process. One that sleeps is a row and no memory; whatever needs it wakes it. */
export type Apps = {
  /**
   * Does something with the app, which is awake until the end of it. Whoever needs it for long lets go when `retired` is aborted. Errors:
   * `unavailable` once this process ends.
   */
  use<T>(appId: string, work: (app: RunningApp, retired: AbortSignal) => Promise<T>): Promise<T>
  /** Hears of the app's changes, whether it sleeps or not, and leaves it asleep. To be closed by whoever opened it. */
  listen(appId: string, tell: (change: Change) => void): Promise<Line>
  /** Something is new about it. All processes of the relay have it from the next use on, and its flows look whether they can go on. */
  changed(appId: string, topic: Topic): Promise<void>
  /** The same within the transaction that makes it so, whose end `noted` is told. What dies in between is made up for by others, or after a start. */
  note(appId: string, topic: Topic): Steps<void>
  noted(appId: string, topic: Topic): void
  /** How many are awake here. */
  awake(): number
  /** Apps that are awake, here or where their flows are run, and when each has next something to do (epoch ms). */
  states(): Promise<Map<string, { isAwake: boolean; dueAt: number | null }>>
  /** How many runs of an app have failed since a time (epoch ms). It is not woken for that. */
  failedSince(appId: string, since: number): Promise<number>
  /** Takes part in running the flows of all apps. */
  start(): Promise<void>
  /** Ends the flows, and closes the apps under whoever still uses one: his functions are stopped, which he is told. */
  close(): Promise<void>
}

/** Many changes in a row are one request. */
const askAfterMs = 20

export async function createApps({
  database,
  work,
  place,
  openDatabase,
  report,
  now = Date.now,
  idleMs = 60_000,
}: AppsOptions): Promise<Apps> {
  const awake = new Map<string, Awake>()
  const retiring = new Map<Awake, Promise<void>>()
  const asked = new Set<string>()
  const peek = createPeek(openDatabase)
  const budgets = createBudgets()
  let isClosed = false
  // Kept while apps come and go: one that wakes does not start the sandboxes that the last one ended.
  const sandboxes = joinSandboxPool()
  const lookEveryMs = Math.max(5, idleMs / 4)
  const sleeping = setInterval(sleepIdle, lookEveryMs).unref()
  const news = await openNews({ database, listener: hear, report })
  const lines = createLines({
    openDatabase,
    onLast: appId => awake.has(appId) || news.unfollow(appId),
    report,
  })

  async function wake(appId: string): Promise<{ app: RunningApp; fence: Fence }> {
    await news.follow(appId)
    const { folder, model, bundles, credentials } = await place(appId)
    const { engine, close } = await openDatabase(appId)
    const fence = await openFence(engine).catch(async (error: unknown) => {
      await close()
      throw error
    })
    const app = await startApp({
      appId,
      path: folder,
      openFiles: async () => unchanging(model),
      bundles,
      database: engine,
      flowDatabase: fence.database,
      runsFlows: false,
      credentials,
      budgets,
      report,
      onClosed: close,
    })
    app.store.onCommit(change => {
      askForTurn(appId)
      lines.tell(appId, change)
    })
    app.flows.onRun(run => run.state === 'queued' && askForTurn(appId))
    return { app, fence }
  }

  /** What happened here, also on an old release, may be work for the flows, which run here or elsewhere or, so far, nowhere. */
  function askForTurn(appId: string): void {
    // Who runs them looks often, whoever made the change.
    if (awake.get(appId)?.isOwner || asked.has(appId)) return
    asked.add(appId)
    setTimeout(() => {
      asked.delete(appId)
      // From then on each app is looked at as it is closed.
      if (!isClosed) work.add(appId).catch(error => report(AppError.from(error)))
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
    if (awake.get(appId) !== entry) return
    awake.delete(appId)
    if (!lines.has(appId)) news.unfollow(appId)
  }

  function hear(appId: string, topic: Topic): void {
    if (topic === 'release') lines.end(appId)
    const entry = awake.get(appId)
    if (!entry) return
    if (topic === 'release') return void retire(appId, entry)
    // An app that fails to wake says so to whoever wanted it.
    void entry.app.then(
      ({ app }) => app.connectionsChanged().catch((error: unknown) => report(AppError.from(error))),
      () => {},
    )
  }

  /** From here on the app is opened anew for whoever needs it; who uses it now has it until he is done. */
  function retire(appId: string, entry: Awake): Promise<void> {
    const known = retiring.get(entry)
    if (known) return known
    forget(appId, entry)
    entry.retired.abort()
    const done = (async () => {
      if (entry.uses > 0) await (entry.unused ??= Promise.withResolvers<void>()).promise
      const opened = await entry.app.catch(() => null)
      if (!opened) return
      await opened.app.close()
      // A change may have been committed without anybody having been told of it.
      const at = entry.isOwner ? null : await peek.nextAt(appId)
      if (at !== null) await work.add(appId, at)
    })()
      .catch(error => report(AppError.from(error)))
      .finally(() => retiring.delete(entry))
    retiring.set(entry, done)
    return done
  }

  function sleepIdle(): void {
    for (const [appId, entry] of awake) {
      if (entry.uses === 0 && now() - entry.usedAt >= idleMs) void retire(appId, entry)
    }
  }

  async function run(turn: Turn): Promise<void> {
    const { appId } = turn
    const entry = hold(appId)
    try {
      await runFlows(entry, turn, { now, idleMs, lookEveryMs })
    } finally {
      const closed = entry.isOwner ? retire(appId, entry) : null
      release(entry)
      if (closed) await (entry.uses > 0 ? handOver(entry) : closed)
    }
  }

  return {
    async use(appId, doIt) {
      if (isClosed) throw new AppError('unavailable', 'This relay is about to end. Try again in a moment.')
      const entry = hold(appId)
      try {
        return await doIt((await entry.app).app, entry.retired.signal)
      } finally {
        release(entry)
      }
    },
    async listen(appId, tell) {
      const line = await lines.open(appId, tell)
      await news.follow(appId).catch((error: unknown) => {
        line.close()
        throw error
      })
      return line
    },
    async changed(appId, topic) {
      await news.tell(appId, topic)
      await work.add(appId)
    },
    *note(appId, topic) {
      yield* news.note(appId, topic)
      yield* work.note(appId)
    },
    noted(appId, topic) {
      news.noted(appId, topic)
      work.noted()
    },
    awake: () => awake.size,
    async states() {
      const known = await work.states()
      const all = new Map([...known].map(([appId, { isRun, dueAt }]) => [appId, { isAwake: isRun || awake.has(appId), dueAt }]))
      for (const appId of awake.keys()) if (!all.has(appId)) all.set(appId, { isAwake: true, dueAt: null })
      return all
    },
    failedSince: peek.failedSince,
    start: () => work.start({ run, nextAt: peek.nextAt }),
    async close() {
      isClosed = true
      clearInterval(sleeping)
      lines.close()
      news.close()
      await work.stop()
      for (const [appId, entry] of awake) {
        void endFlows(entry)
        void retire(appId, entry)
      }
      for (const entry of retiring.keys()) entry.unused?.resolve()
      await Promise.allSettled(retiring.values())
      sandboxes.close()
    },
  }
}
