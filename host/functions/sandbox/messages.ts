import type { ErrorShape } from '../../../core/errors.ts'
import type { Json } from '../../../core/json.ts'

/** What the host sends to a sandbox, one JSON line each. */
export type ToSandbox =
  /** First of all: the mark that begins each true line of the sandbox. Whoever does not know it cannot forge one. */
  | { type: 'mark'; mark: string }
  | { type: 'load'; url: string }
  | { type: 'call'; id: number; input: Json }
  | { type: 'answer'; id: number; value?: Json; error?: ErrorShape }

/** A call out of the sandbox: the only thing that user code may ask for. */
export type Request =
  | { kind: 'action'; connector: string; action: string; input: Json }
  | { kind: 'record'; entity: string; method: 'get' | 'list' | 'count' | 'create' | 'update' | 'delete'; args: Json[] }

/** What user code threw. `code` is there when it is an error of ours that went through the code unchanged. */
export type Thrown = { message: string; stack: string | null; code: ErrorShape['code'] | null; shape: ErrorShape | null }

/** What a sandbox sends to the host. `call` names the call of the function that a line belongs to. */
export type FromSandbox =
  | { type: 'ready' }
  | { type: 'loaded'; error: Thrown | null }
  | { type: 'ask'; id: number; call: number | null; request: Request }
  | { type: 'log'; call: number | null; level: 'debug' | 'info' | 'warn' | 'error'; text: string }
  | { type: 'result'; call: number; output: Json }
  | { type: 'thrown'; call: number; error: Thrown }
