import type { RunningApp } from '../../host/running-app.ts'
import type { Fence } from './fence.ts'
import type { Turn } from './work.ts'

/** An app that is awake in this process, or is waking. */
export type Awake = {
  app: Promise<{ app: RunningApp; fence: Fence }>
  uses: number
  usedAt: number
  /** Runs the flows, and says when they have something to do next. */
  isOwner: boolean
  /** Resolves once nobody uses it any more, or who does is not waited for. */
  unused: PromiseWithResolvers<void> | null
  /** Aborted when it is to be closed. */
  retired: AbortController
}

export type Idleness = { now: () => number; idleMs: number; lookEveryMs: number }

/** Takes the flows over and runs them for as long as they, or people, have something to do with the app. */
export async function runFlows(entry: Awake, { epoch, signal }: Turn, idleness: Idleness): Promise<void> {
  const { app, fence } = await entry.app
  if (entry.isOwner || signal.aborted) return
  await fence.raise(epoch)
  entry.isOwner = true
  const ended = AbortSignal.any([signal, fence.lost, entry.retired.signal])
  if (ended.aborted) return
  ended.addEventListener('abort', () => void endFlows(entry), { once: true })
  await app.flows.start()
  await untilIdle(entry, app, ended, idleness)
  await app.flows.close()
}

/** Ends also what waits in them for a database that is away, as whoever starts them or stores a result may. Who closes the app hears of errors. */
export async function endFlows(entry: Awake): Promise<void> {
  const opened = await entry.app.catch(() => null)
  await opened?.app.flows.close().catch(() => {})
}

/** Leaves the flows to whoever is next, while others go on using the app: what they still change is looked at when they are done. */
export async function handOver(entry: Awake): Promise<void> {
  await endFlows(entry)
  entry.isOwner = false
}

async function untilIdle(entry: Awake, app: RunningApp, ended: AbortSignal, { now, idleMs, lookEveryMs }: Idleness): Promise<void> {
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
