import { randomUUID } from 'node:crypto'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { LogLine, Run } from '../../core/run.ts'
import { inWords } from './definition.ts'
import type { Steps } from '../store/engine.ts'
import { toError, toOutput, type Journal } from './journal.ts'
import { stepId, type RunRow, type StepRow } from './journal-rows.ts'
import { createLog, toShown } from './mask.ts'
import type { Persist } from './persist.ts'
import type { RunFunction } from './rooms.ts'

export type FunctionRunOptions = {
  signal?: AbortSignal
  onStart?: (runId: string) => void
  onLog?: (line: LogLine) => void
  cause?: string
  /** The app's user on whose behalf it runs. */
  user?: string | null
}

type Rooms = {
  journal: Journal
  persist: Persist
  runFunction: RunFunction
  now: () => number
  publish: (run: Run) => void
  /** Function runs under way, to cancel them by. */
  active: Map<string, AbortController>
}

/** Runs one function as a run of its own with one step. It is not taken up again after a crash: whoever asked for it is gone. */
export async function recordFunctionRun(
  rooms: Rooms,
  name: string,
  input: Json,
  { signal, onStart, onLog, cause = 'Run by hand', user = null }: FunctionRunOptions,
): Promise<Json> {
  const { journal, persist, now, publish, active } = rooms
  const log = createLog()
  const controller = new AbortController()
  const id = randomUUID()
  const { run, step } = await persist(() => begin(journal, { id, name, input, cause, user, at: now() }))
  active.set(run.id, controller)
  publish(journal.toRun(run))
  onStart?.(run.id)

  async function end(values: Pick<RunRow, 'state' | 'error'>, output: Partial<StepRow>): Promise<void> {
    const finished = { ...values, finished_at: now() }
    const logs = JSON.stringify(log.lines())
    await persist(function* () {
      yield* journal.putStep({ ...step, ...finished, ...output, logs })
      yield* journal.updateRun(run.seq, { ...finished, position: null, steps_done: values.state === 'succeeded' ? 1 : 0 })
    })
    active.delete(run.id)
    publish(journal.toRun({ ...run, ...finished, position: null, steps_done: values.state === 'succeeded' ? 1 : 0 }))
  }

  try {
    const output =
      (await rooms.runFunction(name, input, {
        signal: signal ? AbortSignal.any([signal, controller.signal]) : controller.signal,
        onLog: line => {
          const kept = log.add(line)
          onLog?.(kept)
        },
        caller: { user, runId: run.id, stepId: stepId(run.id, step.n), by: { kind: 'function', name, runId: run.id } },
      })) ?? null
    await end({ state: 'succeeded', error: null }, toOutput(output))
    return output
  } catch (error) {
    const isCancelled = controller.signal.aborted || signal?.aborted
    const known = isCancelled ? new AppError('cancelled', 'Cancelled.', { cause: error }) : AppError.from(error)
    await end({ state: isCancelled ? 'cancelled' : 'failed', error: toError(known) }, {})
    throw known
  }
}

type Beginning = { id: string; name: string; input: Json; cause: string; user: string | null; at: number }

function* begin(journal: Journal, { id, name, input, cause, user, at }: Beginning): Steps<{ run: RunRow; step: StepRow }> {
  const run = yield* journal.add({ id, kind: 'function', name, cause, trigger: input, definition: null, stepsTotal: 1, depth: 0, user })
  if (!run) throw new AppError('internal', 'The run could not be recorded. Try again.')
  const about = { run: run.seq, n: 0, name, title: inWords(name), kind: 'function' as const, connector: null, state: 'running' as const }
  const nothing = { output: null, carry: null, error: null, logs: null, finished_at: null }
  const step: StepRow = { ...about, attempt: 1, tries: 1, input: toShown(input), ...nothing, started_at: at }
  yield* journal.putStep(step)
  return { run, step }
}
