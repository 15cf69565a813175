import { ArrowRight, Check, Eye, Info, Pencil, Plug, Plus, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import type { ConnectionMode } from '../../core/app/connector-file.ts'
import { useConnections, useConnectors, useModel, useVault, type ConnectionRow, type ConnectorFacts } from '../app-data.ts'
import { sendPrompt } from '../chat/chat-work.ts'
import { hrefOf } from '../routes.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { Card, Note, SectionTitle } from '../ui/card.tsx'
import { Chip, PracticeChip, StateChip } from '../ui/chip.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Panel, PanelBody, PanelHead } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { attemptKey, useAttempts } from './attempts.ts'
import { ConnectButtons } from './connect-buttons.tsx'
import { TryIt } from './try-it.tsx'
import { needsUser } from './connection-words.ts'

/** One tool: what it can do, what it may do, what to say to the chat, and how to connect it. */
export function ConnectorPage({ appId, connector }: { appId: string; connector: string }) {
  const tools = useConnectors()
  const facts = tools.data?.find(({ id }) => id === connector)
  const browse = hrefOf({ app: appId, screen: 'integrations', path: ['browse'] })
  return (
    <Panel>
      <PanelHead
        title={facts?.name ?? connector}
        crumbs={[
          { label: 'Integrations', href: hrefOf({ app: appId, screen: 'integrations' }) },
          { label: 'Browse', href: browse },
        ]}
      />
      <PanelBody className="block">
        {tools.error ? (
          <ErrorScreen error={tools.error} onRetry={() => void tools.refetch()} />
        ) : tools.isPending ? (
          <Skeleton rows={6} className="mx-auto max-w-270 p-8" />
        ) : facts ? (
          <Page appId={appId} facts={facts} />
        ) : (
          <EmptyState
            icon={<Plug />}
            title={`There is no tool “${connector}”`}
            actions={
              <a href={browse} className={buttonClass()}>
                Show all tools
              </a>
            }
          />
        )}
      </PanelBody>
    </Panel>
  )
}

function Page({ appId, facts }: { appId: string; facts: ConnectorFacts }) {
  const file = useModel(appId).data?.connectors.find(({ connector }) => connector.type === facts.id)?.connector
  // Where the app says whose account is used, the other kind does not stand in.
  const rows = useConnections(appId).data?.filter(({ connector, mode }) => connector === facts.id && mode === (file?.mode ?? mode))
  const row = rows?.find(({ isDefault }) => isDefault) ?? rows?.[0]
  const scopes = file && file.scopes.length > 0 ? file.scopes : [...new Set(facts.actions.flatMap(action => action.scopes))]
  const { data: vault } = useVault()
  return (
    <div className="@container">
      <div className="mx-auto grid max-w-270 grid-cols-1 gap-x-8 gap-y-7 p-6 @[720px]:grid-cols-[minmax(0,1fr)_288px] @[900px]:grid-cols-[minmax(0,1fr)_344px] @[900px]:p-8">
        <header className="col-span-full flex flex-wrap items-start gap-4">
          <ConnectorIcon icon={facts.icon} name={facts.name} size={48} />
          <div className="min-w-60 flex-1">
            <div className="flex flex-wrap items-center gap-2">
              <h2 className="text-20 font-semibold">{facts.name}</h2>
              {row ? (
                <StateChip state={row.state} practice={row.practice} />
              ) : (
                facts.practice && <PracticeChip>Practice account</PracticeChip>
              )}
            </div>
            <p className="text-ink-2">{facts.summary}</p>
          </div>
          <WaysIn key={rows?.length} appId={appId} connector={facts.id} mode={file?.mode} scopes={scopes} row={row} />
        </header>
        <div className="min-w-0 space-y-6">
          <section>
            <SectionTitle note={facts.actions.length}>Actions</SectionTitle>
            <Card className="mt-2">
              <ul>
                {facts.actions.map(action => (
                  <li key={action.id} className="flex min-h-13 items-center gap-3 border-b border-line px-3 py-1.5 text-13 last:border-0">
                    <span className="flex text-ink-3">{action.effect === 'write' ? <Pencil /> : <Eye />}</span>
                    <div className="min-w-0 flex-1">
                      <span className="font-medium">{action.title}</span>
                      <span className="block text-12 text-pretty text-ink-3">{action.does}</span>
                    </div>
                    <Chip tone={action.effect === 'write' ? 'line' : 'neutral'} className="w-14 justify-center">
                      {action.effect === 'write' ? 'Writes' : 'Reads'}
                    </Chip>
                  </li>
                ))}
              </ul>
            </Card>
          </section>
          <TryIt appId={appId} facts={facts} row={row} />
        </div>
        <div className="min-w-0 space-y-6">
          <section>
            <SectionTitle>Try a prompt</SectionTitle>
            <ul className="mt-2 space-y-2">
              {facts.prompts.map(prompt => (
                <li key={prompt}>
                  <button
                    type="button"
                    onClick={() => void sendPrompt(appId, prompt)}
                    className="group flex w-full items-start gap-3 rounded-2 border border-line-2 bg-raised px-3 py-2.5 text-left text-13 transition-colors duration-120 hover:border-accent-line hover:bg-accent-soft"
                  >
                    <span className="min-w-0 flex-1 text-pretty">{prompt}</span>
                    <ArrowRight className="i-14 mt-[3px] text-ink-3 group-hover:text-accent-text" />
                  </button>
                </li>
              ))}
            </ul>
          </section>
          <section>
            <SectionTitle>What it may do</SectionTitle>
            <ul className="mt-2 space-y-2">
              {facts.permissions.map(({ scope, text }) => (
                <li key={scope} className="flex gap-2 text-13">
                  <Check className="i-14 mt-[3px] text-ok-text" />
                  <span className="min-w-0">
                    {text} <code className="block truncate text-[11px] text-ink-3">{scope}</code>
                  </span>
                </li>
              ))}
            </ul>
            <p className="mt-2 text-12 text-pretty text-ink-3">
              Only what your flows need is asked for. More is asked for when a new step needs it.
            </p>
          </section>
          {facts.afterConnect && (
            <section>
              <SectionTitle>After you connect</SectionTitle>
              <p className="mt-2 flex gap-2 text-13">
                <Info className="i-14 mt-[3px]" /> {facts.afterConnect}
              </p>
            </section>
          )}
          <Note icon={<ShieldCheck />} className="items-start!">
            <p className="text-12 text-ink-2">
              <b className="font-medium text-ink">You sign in in your browser.</b>{' '}
              {vault?.protection === 'keychain' ? 'The token stays in this computer’s keychain.' : 'The token stays on this computer.'}{' '}
              Functions never see it.
            </p>
          </Note>
        </div>
      </div>
    </div>
  )
}

type WaysInProps = { appId: string; connector: string; mode: ConnectionMode | undefined; scopes: string[]; row: ConnectionRow | undefined }

/** To a first account; where there is one, to it, and to another one on request. */
function WaysIn({ row, ...place }: WaysInProps) {
  const [addsAnother, setAddsAnother] = useState(false)
  const isUnderWay = useAttempts(({ attempts }) => attempts[attemptKey(place)] !== undefined)
  if (!row || addsAnother || isUnderWay) return <ConnectButtons {...place} layout="row" />
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <Button size="lg" icon={<Plus />} onClick={() => setAddsAnother(true)}>
        Add another account
      </Button>
      <a
        href={hrefOf({ app: place.appId, screen: 'integrations', path: needsUser(row.state) ? ['mine'] : ['mine', row.id] })}
        className={buttonClass(needsUser(row.state) ? 'primary' : 'secondary', 'lg')}
      >
        {needsUser(row.state) ? 'See what it needs' : 'View access'}
      </a>
    </div>
  )
}
