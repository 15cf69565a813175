import type { Flow, Task, WaitTask } from '../../core/app/flow.ts'
import { readTask } from '../../core/app/task.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { RunStep } from '../../core/run.ts'

/** What a run is pinned to when it starts: later edits of the file do not change it. */
export type Definition = Flow['definition']['do']

export type Step = { name: string; title: string; kind: RunStep['kind']; task: Task; connector: string | null }

export function stepsOf(definition: Definition): Step[] {
  return definition.flatMap(item =>
    Object.entries(item).map(([name, task]) => {
      const read = readTask(task)
      return {
        name,
        title: titleOf(name, task),
        kind: read.kind,
        task,
        connector: read.kind === 'action' ? read.task.with.connector : null,
      }
    }),
  )
}

function titleOf(name: string, task: Task): string {
  return task['x-plugboard']?.title ?? task['x-base44']?.title ?? inWords(name)
}

/** `post_message` and `postMessage` become “Post message”. */
export function inWords(name: string): string {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_\-./]+/g, ' ')
    .trim()
  return words ? words.charAt(0).toUpperCase() + words.slice(1).replaceAll(/\b[A-Z](?=[a-z])/g, letter => letter.toLowerCase()) : name
}

/**
 * Where a flow goes after the step at `index`: the next one by default, the one that `then` names, or null at the end. `end` and
 * `exit` are the same here, as all steps are on the top level. Throws `validation` for a name that is no step.
 */
export function stepAfter(steps: readonly Step[], index: number, then: string | undefined): number | null {
  if (then === 'end' || then === 'exit') return null
  if (then === undefined || then === 'continue') return index + 1 < steps.length ? index + 1 : null
  const target = steps.findIndex(step => step.name === then)
  if (target < 0)
    throw new AppError('validation', `Step “${steps[index]?.title}” goes on to “${then}”, and there is no such step. Correct its “then”.`)
  return target
}

/** What a step is given, with its expressions still in it. */
export function inputOf(task: Task): Json {
  const read = readTask(task)
  if (read.kind === 'function') return (read.task.with.args ?? {}) as Json
  if (read.kind === 'action') return (read.task.with.input ?? {}) as Json
  return null
}

/** How long a wait lasts, in milliseconds. ISO 8601 durations up to days, or an object of units. */
export function waitMs({ wait }: WaitTask): number {
  if (typeof wait === 'string') {
    const [, days = 0, hours = 0, minutes = 0, seconds = 0] =
      /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(wait)?.map(Number) ?? []
    return sum(days || 0, hours || 0, minutes || 0, seconds || 0, 0)
  }
  const { days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = wait
  return sum(days, hours, minutes, seconds, milliseconds)
}

function sum(days: number, hours: number, minutes: number, seconds: number, milliseconds: number): number {
  return Math.max(0, Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds))
}
