import { needsOf } from '../../core/app/uses.ts'
import type { AppModel } from '../../core/app/model.ts'
import type { HeldAccount } from '../../core/contract/credentials.ts'
import { AppError } from '../../core/errors.ts'
import type { Steps } from '../store/engine.ts'
import { stepsOf, type Step } from './definition.ts'
import { toError, type Journal } from './journal.ts'
import type { RunRow } from './journal-rows.ts'
import type { Persist } from './persist.ts'
import { lackOf, markOf } from './lack.ts'

type Options = {
  journal: Journal
  model: () => AppModel
  load: () => Promise<HeldAccount[]>
  persist: Persist
  now: () => number
  /** Runs that may go on now, or wait for something else. */
  onReviewed: (rows: RunRow[]) => void
}

/** The step that a service refused although all seemed granted, and the accounts as they were then. */
type Refusal = { error: AppError; mark: string }
type Place = Pick<RunRow, 'seq' | 'position' | 'steps_done'>

export type Permissions = ReturnType<typeof createPermissions>

/**
 * Knows the app's accounts, and by them which runs may go on. A run that lacks something is only a row; when the accounts change, those
 * whose lack is gone are put back into the queue, the oldest first, and the others are left alone. Neither a change of accounts nor a run
 * that begins to wait misses the other: the accounts are known before the waiting runs are read, and a run looks at them again once it waits.
 */
export function createPermissions({ journal, model, load, persist, now, onReviewed }: Options) {
  let known: readonly HeldAccount[] | null = null
  let isStale = true
  let looking: Promise<void> | null = null
  /** By run. They need not outlive the process: a run is tried once at each start. */
  const refusals = new Map<number, Refusal>()

  /** The accounts have changed: asks for them, and lets go on what may. Calls while it works make it look once more. */
  function look(): Promise<void> {
    isStale = true
    looking ??= (async () => {
      try {
        while (isStale) {
          isStale = false
          known = await load()
          await review()
        }
      } catch (error) {
        isStale = true
        throw error
      } finally {
        looking = null
      }
    })()
    return looking
  }

  /** Lets go on what may, by the accounts and the app as they are. */
  async function review(): Promise<void> {
    if (known !== null) onReviewed(await persist(reviewWaiting))
  }

  function* reviewWaiting(): Steps<RunRow[]> {
    const at = now()
    const stepsByDefinition = new Map<string | null, Step[]>()
    const changed: RunRow[] = []
    for (const row of yield* journal.claimWaitingForPermission()) {
      const steps = stepsByDefinition.get(row.definition) ?? stepsOf(yield* journal.definitionOf(row))
      stepsByDefinition.set(row.definition, steps)
      const lack = lackOfRun(row, steps)
      const error = lack && toError(lack)
      if (error === row.error) continue
      const values = lack ? { error } : { error, state: 'queued' as const, wake_at: at, waiting_for: null, waiting_since: null }
      yield* journal.updateRun(row.seq, values)
      changed.push({ ...row, ...values })
    }
    return changed
  }

  /** What keeps the run from going on: before its first step what any of its steps lacks, later what the next one lacks. */
  function lackOfRun(run: Place, steps: readonly Step[]): AppError | null {
    const needs = needsAt(run, steps)
    const refusal = refusals.get(run.seq)
    if (known === null || (needs.length === 0 && !refusal)) return null
    const lack = lackOf(needs, known)
    if (lack || !refusal) return lack
    if (markOf(known, refusal.error.action) === refusal.mark) return refusal.error
    refusals.delete(run.seq)
    return null
  }

  function needsAt({ position, steps_done }: Place, steps: readonly Step[]) {
    const next = position === 0 && steps_done === 0 ? steps : steps.slice(position ?? 0, (position ?? 0) + 1)
    const current = model()
    return next.flatMap(({ task }) => needsOf(task, current))
  }

  return {
    look,
    review,
    /** Asks again when the last answer did not come. */
    keepCurrent: (): void => void (isStale && !looking && look().catch(() => {})),
    /** Null when they cannot be asked for. */
    accounts: async (): Promise<readonly HeldAccount[] | null> => {
      if (known === null) await look().catch(() => {})
      return known
    },
    /** Throws `unavailable` when it cannot be told. */
    async check(run: Place, steps: readonly Step[]): Promise<AppError | null> {
      if (known === null && needsAt(run, steps).length > 0) await look()
      return lackOfRun(run, steps)
    },
    lackOfRun,
    /** A step was refused. Its run waits until what `before` says of the account is no longer so, whatever is said to be granted. */
    async refuse(seq: number, error: AppError, before: readonly HeldAccount[] | null): Promise<void> {
      if (known === null) await look().catch(() => {})
      refusals.set(seq, { error, mark: markOf(before ?? known ?? [], error.action) })
    },
    /** The accounts at this moment, to give to `refuse` after the step. */
    snapshot: () => known,
    /** The run has ended, or a person wants it to try all the same. */
    forget: (seq: number): void => void refusals.delete(seq),
  }
}
