import { ArrowLeftRight, FlaskConical, Laptop } from 'lucide-react'
import { useEffect } from 'react'
import { keys, useConnector, useTitleOf, useVault, type ConnectionRow } from '../app-data.ts'
import { client } from '../client.ts'
import { useCall } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { SectionTitle } from '../ui/card.tsx'
import { StateChip } from '../ui/chip.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { Drawer } from '../ui/dialog.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Calls } from './access-calls.tsx'
import { Permissions } from './access-permissions.tsx'
import { attemptKey, connect, inputFor, useAttempts } from './attempts.ts'
import { CustodyLine } from './custody-line.tsx'
import { isLent } from './custody-words.ts'
import type { ConnectionAsk } from './connection-dialogs.tsx'
import { accountWords, hasOwnName } from './connection-words.ts'
import { openPractice } from './practice.ts'
import { Reason } from './reason.tsx'
import { SignInStatus } from './sign-in-status.tsx'
import { hrefOfUse, UseIcon } from './used-by.tsx'

type DrawerProps = { row: ConnectionRow; onClose: () => void; onAsk: (ask: ConnectionAsk) => void }

/** What one account may do, who needs it, and what was done with it. */
export function AccessDrawer({ row, onClose, onAsk }: DrawerProps) {
  const { name, icon } = useConnector(row.connector)
  const access = useCall(keys.access(row.id), () => client.connections.access({ connectionId: row.id }), { staleTime: 0 })
  const { refetch } = access
  // The row is told of anew when its account, its use or its calls change.
  useEffect(() => void refetch(), [row, refetch])
  const attempt = useAttempts(({ attempts }) => attempts[attemptKey(inputFor(row))])
  return (
    <Drawer
      open
      onClose={onClose}
      title={`Access of ${row.name}`}
      head={
        <div className="flex items-start gap-3">
          <ConnectorIcon icon={icon} name={name} />
          <div className="min-w-0 flex-1">
            <div className="flex items-center gap-2">
              <h2 className="truncate text-16 leading-5 font-semibold">{hasOwnName(row) ? row.name : name}</h2>
              <StateChip state={row.state} practice={row.practice} />
            </div>
            <p className="mt-0.5 text-12 text-ink-3">
              {[hasOwnName(row) && name, accountWords(row), row.mode === 'shared' ? 'shared' : 'app users'].filter(Boolean).join(' · ')} ·
              added <RelativeTime at={row.createdAt} inline />
            </p>
          </div>
        </div>
      }
      foot={<Foot row={row} onClose={onClose} onAsk={onAsk} />}
    >
      {attempt ? <SignInStatus attempt={attempt} /> : <Reason row={row} />}
      {access.error ? (
        <ErrorNote error={access.error} onRetry={() => void access.refetch()} />
      ) : access.isPending ? (
        <Skeleton rows={5} className="p-0" />
      ) : (
        <>
          <Permissions row={row} permissions={access.data.permissions} />
          <Uses row={row} />
          <Calls row={row} calls={access.data.calls} />
          <Holder row={row} />
        </>
      )}
    </Drawer>
  )
}

function Foot({ row, onClose, onAsk }: DrawerProps) {
  if (isLent(row)) return <CustodyLine row={row} />
  const ask = (kind: ConnectionAsk['kind']) => () => {
    onClose()
    onAsk({ kind, row })
  }
  return (
    <>
      {row.state !== 'disconnected' && (
        <Button icon={<ArrowLeftRight />} onClick={() => void connect(inputFor(row))}>
          Switch account
        </Button>
      )}
      <Button onClick={ask('rename')}>Rename</Button>
      <span className="flex-1" />
      {row.state !== 'disconnected' && (
        <Button kind="danger" onClick={ask('disconnect')}>
          Disconnect
        </Button>
      )}
    </>
  )
}

function Uses({ row: { appId, usedBy } }: { row: ConnectionRow }) {
  const titleOf = useTitleOf(appId)
  return (
    <section>
      <SectionTitle>Used by</SectionTitle>
      {usedBy.length === 0 ? (
        <p className="mt-1 text-13 text-ink-2">Nothing in this app yet.</p>
      ) : (
        <ul className="mt-2 flex flex-wrap gap-2">
          {usedBy.map(use => (
            <li key={use.kind + use.name}>
              <a
                href={hrefOfUse(appId, use)}
                className="inline-flex h-6 items-center gap-1.5 rounded-1 px-2 text-12 font-medium text-ink-2 inset-ring inset-ring-line-2 hover:bg-hover hover:text-ink [&_svg]:size-3"
              >
                <UseIcon kind={use.kind} />
                {titleOf(use)}
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Holder({ row: { appId, connector, practice, state } }: { row: ConnectionRow }) {
  const { data: vault } = useVault()
  const { name } = useConnector(connector)
  return (
    <section>
      <SectionTitle>Who holds the token</SectionTitle>
      <p className="mt-1 flex gap-2 text-13 text-ink-2">
        <Laptop className="i-14 mt-[3px]" /> {practice && 'A practice account lives on this computer. '}
        {vault?.message}
      </p>
      {practice && state !== 'disconnected' && (
        <Button className="mt-2 ml-[22px]" icon={<FlaskConical />} onClick={() => void openPractice(appId, connector)}>
          Open practice {name}
        </Button>
      )}
    </section>
  )
}
