import { Check, Code, FlaskConical, Laptop, Minus, Workflow, X } from 'lucide-react'
import { keys, useConnector, useTitleOf, useVault, type ConnectionRow } from '../app-data.ts'
import { client } from '../client.ts'
import { useCall } from '../query.ts'
import { hrefOf } from '../routes.ts'
import { Button } from '../ui/button.tsx'
import { SectionTitle } from '../ui/card.tsx'
import { StateChip } from '../ui/chip.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { Drawer } from '../ui/dialog.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { durationWords, RelativeTime } from '../ui/relative-time.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import type { ConnectionAsk } from './connection-dialogs.tsx'
import { openPractice } from './practice.ts'

/** What one account may do, who needs it, and what was done with it. */
export function AccessDrawer({
  appId,
  row,
  onClose,
  onAsk,
}: {
  appId: string
  row: ConnectionRow
  onClose: () => void
  onAsk: (ask: ConnectionAsk) => void
}) {
  const { name, icon } = useConnector(row.connector)
  const access = useCall(keys.access(row.id), () => client.connections.access({ connectionId: row.id }), { staleTime: 0 })
  const ask = (kind: ConnectionAsk['kind']) => () => {
    onClose()
    onAsk({ kind, row })
  }
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
              <h2 className="truncate text-16 leading-5 font-semibold">{row.name}</h2>
              <StateChip state={row.state} practice={row.practice} />
            </div>
            <p className="mt-0.5 text-12 text-ink-3">
              {[row.account?.label, row.mode === 'shared' ? 'shared' : 'app users'].filter(Boolean).join(' · ')} · added{' '}
              <RelativeTime at={row.createdAt} inline />
            </p>
          </div>
        </div>
      }
      foot={
        <>
          {row.practice && (
            <Button icon={<FlaskConical />} onClick={() => void openPractice(appId, row.connector)}>
              Open practice {name}
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
      }
    >
      {access.error ? (
        <ErrorNote error={access.error} onRetry={() => void access.refetch()} />
      ) : access.isPending ? (
        <Skeleton rows={5} className="p-0" />
      ) : (
        <>
          <Permissions appId={appId} permissions={access.data.permissions} />
          <UsedBy appId={appId} usedBy={row.usedBy} />
          <Calls appId={appId} calls={access.data.calls} connector={row.connector} />
          <Holder practice={row.practice} />
        </>
      )}
    </Drawer>
  )
}

type Access = Awaited<ReturnType<typeof client.connections.access>>

function Permissions({ appId, permissions }: { appId: string; permissions: Access['permissions'] }) {
  const titleOf = useTitleOf(appId)
  return (
    <section>
      <SectionTitle>What it may do</SectionTitle>
      <ul>
        {permissions.map(({ scope, text, neededBy, granted }) => (
          <li key={scope} className="flex items-start gap-2 border-b border-line py-2">
            {granted ? (
              <Check className="i-14 mt-[3px] text-ok-text" aria-label="Allowed" />
            ) : (
              <Minus className="i-14 mt-[3px] text-warn-text" aria-label="Not allowed yet" />
            )}
            <div className="min-w-0 flex-1">
              <p className="text-13 font-medium">{text}</p>
              <p className="text-12 text-ink-3">
                {!granted && <span className="font-medium text-warn-text">Not allowed yet. </span>}
                {neededBy.length > 0 ? `Needed by ${neededBy.map(titleOf).join(', ')}` : granted && 'Not needed by anything now'}
              </p>
            </div>
            <code className="text-[11px] text-ink-3">{shortScope(scope)}</code>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Google's scopes are addresses: the end is what tells them apart. */
const shortScope = (scope: string): string => scope.replace(/^https:\/\/www\.googleapis\.com\/auth\//, '')

function UsedBy({ appId, usedBy }: { appId: string; usedBy: ConnectionRow['usedBy'] }) {
  const titleOf = useTitleOf(appId)
  return (
    <section>
      <SectionTitle>Used by</SectionTitle>
      {usedBy.length === 0 ? (
        <p className="mt-1 text-13 text-ink-2">Nothing in this app yet.</p>
      ) : (
        <ul className="mt-2 flex flex-wrap gap-2">
          {usedBy.map(({ kind, name }) => (
            <li key={kind + name}>
              <a
                href={hrefOf({ app: appId, screen: kind === 'flow' ? 'flows' : 'functions', path: [name] })}
                className="inline-flex h-6 items-center gap-1.5 rounded-1 px-2 text-12 font-medium text-ink-2 inset-ring inset-ring-line-2 hover:bg-hover hover:text-ink [&_svg]:size-3"
              >
                {kind === 'flow' ? <Workflow /> : <Code />}
                {titleOf({ kind, name })}
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Calls({ appId, calls, connector }: { appId: string; calls: Access['calls']; connector: string }) {
  const titleOf = useTitleOf(appId)
  const { facts } = useConnector(connector)
  return (
    <section>
      <SectionTitle note={calls.length > 0 ? calls.length : undefined}>Last calls</SectionTitle>
      {calls.length === 0 && <p className="mt-1 text-13 text-ink-2">None yet.</p>}
      <ul className="mt-1">
        {calls.map(call => (
          <li key={call.id} className="flex h-8 items-center gap-2 text-13">
            {call.status === 'ok' ? (
              <Check className="i-14 text-ok-text" aria-label="Done" />
            ) : (
              <X className="i-14 text-bad-text" aria-label="Failed" />
            )}
            <span className="min-w-0 flex-1 truncate">
              {facts?.actions.find(({ id }) => id === call.action)?.title ?? call.action}{' '}
              <span className="text-ink-3">· {call.errorCode ?? titleOf(call.by)}</span>
            </span>
            <span className="w-14 text-right text-12 text-ink-3 tabular-nums">{durationWords(call.durationMs)}</span>
            <RelativeTime at={call.at} className="w-18 text-right text-12 text-ink-3" />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Holder({ practice }: { practice: boolean }) {
  const { data: vault } = useVault()
  return (
    <section>
      <SectionTitle>Who holds the token</SectionTitle>
      <p className="mt-1 flex gap-2 text-13 text-ink-2">
        <Laptop className="i-14 mt-[3px]" /> {practice && 'A practice account lives on this computer. '}
        {vault?.message}
      </p>
    </section>
  )
}
