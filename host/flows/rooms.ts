import type { Json } from '../../core/json.ts'
import type { LogLine } from '../../core/run.ts'

// What flows ask of the rooms beside them, and no more.

/** On whose behalf something happens. `runId` lets a change of a record be traced to the run that made it. */
export type Caller = {
  runId: string | null
  stepId: string | null
  by: { kind: 'flow' | 'function' | 'user'; name: string; runId?: string }
}
export type ActionRequest = {
  connector: string
  action: string
  input: Json
  connection?: string
  caller: Caller
  signal?: AbortSignal
  idempotencyKey?: string
}
export type CallAction = (request: ActionRequest) => Promise<Json>
export type RunFunction = (
  name: string,
  input: Json,
  options: { signal?: AbortSignal; onLog?: (line: LogLine) => void; caller: Caller },
) => Promise<Json>
