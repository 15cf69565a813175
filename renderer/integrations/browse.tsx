import { Check, FlaskConical, Minus, RefreshCw, Search, TriangleAlert } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useConnections, useConnectors, type ConnectionRow, type ConnectorFacts } from '../app-data.ts'
import { hrefOf } from '../routes.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { cardClass, SectionTitle } from '../ui/card.tsx'
import { Checkbox } from '../ui/choice.tsx'
import { stateWord } from '../ui/chip.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Input } from '../ui/input.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { Panel, PanelBody, PanelHead } from '../ui/panel.tsx'
import { Bone, Skeleton } from '../ui/skeleton.tsx'
import { IntegrationTabs } from './integration-tabs.tsx'
import { matchesTool } from './matches-tool.ts'

const grid = 'mt-2 grid grid-cols-[repeat(auto-fill,minmax(216px,1fr))] gap-2'

export function Browse({ appId }: { appId: string }) {
  const tools = useConnectors()
  const rows = useConnections(appId).data ?? []
  const [query, setQuery] = useState('')
  const [category, setCategory] = useState<string | null>(null)
  const [practiceOnly, setPracticeOnly] = useState(false)
  const search = useSearchKey()

  const all = tools.data ?? []
  const found = all.filter(tool => matchesTool(tool, query) && (!practiceOnly || tool.practice))
  const shown = category ? found.filter(tool => tool.category === category) : found
  const categories = [...new Set(all.map(tool => tool.category))]
  return (
    <Panel>
      <PanelHead title="Integrations" beside={<IntegrationTabs appId={appId} current="browse" />} />
      {tools.error ? (
        <ErrorScreen error={tools.error} onRetry={() => void tools.refetch()} />
      ) : (
        <div className="flex min-h-0 flex-1">
          <aside aria-label="Categories" className="hidden w-48 flex-none overflow-auto border-r border-line px-2 py-4 wide:block">
            <ul className="space-y-1">
              <Category title="All tools" count={found.length} isChosen={category === null} onChoose={() => setCategory(null)} />
              {categories.map(name => (
                <Category
                  key={name}
                  title={name}
                  count={found.filter(tool => tool.category === name).length}
                  isChosen={category === name}
                  onChoose={() => setCategory(name)}
                />
              ))}
            </ul>
            <hr className="mx-2 my-3 border-line" />
            <div className="px-2">
              <Checkbox label="With practice account" checked={practiceOnly} onChange={setPracticeOnly} />
            </div>
          </aside>
          <div className="flex min-h-0 min-w-0 flex-1 flex-col">
            <div className="px-5 pt-4">
              <Input
                ref={search}
                size="lg"
                type="search"
                aria-label="Search tools"
                icon={<Search />}
                end={<Kbd>/</Kbd>}
                value={query}
                onChange={event => setQuery(event.target.value)}
                placeholder={all.length > 0 ? `Search ${all.length} tools, or what they do: “send an email”, “new issue”` : 'Search tools'}
              />
            </div>
            <PanelBody label="Tools" className="p-5">
              {tools.isPending ? (
                <Skeleton className={grid}>
                  {Array.from({ length: 7 }, (_, card) => (
                    <Bone key={card} className="h-16 rounded-2" />
                  ))}
                </Skeleton>
              ) : shown.length === 0 ? (
                <EmptyState
                  icon={<Search />}
                  title={query ? `No tool called “${query}”` : 'No tool here'}
                  text="Check the spelling, or look in all tools."
                  actions={
                    <Button
                      onClick={() => {
                        setQuery('')
                        setCategory(null)
                        setPracticeOnly(false)
                      }}
                    >
                      Show all tools
                    </Button>
                  }
                />
              ) : (
                <section>
                  <SectionTitle note={shown.length}>{category ?? 'All tools'}</SectionTitle>
                  <ul className={grid}>
                    {shown.map(tool => (
                      <ToolCard key={tool.id} appId={appId} tool={tool} row={rows.find(({ connector }) => connector === tool.id)} />
                    ))}
                  </ul>
                </section>
              )}
            </PanelBody>
          </div>
        </div>
      )}
    </Panel>
  )
}

/** “/” goes to the search field, unless one types elsewhere. */
function useSearchKey() {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]')
      if (event.key !== '/' || isTyping || event.metaKey || event.ctrlKey) return
      event.preventDefault()
      field.current?.focus()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
  return field
}

const Category = ({ title, count, isChosen, onChoose }: { title: string; count: number; isChosen: boolean; onChoose: () => void }) => (
  <li>
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onChoose}
      className="flex h-7 w-full items-center gap-2 rounded-2 px-2 text-left text-13 font-medium text-ink-2 hover:bg-pressed aria-pressed:bg-chosen aria-pressed:text-ink"
    >
      <span className="min-w-0 flex-1 truncate">{title}</span>
      <span className="text-12 font-normal text-ink-3 tabular-nums">{count}</span>
    </button>
  </li>
)

function ToolCard({ appId, tool, row }: { appId: string; tool: ConnectorFacts; row: ConnectionRow | undefined }) {
  return (
    <li>
      <a
        href={hrefOf({ app: appId, screen: 'integrations', path: ['browse', tool.id] })}
        className={cardClass({ press: true, className: 'group relative flex h-16 items-center gap-3 p-3' })}
      >
        <ConnectorIcon icon={tool.icon} name={tool.name} />
        <span className="min-w-0 flex-1">
          <span className="flex items-center gap-1.5">
            <span className="truncate text-13 font-semibold">{tool.name}</span>
            {tool.practice && (
              <span title="Practice account available" className="flex text-trial-text">
                <FlaskConical className="i-12" />
                <span className="sr-only">Practice account available</span>
              </span>
            )}
            {row && <StateMark row={row} />}
          </span>
          <span className="block truncate text-12 text-ink-3">{tool.summary}</span>
        </span>
        <span
          aria-hidden
          className={buttonClass('secondary', 'sm', 'absolute! right-3 opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100')}
        >
          Use
        </span>
      </a>
    </li>
  )
}

function StateMark({ row }: { row: ConnectionRow }) {
  const word = row.practice && row.state === 'connected' ? 'Practice account connected' : stateWord(row.state)
  const mark = (icon: ReactNode, tone: string) => (
    <span role="img" aria-label={word} title={word} className={`ml-auto flex group-hover:invisible ${tone}`}>
      {icon}
    </span>
  )
  switch (row.state) {
    case 'connected':
      return mark(<Check className="i-14" />, row.practice ? 'text-trial-text' : 'text-ok-text')
    case 'retrying':
      return mark(<RefreshCw className="i-14" />, 'text-warn-text')
    case 'disconnected':
      return mark(<Minus className="i-14" />, 'text-ink-3')
    default:
      return mark(<TriangleAlert className="i-14" />, 'text-bad-text')
  }
}
