import type { CallActionTask, CallFunctionTask, SwitchTask, Task, WaitTask } from './flow.ts'

/** Unknown keys are kept in every task, so the compiler cannot tell them apart by the keys they have. */
export function readTask(
  task: Task,
):
  | { kind: 'function'; task: CallFunctionTask }
  | { kind: 'action'; task: CallActionTask }
  | { kind: 'switch'; task: SwitchTask }
  | { kind: 'wait'; task: WaitTask } {
  if ('switch' in task) return { kind: 'switch', task: task as SwitchTask }
  if ('wait' in task) return { kind: 'wait', task: task as WaitTask }
  return task.call === 'invoke_connector_action'
    ? { kind: 'action', task: task as CallActionTask }
    : { kind: 'function', task: task as CallFunctionTask }
}
