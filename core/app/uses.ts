import { readTask } from './task.ts'
import type { AppModel } from './model.ts'

/** `connection` is the name a flow's step gives; without it the app's default one is used. */
export type Use = { kind: 'flow' | 'function'; name: string; connector: string; action: string; connection?: string }

/** Which flow or function of an app needs which connector action. A flow needs what the functions it calls need. */
export function usesOf(model: Pick<AppModel, 'functions' | 'flows'>): Use[] {
  const functions = model.functions.flatMap(({ name, uses }) => uses.map(use => ({ kind: 'function' as const, name, ...use })))
  const flows = model.flows.flatMap(({ name, flow }) =>
    flow.definition.do.flatMap(item =>
      Object.values(item).flatMap(task => {
        const read = readTask(task)
        if (read.kind === 'action') {
          const { connector, action, connection } = read.task.with
          return [{ kind: 'flow' as const, name, connector, action, ...(connection !== undefined && { connection }) }]
        }
        if (read.kind !== 'function') return []
        const called = read.task.with.function_name
        return functions
          .filter(use => use.name === called)
          .map(({ connector, action }) => ({ kind: 'flow' as const, name, connector, action }))
      }),
    ),
  )
  return [...functions, ...flows]
}
