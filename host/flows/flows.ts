import type { Flow } from '../../core/app/flow.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Run } from '../../core/run.ts'
import { armedFlows } from './armed-flow.ts'
import { createCallJournal } from './call-journal.ts'
import { createCommits } from '../store/commits.ts'
import { recordFunctionRun, type FunctionRunOptions } from './function-run.ts'
import { createJournal, toError } from './journal.ts'
import type { RunRow } from './journal-rows.ts'
import type { Flows, FlowsOptions } from './interface.ts'
import { createJq } from './jq.ts'
import { createPerform } from './perform-step.ts'
import { createPermissions } from './permissions.ts'
import { createQueue } from './queue.ts'
import { createFlowRunner } from './run-flow.ts'
import { summarize } from './summary.ts'
import { newRun } from './new-run.ts'
import { exampleTrigger } from './example-trigger.ts'
import { createTriggers } from './triggers.ts'

export type { Flows, FlowsOptions } from './interface.ts'
export type { ActionRequest, CallAction, Caller, RunFunction } from './rooms.ts'

const diskPauseMs = 1000
const keptRuns = 20_000
const graceMs = 3000

/** The flows of one app. What it takes and gives is in `interface.ts`. */
export function createFlows(options: FlowsOptions): Flows {
  const {
    appId,
    database,
    model,
    runFunction,
    report,
    now = Date.now,
    concurrency = 4,
    retryDelaysMs = [1000, 5000],
    tickMs = 500,
  } = options
  const journal = createJournal({ appId, database, now })
  const commits = createCommits(database)
  const calls = createCallJournal({ database, commits, callAction: options.callAction })
  const jq = createJq()
  const listeners = new Set<(run: Run) => void>()
  const functionRuns = new Map<string, AbortController>()
  let state: 'new' | 'started' | 'closing' = 'new'
  let ticker: NodeJS.Timeout | undefined
  let stopWaiting: () => void = () => {}
  const closed = new Promise<void>(resolve => (stopWaiting = resolve))

  function publish(run: Run): void {
    for (const listener of listeners) {
      try {
        listener(run)
      } catch (error) {
        report(AppError.from(error))
      }
    }
  }

  /** A full disk is no reason to lose a result: it is kept in memory until it can be stored. */
  async function persist<T>(work: () => T): Promise<T> {
    for (;;) {
      try {
        return await commits.write(work)
      } catch (error) {
        const known = AppError.from(error)
        report(known)
        if (known.code !== 'unavailable' || state === 'closing') throw error
        await Promise.race([closed, new Promise(resolve => setTimeout(resolve, diskPauseMs).unref())])
      }
    }
  }

  const permissions = createPermissions({ journal, model, load: options.accounts, persist, now, onReviewed: announce })
  const perform = createPerform({ jq, model, runFunction, callAction: calls.call, now })
  const isClosing = () => state === 'closing'
  const runner = createFlowRunner({
    report,
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
    write: commits.write,
  })
  const queue = createQueue<RunRow>({
    due: journal.due,
    work: (row, signal) => runner.work(row, signal).finally(planTick),
    concurrency,
    onBroken: putAside,
  })
  const triggers = createTriggers({ database, journal, jq, now, persist, onAdded: announce })

  const newestRecord = options.newestRecord ?? (async (entity: string) => triggers.newestRecord(entity))

  function announce(rows: RunRow[]): void {
    for (const row of rows) publish(journal.toRun(row))
    if (rows.length) queue.wake()
  }

  /** Work that threw is a bug. Its run ends here, or it would be begun again at once. */
  function putAside(row: RunRow, error: AppError): void {
    report(error)
    if (state === 'closing') return
    database.transaction(() => endWith(row, error))
    announceNow(row.seq)
  }

  function endWith(row: RunRow, error: AppError, state: 'failed' | 'cancelled' = 'failed'): void {
    const ended = { state, error: toError(error), finished_at: now() }
    for (const step of journal.steps(row.seq)) if (step.state !== 'succeeded') journal.startStep({ ...step, ...ended })
    permissions.forget(row.seq)
    journal.updateRun(row.seq, { ...ended, wake_at: null, waiting_for: null, waiting_since: null })
  }

  function announceNow(seq: number): void {
    const row = journal.findBySeq(seq)
    if (row) publish(journal.toRun(row))
  }

  const inBackground = (work: Promise<unknown>) => void work.catch(error => state === 'closing' || report(AppError.from(error)))

  async function tick(): Promise<void> {
    try {
      permissions.keepCurrent()
      await triggers.tick()
      await triggers.consume()
      queue.wake()
    } catch (error) {
      if (state !== 'closing') report(AppError.from(error))
    }
    planTick()
  }

  /** Sooner when a run is due sooner. */
  function planTick(): void {
    clearTimeout(ticker)
    if (state !== 'started') return
    const dueInMs = (journal.nextWakeAt() ?? Infinity) - now()
    ticker = setTimeout(() => inBackground(tick()), dueInMs > 0 ? Math.min(tickMs, dueInMs) : tickMs)
  }

  /** What was under way when the process ended. A flow goes on; nobody waits for the answer of a function any more. */
  function recover(): void {
    database.transaction(() => {
      for (const row of journal.unfinished()) {
        if (row.kind === 'flow') journal.updateRun(row.seq, { state: 'queued', wake_at: now() })
        else endWith(row, new AppError('cancelled', 'Plugboard ended while this function was running. Run it again.'))
      }
      journal.prune(keptRuns)
    })
  }

  function runFunctionOnRecord(name: string, input: Json, more: FunctionRunOptions = {}): Promise<Json> {
    return recordFunctionRun({ journal, persist, runFunction, now, publish, active: functionRuns }, name, input, more)
  }

  function findFlow(name: string): Flow {
    const found = model().flows.find(flow => flow.name === name)
    if (!found) throw new AppError('not_found', `There is no flow “${name}”. It may have been renamed or deleted.`)
    return found.flow
  }

  return {
    async start() {
      if (state !== 'new') return
      recover()
      await triggers.use(armedFlows(model()))
      state = 'started'
      inBackground(permissions.look())
      await tick()
    },
    wake() {
      if (state === 'started') inBackground(triggers.consume())
    },
    async modelChanged() {
      if (state !== 'started') return
      // Changes from before are read by the triggers that held then.
      await triggers.consume()
      await triggers.use(armedFlows(model()))
      await permissions.review()
    },
    async accountsChanged() {
      if (state === 'started') await permissions.look()
    },
    async list() {
      const current = model()
      const accounts = await permissions.accounts()
      const now_ = new Date(now())
      return Promise.all(current.flows.map(flow => summarize(flow, { model: current, accounts, jq, now: now_, lastRun: journal.last })))
    },
    async runNow(name, data) {
      const flow = findFlow(name)
      const trigger = await exampleTrigger(flow, data, { newestRecord, at: now() })
      const row = await persist(() => journal.add(newRun(name, flow, 'Run now', trigger, 0)))
      if (!row) throw new AppError('internal', 'The run could not be started. Try again.')
      announce([row])
      return { runId: row.id }
    },
    recordFunctionRun: runFunctionOnRecord,
    callAction: calls.call,
    runs: {
      list: async filter => journal.list(filter ?? {}),
      async get(runId) {
        const detail = journal.detail(runId)
        const live = runner.live(runId)
        const step = live && detail.steps[live.n]
        return step ? { ...detail, steps: detail.steps.with(live.n, { ...step, logs: live.lines() }) } : detail
      },
      async cancel(runId) {
        const row = journal.find(runId)
        const running = functionRuns.get(runId)
        if (running) return running.abort()
        if (queue.abort(runId)) return
        if (hasEnded(row)) throw new AppError('conflict', 'This run has already ended.')
        await persist(() => endWith(row, new AppError('cancelled', 'Cancelled.'), 'cancelled'))
        announceNow(row.seq)
      },
      async retry(runId) {
        const row = journal.find(runId)
        if (row.state === 'succeeded') throw new AppError('conflict', 'This run has succeeded. Use Run now to start another.')
        if (queue.isActive(runId) || functionRuns.has(runId) || row.state === 'running' || row.state === 'queued')
          throw new AppError('conflict', 'This run is under way. Wait until it ends, or cancel it first.')
        if (row.kind === 'function') return inBackground(runFunctionOnRecord(row.name, JSON.parse(row.trigger) as Json).catch(() => {}))
        await persist(() => {
          for (const step of journal.steps(row.seq)) {
            if (step.state === 'succeeded') continue
            calls.allowAgain(`${row.id}/${step.n}`)
            if (step.kind !== 'wait' || step.state !== 'waiting') journal.startStep({ ...step, state: 'queued', tries: 0 })
          }
          permissions.forget(row.seq)
          const again = { state: 'queued', wake_at: now(), waiting_for: null, waiting_since: null } as const
          journal.updateRun(row.seq, { ...again, error: null, finished_at: null })
        })
        announceNow(row.seq)
        queue.wake()
      },
    },
    onRun(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    readUpTo: triggers.readUpTo,
    async close() {
      if (state === 'closing') return
      state = 'closing'
      stopWaiting()
      clearTimeout(ticker)
      for (const controller of functionRuns.values()) controller.abort()
      await queue.stop({ graceMs })
      commits.flush()
      await jq.close()
    },
  }
}

function hasEnded({ state }: RunRow): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}
