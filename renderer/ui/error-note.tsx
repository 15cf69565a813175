import { ChevronDown, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { AppError } from '../../core/errors.ts'
import { Button } from './button.tsx'
import { actionOf } from './error-action.ts'
import { cx } from './cx.ts'

/** One sentence and one action; details stay folded, with the code to quote. */
export function ErrorNote({
  error,
  onRetry,
  className,
}: {
  error: Pick<AppError, 'code' | 'message' | 'action' | 'details'>
  onRetry?: () => void
  className?: string
}) {
  const [open, setOpen] = useState(false)
  const action = actionOf(error.action, onRetry)
  return (
    <div role="alert" className={cx('rounded-2 border border-bad-line bg-bad-soft text-13 text-bad-text', className)}>
      <div className="flex flex-wrap items-start gap-2 px-3 py-2">
        <TriangleAlert className="mt-0.5" />
        <p className="min-w-0 flex-1 basis-48 font-medium text-pretty wrap-anywhere">{error.message}</p>
        {action && (
          <Button size="sm" onClick={action.run} className="text-ink">
            {action.label}
          </Button>
        )}
      </div>
      <div data-foldless={!error.details || undefined} className="flex items-center justify-between px-3 pb-2 pl-9 text-12">
        {error.details ? (
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="-ml-1 inline-flex h-6 items-center gap-1 rounded-1 px-1 font-medium"
          >
            <ChevronDown className={cx('i-12 transition-transform duration-120', open && 'rotate-180')} />
            Details
          </button>
        ) : (
          <span />
        )}
        <code className="text-[11px]">{error.code}</code>
      </div>
      {open && (
        <pre className="mx-3 mb-3 overflow-auto rounded-2 border border-line bg-sunken px-3 py-2 break-words whitespace-pre-wrap text-ink">
          {error.details}
        </pre>
      )}
    </div>
  )
}

/** An error in place of a whole screen. */
export const ErrorScreen = ({ error, onRetry }: { error: AppError; onRetry?: () => void }) => (
  <div className="grid h-full place-items-center p-5">
    <ErrorNote error={error} onRetry={onRetry} className="w-full max-w-120" />
  </div>
)
