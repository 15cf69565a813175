import type { ConnectionMode } from './connector-file.ts'
import type { Flow, Task } from './flow.ts'
import type { AppModel } from './model.ts'
import { readTask } from './task.ts'

/** One connector action that something needs. `connection` is the name a flow's step gives; without it the app's default one is used. */
export type Need = { connector: string; action: string; connection?: string }
export type Use = Need & { kind: 'flow' | 'function'; name: string }

/** Whose account a connector is used with: shared, unless its file says otherwise. */
export function modeOf({ connectors }: Pick<AppModel, 'connectors'>, connector: string): ConnectionMode {
  return connectors.find(each => each.connector.type === connector)?.connector.mode ?? 'shared'
}

/** Whether a flow uses an account that each user of the app connects. */
export function usesOwnAccount({ definition }: Flow, model: AppModel): boolean {
  const needs = definition.do.flatMap(item => Object.values(item).flatMap(task => needsOf(task, model)))
  return needs.some(({ connector }) => modeOf(model, connector) === 'app-user')
}

/** Which flow or function of an app needs which connector action. A flow needs what the functions it calls need. */
export function usesOf(model: Pick<AppModel, 'functions' | 'flows'>): Use[] {
  const functions = model.functions.flatMap(({ name, uses }) => uses.map(use => ({ kind: 'function' as const, name, ...use })))
  const flows = model.flows.flatMap(({ name, flow }) =>
    flow.definition.do.flatMap(item =>
      Object.values(item).flatMap(task => needsOf(task, model).map(need => ({ kind: 'flow' as const, name, ...need }))),
    ),
  )
  return [...functions, ...flows]
}

/** What one step of a flow needs: its own action, or those of the function it calls. */
export function needsOf(task: Task, { functions }: Pick<AppModel, 'functions'>): Need[] {
  const read = readTask(task)
  if (read.kind === 'action') {
    const { connector, action, connection } = read.task.with
    return [{ connector, action, ...(connection !== undefined && { connection }) }]
  }
  if (read.kind !== 'function') return []
  const called = read.task.with.function_name
  return functions.find(({ name }) => name === called)?.uses ?? []
}
