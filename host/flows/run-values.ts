import type { Step } from './definition.ts'
import type { RunRow, StepRow } from './journal-rows.ts'

/** Of a run that waits for nothing. */
export const awake = { wake_at: null, waiting_for: null, waiting_since: null } as const

/** Of a run whose step has begun. */
export function started(run: RunRow, at: number): Partial<RunRow> {
  return { ...awake, state: 'running', started_at: run.started_at ?? at, error: null }
}

/** Of a run that waits, by itself until `until` (epoch milliseconds). */
export const waitsFor = (reason: NonNullable<RunRow['waiting_for']>, since: number, until: number | null) =>
  ({ state: 'waiting', waiting_for: reason, waiting_since: since, wake_at: until }) as const

/** The row of a step's next attempt; `open` is that of the attempt before, `n` the place of the step among those of its run. */
export function beginStep(run: RunRow, step: Step, open: StepRow | undefined, n: number, at: number): StepRow {
  const { name, title, kind, connector } = step
  const times =
    open?.kind === 'wait'
      ? { attempt: open.attempt, tries: open.tries }
      : { attempt: (open?.attempt ?? 0) + 1, tries: (open?.tries ?? 0) + 1 }
  const rest = { input: null, output: null, carry: null, error: null, logs: null, finished_at: null }
  return {
    run: run.seq,
    n,
    name,
    title,
    kind,
    connector,
    state: 'running',
    ...times,
    ...rest,
    started_at: (kind === 'wait' && open?.started_at) || at,
  }
}
