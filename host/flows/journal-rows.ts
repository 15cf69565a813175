import type { ErrorShape } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { logLine, type LogLine, type Run, type RunState, type RunStep } from '../../core/run.ts'
import { maskSecrets } from '../../core/secrets.ts'
import { z } from 'zod'
import { toShown } from './mask.ts'

export type RunRow = {
  seq: number
  id: string
  kind: Run['kind']
  name: string
  cause: string
  state: RunState
  definition: string | null
  trigger: string
  occurrence: string | null
  /** The app's user, by id, whose act began it, or for whom its schedule runs. */
  app_user: string | null
  depth: number
  /** Index of the step that comes next. Null after the last. */
  position: number | null
  steps_done: number
  steps_total: number
  /** When a queued or waiting run may go on. Null while it is worked on, and when it waits for something that is no time. */
  wake_at: number | null
  waiting_for: 'timer' | 'retry' | 'permission' | null
  waiting_since: number | null
  error: string | null
  created_at: number
  started_at: number | null
  finished_at: number | null
}

export type StepRow = {
  run: number
  n: number
  name: string
  title: string
  kind: RunStep['kind']
  connector: string | null
  state: RunState
  /** How often it was begun in all. */
  attempt: number
  /** How often it was begun since a person last asked for it. */
  tries: number
  input: string | null
  output: string | null
  carry: string | null
  error: string | null
  logs: string | null
  started_at: number | null
  finished_at: number | null
}

export function readRun(appId: string, row: RunRow): Run {
  const trigger = JSON.parse(row.trigger) as Json
  return {
    id: row.id,
    appId,
    kind: row.kind,
    name: row.name,
    cause: row.cause,
    state: row.state,
    createdAt: iso(row.created_at),
    startedAt: isoOrNull(row.started_at),
    finishedAt: isoOrNull(row.finished_at),
    durationMs: duration(row),
    error: readError(row.error),
    waiting: readWaiting(row),
    trigger: JSON.parse(toShown(trigger)) as Json,
    stepsDone: Math.min(row.steps_done, row.steps_total),
    stepsTotal: row.steps_total,
  }
}

export function readStep(runId: string, row: StepRow): RunStep {
  return {
    id: stepId(runId, row.n),
    name: row.name,
    title: row.title,
    kind: row.kind,
    state: row.state,
    attempt: row.attempt,
    startedAt: isoOrNull(row.started_at),
    finishedAt: isoOrNull(row.finished_at),
    durationMs: duration(row),
    input: parse(row.input),
    output: parse(row.output),
    error: readError(row.error),
    logs: readLogs(row.logs),
    connector: row.connector,
  }
}

/** Names one step of one run everywhere: also what makes a repeated outside call recognizable. */
export function stepId(runId: string, n: number): string {
  return `${runId}/${n}`
}

/** What a finished step gave, whole. */
export function outputOf(row: StepRow): Json {
  return parse(row.carry ?? row.output)
}

function readWaiting({ state, waiting_for, waiting_since, created_at, wake_at }: RunRow): Run['waiting'] {
  if (state !== 'waiting' || waiting_for === null) return null
  return { for: waiting_for, since: iso(waiting_since ?? created_at), until: isoOrNull(wake_at) }
}

function parse(text: string | null): Json {
  return text === null ? null : (JSON.parse(text) as Json)
}

function readError(text: string | null): Run['error'] {
  if (text === null) return null
  const { code, message, details, action } = JSON.parse(text) as ErrorShape
  return { code, message: maskSecrets(message), ...(details && { details: maskSecrets(details) }), ...(action && { action }) }
}

function readLogs(text: string | null): LogLine[] {
  return text === null ? [] : z.array(logLine).parse(JSON.parse(text))
}

function duration({ started_at, finished_at }: { started_at: number | null; finished_at: number | null }): number | null {
  return started_at === null || finished_at === null ? null : Math.max(0, finished_at - started_at)
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms)
}
