import type { Json } from '../../core/json.ts'
import type { LogLine } from '../../core/run.ts'
import type { ActionRequest, Caller } from '../gateway/gateway.ts'

export type { ActionRequest, Caller } from '../gateway/gateway.ts'

// What flows ask of the rooms beside them, and no more.

export type CallAction = (request: ActionRequest) => Promise<Json>
export type RunFunction = (
  name: string,
  input: Json,
  options: { signal?: AbortSignal; onLog?: (line: LogLine) => void; caller: Caller },
) => Promise<Json>
