import type { SwitchTask } from '../../core/app/flow.ts'
import type { AppModel } from '../../core/app/model.ts'
import { readTask } from '../../core/app/task.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { orAbort } from '../../core/or-abort.ts'
import type { LogLine } from '../../core/run.ts'
import { waitMs, type Step } from './definition.ts'
import { holds } from './expressions.ts'
import { stepId, type RunRow, type StepRow } from './journal-rows.ts'
import type { Jq } from './jq.ts'
import type { CallAction, Caller, RunFunction } from './rooms.ts'

export type StepWork = {
  run: RunRow
  row: StepRow
  step: Step
  input: Json
  context: Json
  signal: AbortSignal
  log: { add(line: LogLine): LogLine }
}
/** A step gives a value and perhaps says where to go on, or it says when to come back. */
export type Outcome = { output: Json; then?: string } | { wakeAt: number }
export type Perform = (work: StepWork) => Promise<Outcome>

type Options = {
  jq: Jq
  model: () => AppModel
  runFunction: RunFunction
  callAction: CallAction
  now: () => number
  stepLimitMs?: number
}

/** Does what one step says. Throws AppError. Whether it may is asked before: see `permissions.ts`. */
export function createPerform({ jq, model, runFunction, callAction, now, stepLimitMs = 5 * 60_000 }: Options): Perform {
  return async work => {
    const read = readTask(work.step.task)
    if (read.kind === 'switch') return chooseCase(read.task, work)
    if (read.kind === 'wait') return { wakeAt: now() + waitMs(read.task) }
    if (read.kind === 'function') checkThere(read.task.with.function_name)
    const limit = AbortSignal.timeout(stepLimitMs)
    const signal = AbortSignal.any([work.signal, limit])
    const caller = callerOf(work)
    const result =
      read.kind === 'function'
        ? runFunction(read.task.with.function_name, work.input, { signal, onLog: line => void work.log.add(line), caller })
        : callAction({
            connector: read.task.with.connector,
            action: read.task.with.action,
            input: work.input,
            connection: read.task.with.connection,
            caller,
            signal,
            idempotencyKey: caller.stepId ?? undefined,
          })
    return { output: (await unlessEnded(result, signal, work.signal, work.step.title)) ?? null }
  }

  async function chooseCase(task: SwitchTask, { context, step }: StepWork): Promise<Outcome> {
    for (const item of task.switch) {
      for (const [name, { when, then }] of Object.entries(item)) {
        if (when === undefined || (await holds(when, context, jq))) return { output: { case: name }, then }
      }
    }
    return { output: { case: null }, then: step.task.then }
  }

  function checkThere(name: string): void {
    if (!model().functions.some(known => known.name === name))
      throw new AppError('not_found', `There is no function “${name}”. Create it, or choose another one in this step.`)
  }
}

function callerOf({ run, row }: StepWork): Caller {
  return { user: run.app_user, runId: run.id, stepId: stepId(run.id, row.n), by: { kind: 'flow', name: run.name, runId: run.id } }
}

/** Says what ended a step whose signal was aborted. */
async function unlessEnded<T>(result: Promise<T>, signal: AbortSignal, cancel: AbortSignal, title: string): Promise<T> {
  try {
    return await orAbort(result, signal)
  } catch (error) {
    if (error !== signal.reason) throw error
    if (cancel.aborted) throw new AppError('cancelled', 'Cancelled.')
    throw new AppError('timeout', `“${title}” took longer than five minutes and was stopped.`)
  }
}
