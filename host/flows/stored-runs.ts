import { AppError } from '../../core/errors.ts'
import type { Run, RunDetail } from '../../core/run.ts'
import { ask, type Database, type Steps } from '../store/engine.ts'
import type { CallJournal } from './call-journal.ts'
import { toError, type Journal, type RunFilter } from './journal.ts'
import type { RunRow } from './journal-rows.ts'
import { cancelled, hasEnded } from './stops.ts'

type Options = {
  database: Pick<Database, 'query'>
  journal: Journal
  calls: CallJournal
  /** The run has ended, or a person wants it to try all the same. */
  forget: (seq: number) => void
  now: () => number
}

const keptRuns = 20_000

/** What is done to runs from outside their own work. Each is to be committed by the caller, who then publishes the row it gives. */
export function createStoredRuns({ database, journal, calls, forget, now }: Options) {
  function* endWith(row: RunRow, error: AppError, state: 'failed' | 'cancelled' = 'failed'): Steps<RunRow> {
    const ended = { state, error: toError(error), finished_at: now() }
    for (const step of yield* journal.steps(row.seq)) if (step.state !== 'succeeded') yield* journal.putStep({ ...step, ...ended })
    forget(row.seq)
    const values = { ...ended, wake_at: null, waiting_for: null, waiting_since: null }
    yield* journal.updateRun(row.seq, values)
    return { ...row, ...values }
  }

  return {
    list: (filter: RunFilter = {}): Promise<{ items: Run[]; nextCursor: string | null }> => ask(database, journal.list(filter)),
    ofOccurrence: (occurrence: string): Promise<Run | null> => ask(database, journal.ofOccurrence(occurrence)),
    detail: (runId: string): Promise<RunDetail> => ask(database, journal.detail(runId)),
    find: (runId: string): Promise<RunRow> => ask(database, journal.find(runId)),
    /** Its work threw: it ends here, or it would be begun again at once. */
    *putAside(runId: string, error: AppError): Steps<RunRow> {
      return yield* endWith(yield* journal.claim(runId), error)
    },
    /** Throws `conflict` when it has ended. */
    *cancel(runId: string): Steps<RunRow> {
      const row = yield* journal.claim(runId)
      if (hasEnded(row)) throw new AppError('conflict', 'This run has already ended.')
      return yield* endWith(row, cancelled(), 'cancelled')
    },
    /** Makes a run go on from its first step that did not succeed. */
    *retry(runId: string): Steps<RunRow> {
      const row = yield* journal.claim(runId)
      for (const step of yield* journal.steps(row.seq)) {
        if (step.state === 'succeeded') continue
        yield* calls.allowAgain(`${row.id}/${step.n}`)
        if (step.kind !== 'wait' || step.state !== 'waiting') yield* journal.putStep({ ...step, state: 'queued', tries: 0 })
      }
      forget(row.seq)
      const again = { state: 'queued', wake_at: now(), waiting_for: null, waiting_since: null, error: null, finished_at: null } as const
      yield* journal.updateRun(row.seq, again)
      return { ...row, ...again }
    },
    /** What was under way when the process ended. A flow goes on; nobody waits for the answer of a function any more. */
    *recover(): Steps<void> {
      for (const row of yield* journal.unfinished()) {
        if (row.kind === 'flow') yield* journal.updateRun(row.seq, { state: 'queued', wake_at: now() })
        else yield* endWith(row, new AppError('cancelled', 'Plugboard ended while this function was running. Run it again.'))
      }
      yield* journal.prune(keptRuns)
    },
  }
}
