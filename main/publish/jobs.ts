import type { PublishJob, PublishStep } from '../../core/contract/publish.ts'
import { AppError } from '../../core/errors.ts'
import { Changes } from '../../core/rpc/stream.ts'
import type { Patience } from './patience.ts'
import type { Outcome, Tell } from './publish-release.ts'

type Running = { job: PublishJob; stop: AbortController; done: Promise<void> }

export type Jobs = ReturnType<typeof createJobs>

/** What is being published, of each app one thing at a time. A job goes on whoever looks, and its end stays to be seen. */
export function createJobs(now: () => number, pause?: Patience['pause']) {
  const jobs = new Map<string, Running>()
  const changes = new Changes<string>()

  function begin(
    appId: string,
    kind: PublishJob['kind'],
    steps: readonly PublishStep[],
    work: (tell: Tell, patience: Patience) => Promise<Outcome>,
  ) {
    if (jobs.get(appId)?.job.outcome === null)
      throw new AppError('conflict', 'This app is being published already. Wait until that is done.')
    const startedAt = now()
    const stop = new AbortController()
    const begun = new Map<PublishStep, number>()
    const running: Running = {
      stop,
      done: Promise.resolve(),
      job: {
        kind,
        startedAt: new Date(startedAt).toISOString(),
        steps: steps.map(step => ({ step, state: 'ahead', note: '', tookMs: null })),
        held: null,
        outcome: null,
      },
    }
    const change = (more: Partial<PublishJob>) => {
      running.job = { ...running.job, ...more }
      changes.publish(appId)
    }
    const tell: Tell = (step, state, note = '') => {
      if (!begun.has(step)) begun.set(step, now())
      const tookMs = state === 'done' ? now() - (begun.get(step) ?? startedAt) : null
      change({ steps: running.job.steps.map(each => (each.step === step ? { step, state, note, tookMs } : each)) })
    }
    const patience: Patience = { signal: stop.signal, pause, waiting: why => change({ held: why?.message ?? null }) }
    jobs.set(appId, running)
    changes.publish(appId)
    running.done = work(tell, patience).then(
      outcome => change({ held: null, outcome }),
      (cause: unknown) => {
        const error = AppError.from(cause)
        const isCancelled = stop.signal.aborted || error.code === 'cancelled'
        change({ held: null, outcome: isCancelled ? { type: 'cancelled' } : { type: 'failed', error: error.toJSON() } })
      },
    )
  }

  return {
    begin,
    changes,
    of: (appId: string): PublishJob | null => jobs.get(appId)?.job ?? null,
    async cancel(appId: string): Promise<void> {
      jobs.get(appId)?.stop.abort(new AppError('cancelled', 'Cancelled.'))
      await jobs.get(appId)?.done
    },
    async close(): Promise<void> {
      for (const { stop } of jobs.values()) stop.abort(new AppError('cancelled', 'Cancelled.'))
      await Promise.all(Array.from(jobs.values(), ({ done }) => done))
    },
  }
}
