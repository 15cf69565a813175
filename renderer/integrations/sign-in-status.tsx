import { useConnector } from '../app-data.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { ProgressRing } from '../ui/progress.tsx'
import { AccountChoice } from './account-choice.tsx'
import { attemptKey, cancelAttempt, connect, type Attempt } from './attempts.ts'
import { DeviceCode } from './device-code.tsx'

/** How far a sign-in is: with a way to its page, a way out, and what it asks in between. A failed one says why, and can be tried again. */
export function SignInStatus({ attempt }: { attempt: Attempt }) {
  const { input, progress } = attempt
  const { name } = useConnector(input.connector)
  const cancel = (): void => cancelAttempt(attemptKey(input))
  switch (progress.phase) {
    case 'failed':
      return (
        <div className="space-y-1">
          <ErrorNote error={progress.error} onRetry={() => void connect(input)} />
          <Button size="sm" kind="ghost" onClick={cancel}>
            Close
          </Button>
        </div>
      )
    case 'code':
      return <DeviceCode code={progress.code} onCancel={cancel} />
    case 'choosing':
      return <AccountChoice question={progress.question} />
    case 'starting':
      return <Waiting words={input.practice ? 'Starting the practice account…' : `Opening ${name}…`} onCancel={cancel} />
    case 'exchanging':
      return <Waiting words="Finishing…" onCancel={cancel} />
    case 'waiting':
      return (
        <Waiting words="Waiting for you in the browser…" onCancel={cancel}>
          <p className="mt-2 text-12 text-ink-2">
            No page has opened?{' '}
            <a
              href={progress.authorizationUrl}
              target="_blank"
              rel="noopener noreferrer"
              className={cx(buttonClass('ghost', 'sm'), 'px-1! text-accent-text! underline underline-offset-2')}
            >
              Open the sign-in page
            </a>
          </p>
        </Waiting>
      )
  }
}

function Waiting({ words, onCancel, children }: { words: string; onCancel: () => void; children?: React.ReactNode }) {
  return (
    <div role="status" className="rounded-2 border border-line bg-sunken p-3">
      <div className="flex items-center gap-2.5">
        <ProgressRing label="Connecting" />
        <span className="min-w-0 flex-1 text-13 font-medium">{words}</span>
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
      </div>
      {children}
    </div>
  )
}
