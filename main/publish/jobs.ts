import { relaySteps, type PublishJob, type PublishStep } from '../../core/contract/publish.ts'
import { AppError } from '../../core/errors.ts'
import { Changes } from '../../core/rpc/stream.ts'
import type { Cancellable, Patience } from './patience.ts'
import type { Tell } from './publish-release.ts'

type Running = { job: PublishJob; stop: AbortController; done: Promise<void> }

type Ended = NonNullable<PublishJob['outcome']>

export type Jobs = ReturnType<typeof createJobs>

/** What is being published, of each app one thing at a time. A job goes on whoever looks, and its end stays to be seen. */
export function createJobs(now: () => number, pause?: Patience['pause']) {
  const jobs = new Map<string, Running>()
  const changes = new Changes<string>()

  function begin(
    appId: string,
    kind: PublishJob['kind'],
    steps: readonly PublishStep[],
    work: (tell: Tell, patience: Cancellable) => Promise<Ended>,
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
        canCancel: true,
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
      change({
        canCancel: !relaySteps.some(each => each === step),
        steps: running.job.steps.map(each => (each.step === step ? { step, state, note, tookMs } : each)),
      })
    }
    const patience: Cancellable = { signal: stop.signal, pause, waiting: why => change({ held: why?.message ?? null }) }
    jobs.set(appId, running)
    changes.publish(appId)
    running.done = work(tell, patience).then(
      outcome => change({ held: null, outcome }),
      (cause: unknown) => {
        const outcome: Ended = stop.signal.aborted
          ? { type: 'cancelled', given: [] }
          : { type: 'failed', error: AppError.from(cause).toJSON() }
        change({ held: null, outcome })
      },
    )
  }

  return {
    begin,
    changes,
    of: (appId: string): PublishJob | null => jobs.get(appId)?.job ?? null,
    /** Errors: `conflict` when the relay has been asked to make it live. */
    async cancel(appId: string): Promise<void> {
      const running = jobs.get(appId)
      if (!running || running.job.outcome) return
      if (!running.job.canCancel) throw new AppError('conflict', 'It is being made live now and cannot be stopped any more.')
      running.stop.abort(new AppError('cancelled', 'Cancelled.'))
      await running.done
    },
    /** The relay answers again: what came of a job whose end was not known. */
    learn(appId: string, outcome: Ended): void {
      const running = jobs.get(appId)
      if (running?.job.outcome?.type !== 'unknown') return
      const { steps } = running.job
      running.job = { ...running.job, outcome, steps: outcome.type === 'live' ? steps.map(each => ({ ...each, state: 'done' })) : steps }
      changes.publish(appId)
    },
    async close(): Promise<void> {
      for (const { stop } of jobs.values()) stop.abort(new AppError('cancelled', 'Cancelled.'))
      await Promise.all(Array.from(jobs.values(), ({ done }) => done))
    },
  }
}
