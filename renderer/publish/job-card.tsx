import { AppError } from '../../core/errors.ts'
import { Check, WifiOff } from 'lucide-react'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { Card, Note } from '../ui/card.tsx'
import { Dot } from '../ui/chip.tsx'
import { cx } from '../ui/cx.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { ProgressBar, Spinner } from '../ui/progress.tsx'
import { durationWords } from '../ui/relative-time.tsx'
import { stepWords, type Job } from './publish-data.ts'

/** A publish step by step, while it goes on and once it has ended. */
export function JobCard({ appId, job, onRetry }: { appId: string; job: Job; onRetry: () => void }) {
  const cancel = useAct(() => client.publish.cancel({ appId }))
  const { outcome, steps } = job
  const done = steps.filter(({ state }) => state === 'done').length
  return (
    <Card className="p-4" role="region" aria-label="Progress">
      <div className="flex items-center gap-2">
        <h2 className="flex-1 text-16 font-semibold" aria-live="polite">
          {titleOf(job)}
        </h2>
        {!outcome && (
          <Button size="sm" busy={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel
          </Button>
        )}
      </div>
      {!outcome && (
        <div className="mt-3">
          <ProgressBar label="Publishing" value={done} max={steps.length} />
        </div>
      )}
      {job.held && (
        <Note tone="warn" icon={<WifiOff />} className="mt-3">
          {job.held} It goes on by itself; what has arrived is kept.
        </Note>
      )}
      {outcome?.type === 'failed' && <ErrorNote className="mt-3" error={AppError.fromShape(outcome.error)} onRetry={onRetry} />}
      <ul className="mt-2">
        {steps.map(({ step, state, note, tookMs }) => (
          <li key={step} className="flex min-h-8 items-center gap-3 text-13">
            <span className="grid size-4 place-items-center">
              {state === 'done' ? (
                <Check className="text-ok-text" />
              ) : state === 'running' && !outcome ? (
                <Spinner className="size-4 text-accent-text" />
              ) : (
                <Dot tone="off" />
              )}
            </span>
            <span className={cx('flex-1', state === 'ahead' ? 'text-ink-3' : state === 'running' && 'font-medium')}>
              {stepWords[step][state]}
            </span>
            <span className="text-12 text-ink-3 tabular-nums">
              {[note, tookMs !== null && durationWords(tookMs)].filter(Boolean).join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function titleOf({ kind, outcome }: Job): string {
  if (!outcome) return kind === 'publish' ? 'Publishing' : 'Rolling back'
  switch (outcome.type) {
    case 'live':
      return outcome.changed ? `Version ${outcome.version.number} is live` : `Version ${outcome.version.number} was live already`
    case 'failed':
      return kind === 'publish' ? 'Nothing was published' : 'Nothing was rolled back'
    case 'cancelled':
      return 'Cancelled. What was live stays live'
  }
}
