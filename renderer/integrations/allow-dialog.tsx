import { ExternalLink, KeyRound } from 'lucide-react'
import { useConnections, useConnector, type ConnectionRow } from '../app-data.ts'
import { Button } from '../ui/button.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { askToAllow, closeAllow, useAllowGate, type AllowRequest } from './allow-gate.ts'
import { attemptKey, connect, inputFor, useAttempts } from './attempts.ts'
import { accountWords } from './connection-words.ts'
import { SignInStatus } from './sign-in-status.tsx'

/** Asks for missing permissions, wherever they are missed: see `askToAllow`. The frame holds it once. */
export function AllowDialog() {
  const asked = useAllowGate(state => state.asked)
  return asked && <Asked asked={asked} />
}

function Asked({ asked: { appId, connectionId, scopes } }: { asked: AllowRequest }) {
  const row = useConnections(appId).data?.find(({ id }) => id === connectionId)
  return row ? (
    <Ask row={row} scopes={scopes} />
  ) : (
    <Dialog open onClose={closeAllow} title="This account is not connected any more" description="Connect the tool again to go on.">
      <DialogActions>
        <Button onClick={closeAllow}>Close</Button>
      </DialogActions>
    </Dialog>
  )
}

function Ask({ row, scopes }: { row: ConnectionRow; scopes: readonly string[] }) {
  const { name, facts } = useConnector(row.connector)
  const input = inputFor(row, [...scopes])
  const attempt = useAttempts(({ attempts }) => attempts[attemptKey(input)])
  const allow = async (): Promise<void> => {
    if (await connect(input)) closeAllow()
  }
  return (
    <Dialog
      open
      onClose={closeAllow}
      title={scopes.length === 1 ? 'Allow one more permission' : `Allow ${scopes.length} more permissions`}
      description={`${name} asks you, and you can say no there. What ${accountWords(row)} may do already stays.`}
    >
      <ul aria-label="Permissions" className="mt-3 space-y-2">
        {scopes.map(scope => (
          <PermissionWords key={scope} scope={scope} text={facts?.permissions.find(permission => permission.scope === scope)?.text} />
        ))}
      </ul>
      {attempt ? (
        <div className="mt-4">
          <SignInStatus attempt={attempt} />
        </div>
      ) : (
        <DialogActions>
          <Button onClick={closeAllow}>Not now</Button>
          <Button kind="primary" autoFocus onClick={() => void allow()}>
            Allow at {name}
            <ExternalLink className="i-14" />
          </Button>
        </DialogActions>
      )}
    </Dialog>
  )
}

const PermissionWords = ({ scope, text }: { scope: string; text: string | undefined }) => (
  <li className="flex items-start gap-2">
    <KeyRound className="i-14 mt-[3px] text-ink-3" />
    <span className="min-w-0 flex-1 text-13">
      {text} <code className="block truncate text-[11px] text-ink-3">{scope}</code>
    </span>
  </li>
)

/** Leads to the sign-in that asks for exactly these permissions; their words are shown before. `what`: for those who cannot see beside what it stands. */
export function AllowButton({ request, label = 'Allow', what }: { request: AllowRequest; label?: string; what?: string }) {
  return (
    <Button size="sm" aria-label={what && `${label}: ${what}`} onClick={() => askToAllow(request)}>
      {label}
    </Button>
  )
}
