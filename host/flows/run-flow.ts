import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { LogLine, Run } from '../../core/run.ts'
import { ask, type Database, type Steps } from '../store/engine.ts'
import type { CallJournal } from './call-journal.ts'
import { inputOf, stepAfter, stepsOf, type Step } from './definition.ts'
import { needsJq, resolve } from './expressions.ts'
import { toError, toOutput, type Journal } from './journal.ts'
import { outputOf, stepId, type RunRow, type StepRow } from './journal-rows.ts'
import type { Jq } from './jq.ts'
import { createLog, toShown } from './mask.ts'
import { afterFailure } from './retry.ts'
import { awake, beginStep, started, waitsFor } from './run-values.ts'
import type { Perform } from './perform-step.ts'
import type { Permissions } from './permissions.ts'
import type { Persist } from './persist.ts'
import { cancelled, interrupted, maxInterruptions, maxSteps, tooLarge, tooManySteps } from './stops.ts'

const quickStepMs = 30
const keptOutputBytes = 8 * 1024 * 1024

export type RunFlowOptions = {
  database: Pick<Database, 'query' | 'transaction'>
  journal: Journal
  calls: CallJournal
  jq: Jq
  perform: Perform
  permissions: Permissions
  now: () => number
  retryDelaysMs: readonly number[]
  onChange: (run: Run) => void
  /** Hears of what is a bug. */
  report: (error: unknown) => void
  /** True once the host wants to stop: a run is put back into the queue between two steps. */
  isClosing: () => boolean
  /** Commits, and tries again while the database cannot. */
  persist: Persist
}

type StartNote = { settle(): Promise<void> }
type Snapshot = ReturnType<Permissions['snapshot']>
export type Live = { n: number; lines(): LogLine[] }
export type FlowRunner = {
  /** Takes a run as far as it goes now. Nobody else may work on it meanwhile. */
  work(seq: number, signal: AbortSignal): Promise<void>
  live(runId: string): Live | undefined
}

/**
 * Takes runs forward, from what the journal knows. A finished step is stored before the next one begins, in the same commit as that
 * one's start, so a `kill -9` at any moment neither loses nor repeats it. A run that waits is only a row.
 */
export function createFlowRunner(options: RunFlowOptions): FlowRunner {
  const { database, journal, calls, jq, perform, permissions, now, onChange } = options
  const live = new Map<string, Live>()

  async function work(seq: number, signal: AbortSignal): Promise<void> {
    // What was said to be due may have been done or cancelled since. From here on it is ours.
    const [run, rows] = await Promise.all([ask(database, journal.findBySeq(seq)), ask(database, journal.steps(seq))])
    if (!run || run.wake_at === null || run.wake_at > now()) return
    await goOn(run, rows, stepsOf(await ask(database, journal.definitionOf(run))), signal)
  }

  async function goOn(run: RunRow, rows: StepRow[], steps: Step[], signal: AbortSignal): Promise<void> {
    const outputs: Record<string, Json> = {}
    for (const row of rows) if (row.state === 'succeeded') outputs[row.name] = outputOf(row)
    let open = rows.find(row => row.state !== 'succeeded')
    let n = rows.length
    /** Writes that may share the commit of what comes next. */
    let unsaved: (() => Steps<void>)[] = []
    let startNote: StartNote | null = null

    async function save(changes: Partial<RunRow>, ...writes: (() => Steps<void>)[]): Promise<void> {
      const values = { started_at: run.started_at ?? now(), ...changes }
      const all = [...unsaved, ...writes]
      unsaved = []
      await startNote?.settle()
      await options.persist(function* () {
        for (const write of all) yield* write()
        yield* journal.updateRun(run.seq, values)
      })
      onChange(journal.toRun(Object.assign(run, values)))
    }

    function end(state: 'succeeded' | 'failed' | 'cancelled', error: AppError | null, ...writes: (() => Steps<void>)[]) {
      permissions.forget(run.seq)
      return save(
        {
          state,
          error: error && toError(error),
          finished_at: now(),
          ...awake,
          position: state === 'succeeded' ? null : run.position,
        },
        ...writes,
        ...(state === 'failed' ? [] : [() => journal.dropCarried(run.seq)]),
      )
    }

    while (run.position !== null) {
      const step = steps[run.position]
      if (!step) break
      if (signal.aborted) return end('cancelled', cancelled(), ...(open ? [closeStep(run.seq, open, 'cancelled', cancelled())] : []))
      if (options.isClosing()) return save({ ...awake, state: 'queued', wake_at: now() })
      if (!open && n >= maxSteps) return end('failed', tooManySteps(step))

      const row: StepRow = beginStep(run, step, open, open?.n ?? n, now())
      if (open?.state === 'running' && open.tries >= maxInterruptions) return fail(row, interrupted(step))
      // jq takes a moment: what is finished is stored before it, not after it.
      if (unsaved.length && mayTakeAMoment(step)) await save({})
      const due = open?.kind === 'wait' && open.state === 'waiting'
      const log = createLog()
      let accounts = permissions.snapshot(run)
      live.set(run.id, { n: row.n, lines: log.lines })
      try {
        const lack = await permissions.check(run, steps)
        if (lack) return await waitForPermission(lack, open ?? { ...row, attempt: 0, tries: 0, started_at: null })
        accounts = permissions.snapshot(run)
        const context = contextOf(run, outputs, now())
        const input = await inStep(step, () => resolve(inputOf(step.task), context, jq))
        row.input = input === null ? null : toShown(input)
        calls.reset(stepId(run.id, row.n))
        if (!due && step.kind !== 'switch') {
          row.state = step.kind === 'wait' ? 'waiting' : 'running'
          if (step.kind !== 'wait' && row.n === 0 && !open) startNote = noteLater(run, row)
          else if (step.kind !== 'wait') await save(started(run, now()), () => journal.putStep(row))
        }
        const act = () => perform({ run, row, step, input, context, signal, log })
        const outcome = due ? { output: null } : step.kind === 'switch' ? await inStep(step, act) : await act()
        if ('wakeAt' in outcome)
          return await save({ ...started(run, now()), ...waitsFor('timer', now(), outcome.wakeAt) }, () => journal.putStep(row))
        const next = stepAfter(steps, run.position, outcome.then ?? step.task.then)
        const stored = keep(outcome.output, step)
        outputs[step.name] = outcome.output
        const finishedAt = now()
        const stepsDone = run.steps_done + 1
        unsaved.push(function* () {
          const logs = log.lines()
          yield* journal.putStep({
            ...row,
            ...stored,
            state: 'succeeded',
            error: null,
            logs: logs.length ? JSON.stringify(logs) : null,
            finished_at: finishedAt,
          })
          yield* calls.forget(stepId(run.id, row.n))
          yield* journal.updateRun(run.seq, { position: next, steps_done: stepsDone })
        })
        Object.assign(run, { position: next, steps_done: stepsDone })
        open = undefined
        n = Math.max(n, row.n + 1)
      } catch (error) {
        if (!(error instanceof AppError)) options.report(error)
        return fail(row, AppError.from(error), log.lines(), accounts)
      } finally {
        await startNote?.settle()
        live.delete(run.id)
        calls.reset(stepId(run.id, row.n))
      }
    }
    await end('succeeded', null)

    /** Decides what becomes of a step that did not succeed: again later, when a person has allowed it, or not at all. */
    async function fail(row: StepRow, error: AppError, logs: LogLine[] = [], accounts: Snapshot = null): Promise<void> {
      if (options.isClosing() && error.code === 'cancelled') return
      const kept = { ...row, logs: logs.length ? JSON.stringify(logs) : row.logs, error: toError(error) }
      if (signal.aborted) return end('cancelled', cancelled(), closeStep(run.seq, kept, 'cancelled', cancelled()))
      const uncertain = await calls.isUncertain(stepId(run.id, row.n))
      const decision = uncertain ? { kind: 'fail' as const } : afterFailure(error, row, options.retryDelaysMs)
      if (decision.kind === 'fail') return end('failed', error, closeStep(run.seq, kept, 'failed', error))
      if (decision.kind === 'permission') {
        await permissions.refuse(run, error, accounts)
        return waitForPermission(error, { ...kept, attempt: row.attempt - 1, tries: row.tries - 1, error: null }, started(run, now()))
      }
      const waiting = { ...kept, state: 'waiting' as const, tries: decision.counts ? row.tries : row.tries - 1 }
      const wait = waitsFor('retry', now(), now() + decision.delayMs)
      await save({ ...started(run, now()), ...wait, error: toError(error) }, () => journal.putStep(waiting))
    }

    /** The step is as if it had not been begun. What has become possible meanwhile is not waited for. */
    async function waitForPermission(error: AppError, row: StepRow, changes: Partial<RunRow> = { started_at: run.started_at }) {
      const step = { ...row, state: 'waiting' as const }
      await save({ ...changes, ...waitsFor('permission', now(), null), error: toError(error) }, () => journal.putStep(step))
      if (await permissions.mayGoOn(run, steps)) await save({ ...changes, ...awake, state: 'queued', wake_at: now(), error: null })
    }
  }

  /**
   * The start of a run's first step has no earlier step to share a commit with. It is stored only when the step takes its time: until
   * then the run is as it was in the queue. Whoever writes after it waits for it: it must not come last.
   */
  function noteLater(run: RunRow, row: StepRow): StartNote {
    const values = started(run, now())
    onChange(journal.toRun(Object.assign(run, values)))
    const write = function* () {
      yield* journal.putStep(row)
      yield* journal.updateRun(run.seq, values)
    }
    let writing: Promise<void> | undefined
    const timer = setTimeout(() => {
      writing = database.transaction(write).catch(() => {})
    }, quickStepMs)
    return {
      async settle() {
        clearTimeout(timer)
        await writing
      },
    }
  }

  function closeStep(run: number, row: StepRow, state: 'failed' | 'cancelled', error: AppError): () => Steps<void> {
    const finishedAt = now()
    return () => journal.putStep({ ...row, run, state, error: toError(error), finished_at: finishedAt })
  }

  return { work, live: runId => live.get(runId) }
}

/** An expression says what is wrong with it, this says where it stands. */
async function inStep<T>(step: Step, evaluate: () => Promise<T>): Promise<T> {
  try {
    return await evaluate()
  } catch (error) {
    const { code, message } = AppError.from(error)
    throw new AppError(code, `Step “${step.title}”: ${message}`, { cause: error })
  }
}

function mayTakeAMoment(step: Step): boolean {
  return step.kind === 'switch' || needsJq(inputOf(step.task))
}

function keep(output: Json, step: Step): { output: string; carry: string | null } {
  const stored = toOutput(output)
  if (stored.carry && stored.carry.length > keptOutputBytes) throw tooLarge(step)
  return stored
}

/** What expressions see. */
export function contextOf(run: Pick<RunRow, 'id' | 'name' | 'trigger' | 'created_at'>, outputs: Record<string, Json>, at: number): Json {
  const { id, name } = run
  const about = { id, name, created_at: new Date(run.created_at).toISOString() }
  return { trigger: JSON.parse(run.trigger) as Json, steps: outputs, now: new Date(at).toISOString(), run: about }
}
