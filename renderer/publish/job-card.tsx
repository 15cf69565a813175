import { Check, WifiOff } from 'lucide-react'
import { useLayoutEffect, useRef, type FocusEvent, type RefObject } from 'react'
import { AppError } from '../../core/errors.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { Card, Note } from '../ui/card.tsx'
import { Dot } from '../ui/chip.tsx'
import { cx } from '../ui/cx.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { ProgressBar, Spinner } from '../ui/progress.tsx'
import { durationWords } from '../ui/relative-time.tsx'
import { remarkOn, titleOf } from './job-words.ts'
import { stepWords, type Job } from './publish-data.ts'

/** A publish step by step, while it goes on and once it has ended. */
export function JobCard({ appId, job, onRetry }: { appId: string; job: Job; onRetry: () => void }) {
  const cancel = useAct(() => client.publish.cancel({ appId }))
  const { outcome, steps } = job
  const done = steps.filter(({ state }) => state === 'done').length
  const remark = remarkOn(job)
  const { title, cancelButton } = useFocusAfter(!outcome && job.canCancel)
  useFocusAtStart(title, !outcome)
  return (
    <Card className="p-4" role="region" aria-label="Progress">
      <div className="flex items-center gap-2">
        <h2 ref={title} tabIndex={-1} className="flex-1 text-16 font-semibold outline-none" aria-live="polite">
          {titleOf(job)}
        </h2>
        {!outcome && job.canCancel && (
          <Button {...cancelButton} size="sm" busy={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel
          </Button>
        )}
      </div>
      <p aria-live="polite" className={cx('text-13 text-ink-2', remark && 'mt-1')}>
        {remark}
      </p>
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
      {(outcome?.type === 'failed' || outcome?.type === 'unknown') && (
        <ErrorNote className="mt-3" error={AppError.fromShape(outcome.error)} onRetry={onRetry} />
      )}
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

/** Whoever pressed the button that began it, which has gone, is at the title, and not nowhere. */
function useFocusAtStart(title: RefObject<HTMLElement | null>, isUnderWay: boolean) {
  useLayoutEffect(() => {
    if (isUnderWay && document.activeElement === document.body) title.current?.focus()
  }, [title, isUnderWay])
}

/** Whoever was on the button when it went is at the title, which says what has become of it, and not nowhere. */
function useFocusAfter(isOffered: boolean) {
  const title = useRef<HTMLHeadingElement>(null)
  const wasThere = useRef(false)
  useLayoutEffect(() => {
    if (isOffered || !wasThere.current) return
    wasThere.current = false
    if (document.activeElement === document.body) title.current?.focus()
  }, [isOffered])
  const cancelButton = {
    onFocus: () => void (wasThere.current = true),
    // A button that works or goes loses the focus to nothing.
    onBlur: ({ relatedTarget }: FocusEvent) => void (wasThere.current &&= relatedTarget === null),
  }
  return { title, cancelButton }
}
