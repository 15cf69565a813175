import type { Flow } from '../../core/app/flow.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { orAbort } from '../../core/or-abort.ts'
import type { Run } from '../../core/run.ts'
import { ask } from '../store/engine.ts'
import { usesOwnAccount } from '../../core/app/uses.ts'
import { armedFlows } from './armed-flow.ts'
import { refusalOf } from './condition.ts'
import { deliveryOccurrence, deliveryTrigger } from './delivery.ts'
import { createCallJournal } from './call-journal.ts'
import { exampleTrigger } from './example-trigger.ts'
import { recordFunctionRun, type FunctionRunOptions } from './function-run.ts'
import type { Flows, FlowsOptions } from './interface.ts'
import { createJournal, nextWakeAt, webhookCause } from './journal.ts'
import type { RunRow } from './journal-rows.ts'
import { createJq } from './jq.ts'
import { newRun } from './new-run.ts'
import { createPerform } from './perform-step.ts'
import { createPermissions } from './permissions.ts'
import { createPersist, reportOnce } from './persist.ts'
import { createQueue } from './queue.ts'
import { createFlowRunner } from './run-flow.ts'
import { createStoredRuns } from './stored-runs.ts'
import { summarize } from './summary.ts'
import { createFlowTables } from './tables.ts'
import { createTicker } from './ticker.ts'
import { createTriggers } from './triggers.ts'

export type { Flows, FlowsOptions } from './interface.ts'
export type { ActionRequest, CallAction, Caller, RunFunction } from './rooms.ts'

const graceMs = 3000

/** The flows of one app. What it takes and gives is in `interface.ts`. Errors: those of the database. */
export async function openFlows(options: FlowsOptions): Promise<Flows> {
  const {
    appId,
    database,
    model,
    runFunction,
    now = Date.now,
    concurrency = 4,
    retryDelaysMs = [1000, 5000],
    tickMs = 500,
    soleUser,
  } = options
  await createFlowTables(database)
  const closing = new AbortController()
  const isClosing = () => closing.signal.aborted
  const { report, isBack } = reportOnce(options.report)
  const persist = createPersist(database, report, closing.signal)
  const journal = createJournal({ appId, database, now })
  const calls = createCallJournal({ persist, callAction: options.callAction })
  const jq = createJq()
  const listeners = new Set<(run: Run) => void>()
  const functionRuns = new Map<string, AbortController>()
  const background = new Set<Promise<void>>()
  let isStarted = false
  let closed: Promise<void> | null = null

  // Who asks for accounts may wait for a network; nobody who closes the flows waits for him.
  const load = (user: string | null) => orAbort(options.accounts(user), closing.signal)
  const permissions = createPermissions({ journal, model, load, soleUser, persist, now, onReviewed: announce })
  const runs = createStoredRuns({ database, journal, calls, forget: permissions.forget, now })
  const perform = createPerform({ jq, model, runFunction, callAction: calls.call, now })
  const runner = createFlowRunner({
    report,
    database,
    journal,
    calls,
    jq,
    perform,
    permissions,
    now,
    retryDelaysMs,
    onChange: publish,
    isClosing,
    persist,
  })
  const queue = createQueue<RunRow>({
    due: limit => ask(database, journal.due(limit)),
    work: (row, signal) => runner.work(row.seq, signal),
    concurrency,
    onBroken: putAside,
    onError: reportUnlessClosing,
  })
  const triggers = createTriggers({ database, journal, jq, now, persist, soleUser, usersOf, onAdded: announce })
  const ticker = createTicker({ tick, nextAt: () => ask(database, nextWakeAt()), everyMs: tickMs, now, onError: reportUnlessClosing })

  function publish(run: Run): void {
    if (run.waiting?.until) ticker.soon(Date.parse(run.waiting.until))
    for (const listener of listeners) {
      try {
        listener(run)
      } catch (error) {
        report(error)
      }
    }
  }

  function announce(rows: RunRow[]): void {
    for (const row of rows) publish(journal.toRun(row))
    if (rows.length === 0) return
    queue.wake()
    // Who works on this app's runs may be another process.
    database.peers?.wake()
  }

  /** Work that threw is a bug, unless the run could not be read: then it is as due as before. */
  async function putAside(row: RunRow, error: AppError): Promise<void> {
    report(error)
    if (isClosing() || error.code === 'unavailable') return
    await persist(() => runs.putAside(row.id, error)).then(ended => announce([ended]), report)
  }

  function reportUnlessClosing(error: unknown): void {
    if (!isClosing()) report(error)
  }

  function inBackground(work: Promise<unknown>): void {
    const done = work.then(() => {}, reportUnlessClosing).finally(() => background.delete(done))
    background.add(done)
  }

  async function tick(): Promise<void> {
    inBackground(permissions.keepCurrent())
    await triggers.tick()
    await triggers.consume()
    queue.wake()
    isBack()
  }

  async function end(): Promise<void> {
    closing.abort()
    for (const controller of functionRuns.values()) controller.abort()
    await ticker.stop()
    await queue.stop({ graceMs })
    await calls.settled()
    await Promise.all(background)
    await jq.close()
  }

  function runFunctionOnRecord(name: string, input: Json, more: FunctionRunOptions = {}): Promise<Json> {
    return recordFunctionRun({ journal, persist, runFunction, now, publish, active: functionRuns }, name, input, {
      user: soleUser,
      ...more,
    })
  }

  /** For whom a schedule runs: for each user who agreed to it where it uses their own accounts, else once. */
  async function usersOf(name: string, flow: Flow): Promise<readonly (string | null)[]> {
    return usesOwnAccount(flow, model()) ? ((await options.agreedUsers?.(name)) ?? []) : [null]
  }

  function findFlow(name: string): Flow {
    const found = model().flows.find(flow => flow.name === name)
    if (!found) throw new AppError('not_found', `There is no flow “${name}”. It may have been renamed or deleted.`)
    return found.flow
  }

  return {
    async start() {
      if (isStarted || isClosing()) return
      await persist(runs.recover)
      await triggers.use(armedFlows(model()))
      if (isClosing()) return
      isStarted = true
      inBackground(permissions.look())
      await ticker.start()
    },
    wake() {
      if (!isStarted || isClosing()) return
      inBackground(triggers.consume())
      queue.wake()
    },
    async modelChanged() {
      if (!isStarted || isClosing()) return
      // Changes from before are read by the triggers that held then.
      await triggers.consume()
      await triggers.use(armedFlows(model()))
      await permissions.review()
    },
    async accountsChanged(user) {
      if (isStarted && !isClosing()) await permissions.look(user)
    },
    async list() {
      const current = model()
      const accounts = await permissions.accounts()
      const now_ = new Date(now())
      const lastRun = (name: string) => ask(database, journal.last(name))
      return Promise.all(current.flows.map(flow => summarize(flow, { model: current, accounts, jq, now: now_, lastRun })))
    },
    async runNow(name, data, user = soleUser) {
      const flow = findFlow(name)
      const trigger = await exampleTrigger(flow, data, { newestRecord: options.newestRecord, at: now() })
      const run = newRun(name, flow, { cause: 'Run now', trigger, depth: 0, user: user ?? null })
      const row = await persist(() => journal.add(run))
      if (!row) throw new AppError('internal', 'The run could not be started. Try again.')
      announce([row])
      return { runId: row.id }
    },
    async receive(name, delivery) {
      const flow = findFlow(name)
      const trigger = deliveryTrigger(delivery)
      const refused = await refusalOf(flow, trigger, jq, now())
      if (refused === 'skip') return
      const run = newRun(name, flow, { cause: webhookCause, trigger, depth: 0, user: null })
      const row = await database.transaction(() =>
        journal.add({ ...run, occurrence: deliveryOccurrence(name, delivery.id), ...(refused && { error: refused }) }),
      )
      if (row) announce([row])
    },
    recordFunctionRun: runFunctionOnRecord,
    callAction: calls.call,
    runs: {
      list: runs.list,
      ofDelivery: (name, deliveryId) => runs.ofOccurrence(deliveryOccurrence(name, deliveryId)),
      async get(runId) {
        const detail = await runs.detail(runId)
        const live = runner.live(runId)
        const step = live && detail.steps[live.n]
        return step ? { ...detail, steps: detail.steps.with(live.n, { ...step, logs: live.lines() }) } : detail
      },
      async cancel(runId) {
        const running = functionRuns.get(runId)
        if (running) return running.abort()
        if (queue.abort(runId)) return
        announce([await persist(() => runs.cancel(runId))])
        // It may have been begun meanwhile.
        queue.abort(runId)
      },
      async retry(runId) {
        const row = await runs.find(runId)
        if (row.state === 'succeeded') throw new AppError('conflict', 'This run has succeeded. Use Run now to start another.')
        if (queue.isActive(runId) || functionRuns.has(runId) || row.state === 'running' || row.state === 'queued')
          throw new AppError('conflict', 'This run is under way. Wait until it ends, or cancel it first.')
        if (row.kind === 'function')
          return inBackground(runFunctionOnRecord(row.name, JSON.parse(row.trigger) as Json, { user: row.app_user }).catch(() => {}))
        announce([await persist(() => runs.retry(runId))])
      },
    },
    onRun(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    isIdle: () => queue.isIdle() && functionRuns.size === 0,
    readUpTo: triggers.readUpTo,
    close: () => (closed ??= end()),
  }
}
