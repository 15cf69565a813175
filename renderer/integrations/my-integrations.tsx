import { Plug, Plus } from 'lucide-react'
import { useState } from 'react'
import { useConnections, type ConnectionRow } from '../app-data.ts'
import { go, hrefOf } from '../routes.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { Card, SectionTitle } from '../ui/card.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { FilterInput } from '../ui/input.tsx'
import { Panel, PanelBody, PanelHead } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { AccessDrawer } from './access-drawer.tsx'
import { ConnectionDialogs, type ConnectionAsk } from './connection-dialogs.tsx'
import { ConnectionLine, connectionGrid } from './connection-line.tsx'
import { IntegrationTabs } from './integration-tabs.tsx'
import { NeededTools, useNeededTools } from './needed-tools.tsx'

/** Every account of this app, shared ones first. `openId`: whose access is shown beside. */
export function MyIntegrations({ appId, openId }: { appId: string; openId: string | null }) {
  const connections = useConnections(appId)
  const [filter, setFilter] = useState('')
  const [ask, setAsk] = useState<ConnectionAsk | null>(null)
  const rows = connections.data ?? []
  const found = rows.filter(row =>
    `${row.name} ${row.account?.label ?? ''} ${row.connector}`.toLowerCase().includes(filter.trim().toLowerCase()),
  )
  const needed = useNeededTools(appId, rows)
  const open = rows.find(({ id }) => id === openId)
  const browse = hrefOf({ app: appId, screen: 'integrations', path: ['browse'] })
  return (
    <Panel>
      <PanelHead
        title="Integrations"
        beside={<IntegrationTabs appId={appId} current="mine" />}
        actions={
          <>
            {rows.length > 3 && (
              <FilterInput
                aria-label="Filter"
                value={filter}
                onChange={event => setFilter(event.target.value)}
                className="hidden max-w-55 wide:flex"
              />
            )}
            <a href={browse} className={buttonClass('primary')}>
              <Plus /> Add a tool
            </a>
          </>
        }
      />
      <PanelBody label="Accounts" className="@container space-y-6 p-5">
        {connections.error ? (
          <ErrorScreen error={connections.error} />
        ) : connections.isPending ? (
          <Skeleton rows={3} className="p-0" />
        ) : rows.length === 0 && needed.length === 0 ? (
          <EmptyState
            icon={<Plug />}
            title="No tool is connected yet"
            text="A plan in the chat asks for the account it needs. Or choose a tool yourself."
            actions={
              <a href={browse} className={buttonClass()}>
                Browse tools
              </a>
            }
          />
        ) : rows.length > 0 && found.length === 0 ? (
          <EmptyState
            icon={<Plug />}
            title={`No account fits “${filter}”`}
            actions={<Button onClick={() => setFilter('')}>Clear</Button>}
          />
        ) : (
          <>
            <NeededTools appId={appId} tools={needed} />
            <Section
              title="Shared"
              note="One account works for everyone who uses the app"
              rows={found.filter(({ mode }) => mode === 'shared')}
              appId={appId}
              onAsk={setAsk}
            />
            <Section
              title="App users"
              note="Each person connects their own account"
              rows={found.filter(({ mode }) => mode === 'app-user')}
              appId={appId}
              onAsk={setAsk}
            />
          </>
        )}
      </PanelBody>
      {open && (
        <AccessDrawer appId={appId} row={open} onAsk={setAsk} onClose={() => go({ app: appId, screen: 'integrations', path: ['mine'] })} />
      )}
      {ask && <ConnectionDialogs ask={ask} onClose={() => setAsk(null)} />}
    </Panel>
  )
}

function Section({
  title,
  note,
  rows,
  appId,
  onAsk,
}: {
  title: string
  note: string
  rows: ConnectionRow[]
  appId: string
  onAsk: (ask: ConnectionAsk) => void
}) {
  if (rows.length === 0) return null
  return (
    <section>
      <SectionTitle
        note={
          <>
            {rows.length} <span className="ml-1 text-12">{note}</span>
          </>
        }
      >
        {title}
      </SectionTitle>
      <Card className="mt-2 overflow-hidden">
        <div aria-hidden className={`${connectionGrid} min-h-8 border-b border-line bg-sunken text-12 font-medium text-ink-3`}>
          <span />
          <span className="truncate">Tool and account</span>
          <span>State</span>
          <span className="hidden @[860px]:block">Used by</span>
          <span className="hidden text-right @[860px]:block">Last used</span>
          <span />
        </div>
        <ul aria-label={`${title} accounts`}>
          {rows.map(row => (
            <ConnectionLine key={row.id} appId={appId} row={row} onAsk={onAsk} />
          ))}
        </ul>
      </Card>
    </section>
  )
}
