import { Plug, Plus } from 'lucide-react'
import { useRef, useState } from 'react'
import { useConnections, useConnectors, type ConnectionRow } from '../app-data.ts'
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
import { groupConnections, matchesConnection } from './connection-words.ts'
import { IntegrationTabs } from './integration-tabs.tsx'
import { Lately } from './lately.tsx'
import { NeededTools, useNeededTools } from './needed-tools.tsx'
import { useKeptFocus } from './use-kept-focus.ts'

/** From this many accounts on there is a filter. */
const many = 4

/** Every account of this app, those that need the user first. `openId`: whose access is shown beside. */
export function MyIntegrations({ appId, openId }: { appId: string; openId: string | null }) {
  const connections = useConnections(appId)
  const tools = useConnectors().data ?? []
  const [filter, setFilter] = useState('')
  const [ask, setAsk] = useState<ConnectionAsk | null>(null)
  const list = useRef<HTMLDivElement>(null)
  useKeptFocus(list)
  const rows = connections.data ?? []
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
            {rows.length >= many && (
              <FilterInput
                aria-label="Filter accounts"
                value={filter}
                onChange={event => setFilter(event.target.value)}
                className="max-w-24 shrink-0 wide:max-w-55"
              />
            )}
            <a href={browse} className={buttonClass('primary')}>
              <Plus /> Add a tool
            </a>
          </>
        }
      />
      <PanelBody label="Accounts" className="@container p-5">
        <div ref={list} tabIndex={-1} className="h-full space-y-6 outline-none">
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
          ) : (
            <>
              <NeededTools appId={appId} tools={needed} />
              <Accounts
                rows={rows.filter(row => matchesConnection(row, tools.find(({ id }) => id === row.connector)?.name ?? '', filter))}
                filter={rows.length > 0 ? filter : ''}
                onClear={() => setFilter('')}
                onAsk={setAsk}
              />
              {!filter.trim() && <Lately appId={appId} />}
            </>
          )}
        </div>
      </PanelBody>
      {open && <AccessDrawer row={open} onAsk={setAsk} onClose={() => go({ app: appId, screen: 'integrations', path: ['mine'] })} />}
      {ask && <ConnectionDialogs ask={ask} onClose={() => setAsk(null)} />}
    </Panel>
  )
}

type AccountsProps = { rows: ConnectionRow[]; filter: string; onClear: () => void; onAsk: (ask: ConnectionAsk) => void }

function Accounts({ rows, filter, onClear, onAsk }: AccountsProps) {
  if (rows.length === 0 && filter.trim())
    return <EmptyState icon={<Plug />} title={`No account fits “${filter}”`} actions={<Button onClick={onClear}>Clear</Button>} />
  const { needing, shared, own } = groupConnections(rows)
  return (
    <>
      <Section title="Needs you" note="What uses these accounts waits" rows={needing} showMode onAsk={onAsk} />
      <Section title="Shared" note="One account works for everyone who uses the app" rows={shared} onAsk={onAsk} />
      <Section title="App users" note="Each person connects their own account" rows={own} onAsk={onAsk} />
    </>
  )
}

type SectionProps = { title: string; note: string; rows: ConnectionRow[]; showMode?: boolean; onAsk: (ask: ConnectionAsk) => void }

function Section({ title, note, rows, showMode, onAsk }: SectionProps) {
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
        <div
          aria-hidden
          className={`${connectionGrid} hidden! min-h-8 border-b border-line bg-sunken text-12 font-medium text-ink-3 @[860px]:grid!`}
        >
          <span />
          <span className="truncate">Tool and account</span>
          <span>State</span>
          <span>Used by</span>
          <span className="text-right">Last used</span>
          <span />
        </div>
        <ul aria-label={`${title}: accounts`}>
          {rows.map(row => (
            <ConnectionLine key={row.id} row={row} showMode={showMode} onAsk={onAsk} />
          ))}
        </ul>
      </Card>
    </section>
  )
}
