import { useState } from 'react'
import { keys, useInfo } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { Input } from '../ui/input.tsx'
import { openVault } from '../vault/vault-gate.ts'

type Props = { /** The address of the relay whose session has ended. */ known?: string; layout: 'column' | 'row'; className?: string }

/** Signs this desktop in to a relay, in the browser. */
export function SignInForm({ known = '', layout, className }: Props) {
  const [url, setUrl] = useState(known)
  const [page, setPage] = useState<string | null>(null)
  const shell = useInfo().data?.shell
  const join = useAct(
    async () => {
      if (!(await openVault())) return
      for await (const event of await client.relay.signIn({ url })) {
        // Electron's main has opened the browser already.
        if (event.type === 'opened' && shell === 'serve') window.open(event.authorizationUrl, '_blank', 'noopener')
        setPage(event.type === 'opened' ? event.authorizationUrl : null)
      }
    },
    { quiet: true, refresh: [keys.relay, keys.relayApps, keys.connectors, keys.oauthClients, keys.everyApp] },
  )
  return (
    <form
      className={cx('space-y-3 text-left', className)}
      onSubmit={event => {
        event.preventDefault()
        join.mutate()
      }}
    >
      <div className={cx('flex gap-2', layout === 'column' && 'flex-col')}>
        <Input
          aria-label="Address of the relay"
          placeholder="relay.example.com"
          value={url}
          onChange={event => setUrl(event.target.value)}
          className="flex-1"
        />
        <Button kind="primary" type="submit" busy={join.isPending} disabled={url.trim() === ''}>
          Sign in
        </Button>
      </div>
      {page && (
        <p role="status" className="text-12 text-ink-2">
          Waiting for you in the browser.{' '}
          <a href={page} target="_blank" rel="noopener noreferrer" className="text-accent-text underline underline-offset-2">
            Open the sign-in page
          </a>
        </p>
      )}
      {join.error && <ErrorNote error={join.error} onRetry={() => join.mutate()} />}
    </form>
  )
}
