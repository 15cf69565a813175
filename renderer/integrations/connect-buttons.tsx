import { ExternalLink, FlaskConical } from 'lucide-react'
import { useId, useState } from 'react'
import type { ConnectionMode } from '../../core/app/connector-file.ts'
import { useConnector } from '../app-data.ts'
import { hrefOf } from '../routes.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { attemptKey, connect, useAttempts } from './attempts.ts'
import { ConnectFields } from '../ui/connect-fields.tsx'
import { SignInStatus } from './sign-in-status.tsx'

/**
 * The ways to a new account: the real one and, where there is one, a practice account. Says what a real one still needs and how to get it.
 * While a sign-in is under way it shows how far it is.
 */
export function ConnectButtons({
  appId,
  connector,
  mode = 'shared',
  scopes,
  layout,
}: {
  appId: string
  connector: string
  mode?: ConnectionMode
  scopes: string[]
  layout: 'column' | 'row'
}) {
  const { name, facts } = useConnector(connector)
  const missingId = useId()
  const [asksFields, setAsksFields] = useState(false)
  const input = { appId, connector, mode, scopes }
  const key = attemptKey(input)
  const attempt = useAttempts(({ attempts }) => attempts[key])
  if (attempt && attempt.progress.phase !== 'failed') return <SignInStatus attempt={attempt} />

  if (asksFields && facts)
    return (
      <ConnectFields
        tool={facts}
        onConnect={answers => {
          setAsksFields(false)
          void connect({ ...input, practice: false, answers })
        }}
        onCancel={() => setAsksFields(false)}
      />
    )

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
      onClick={() => (facts && facts.fields.length > 0 ? setAsksFields(true) : void connect({ ...input, practice: false }))}
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
    <div className={cx('space-y-2', !wide && 'ml-auto max-w-130')}>
      {attempt && <SignInStatus attempt={attempt} />}
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
            href={hrefOf({ app: appId, screen: 'settings', path: ['clients', facts?.provider ?? ''] })}
            className="rounded-1 font-medium text-accent-text underline underline-offset-2"
          >
            Open settings
          </a>
        </p>
      )}
    </div>
  )
}
