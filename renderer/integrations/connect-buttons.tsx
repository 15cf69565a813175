import { ExternalLink, FlaskConical } from 'lucide-react'
import { useId } from 'react'
import type { ConnectionMode } from '../../core/app/connector-file.ts'
import { useConnector } from '../app-data.ts'
import { hrefOf } from '../routes.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { ProgressRing } from '../ui/progress.tsx'
import { attemptKey, cancelAttempt, connect, useAttempts, type Attempt } from './attempts.ts'

/** The ways to an account: the real one and, where there is one, a practice account. While a sign-in is under way it shows how far it is. */
export function ConnectButtons({
  appId,
  connector,
  mode = 'shared',
  scopes,
  connectionId,
  layout,
}: {
  appId: string
  connector: string
  mode?: ConnectionMode
  scopes: string[]
  connectionId?: string
  layout: 'column' | 'row'
}) {
  const { name, facts } = useConnector(connector)
  const missingId = useId()
  const input = { appId, connector, mode, scopes, connectionId }
  const key = attemptKey(input)
  const attempt = useAttempts(({ attempts }) => attempts[key])
  if (attempt && attempt.phase !== 'failed') return <UnderWay attempt={attempt} name={name} onCancel={() => cancelAttempt(key)} />

  const missing = facts?.missing ?? null
  const wide = layout === 'column'
  // The main way stands on top of a column and at the end of a row.
  const practiceFirst = (missing !== null) === wide
  const real = (
    <Button
      kind={missing && facts?.practice ? 'secondary' : 'primary'}
      size="lg"
      wide={wide}
      disabled={missing !== null}
      aria-describedby={missing ? missingId : undefined}
      onClick={() => void connect({ ...input, practice: false })}
    >
      Connect to {name}
      <ExternalLink className="i-14" />
    </Button>
  )
  const practice = facts?.practice && (
    <Button
      kind={missing ? 'primary' : 'secondary'}
      size="lg"
      wide={wide}
      icon={<FlaskConical />}
      onClick={() => void connect({ ...input, practice: true })}
    >
      Try with a practice account
    </Button>
  )
  return (
    <div className={cx('space-y-2', !wide && 'max-w-130')}>
      {attempt?.error && <ErrorNote error={attempt.error} onRetry={() => void connect(attempt.input)} />}
      <div className={wide ? 'space-y-2' : 'flex flex-wrap justify-end gap-2'}>
        {practiceFirst ? (
          <>
            {practice}
            {real}
          </>
        ) : (
          <>
            {real}
            {practice}
          </>
        )}
      </div>
      {missing && (
        <p id={missingId} className={cx('text-12 text-pretty text-ink-3', !wide && 'text-right')}>
          {missing}{' '}
          <a
            href={hrefOf({ app: appId, screen: 'settings', path: ['clients'] })}
            className="rounded-1 font-medium text-accent-text underline underline-offset-2"
          >
            Open settings
          </a>
        </p>
      )}
    </div>
  )
}

/** How far a sign-in is, with a way to its page and a way out. */
export function UnderWay({ attempt, name, onCancel }: { attempt: Attempt; name: string; onCancel: () => void }) {
  const words = {
    starting: attempt.practice ? 'Starting the practice account…' : `Opening ${name}…`,
    waiting: 'Waiting for you in the browser…',
    exchanging: 'Finishing…',
    failed: '',
  }[attempt.phase]
  return (
    <div role="status" className="rounded-2 border border-line bg-sunken p-3">
      <div className="flex items-center gap-2.5">
        <ProgressRing label="Connecting" />
        <span className="min-w-0 flex-1 text-13 font-medium">{words}</span>
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
      </div>
      {attempt.phase === 'waiting' && attempt.authorizationUrl && (
        <p className="mt-2 text-12 text-ink-2">
          No page has opened?{' '}
          <a
            href={attempt.authorizationUrl}
            target="_blank"
            rel="noopener noreferrer"
            className={cx(buttonClass('ghost', 'sm'), 'px-1! text-accent-text! underline underline-offset-2')}
          >
            Open the sign-in page
          </a>
        </p>
      )}
    </div>
  )
}
