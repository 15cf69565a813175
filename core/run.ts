import { z } from 'zod'
import type { ErrorAction } from './errors.ts'

const error = z.object({
  code: z.string(),
  message: z.string(),
  details: z.string().optional(),
  /** The one button beside the sentence: a run that waits says what for, and this does it. */
  action: z.custom<ErrorAction>(value => typeof value === 'object' && value !== null && 'kind' in value).optional(),
})

export const runState = z.enum(['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'])
export type RunState = z.infer<typeof runState>

/**
 * What a waiting run waits for: its own timer, another try, or something that a person has to allow. `until` is when it goes on by
 * itself; null when it goes on as soon as it may.
 */
export const waiting = z.object({ for: z.enum(['timer', 'retry', 'permission']), since: z.string(), until: z.string().nullable() })

export const logLine = z.object({ at: z.string(), level: z.enum(['debug', 'info', 'warn', 'error']), text: z.string() })
export type LogLine = z.infer<typeof logLine>

/** One step of a run, or the only step of a function's run. Secrets are masked before it is stored. */
export const runStep = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  kind: z.enum(['function', 'action', 'switch', 'wait']),
  state: runState,
  attempt: z.number().int(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
  input: z.json().nullable(),
  output: z.json().nullable(),
  error: error.nullable(),
  logs: z.array(logLine),
  /** Connector a step used, for its icon. */
  connector: z.string().nullable(),
})
export type RunStep = z.infer<typeof runStep>

export const run = z.object({
  id: z.string(),
  appId: z.string(),
  kind: z.enum(['flow', 'function']),
  /** Name of the flow or function. */
  name: z.string(),
  /** Why it ran, in words: “Ticket created”, “Schedule”, “Run now”. */
  cause: z.string(),
  state: runState,
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
  error: error.nullable(),
  waiting: waiting.nullable(),
  trigger: z.json().nullable(),
  stepsDone: z.number().int(),
  stepsTotal: z.number().int(),
})
export type Run = z.infer<typeof run>

export const runDetail = run.extend({ steps: z.array(runStep) })
export type RunDetail = z.infer<typeof runDetail>
