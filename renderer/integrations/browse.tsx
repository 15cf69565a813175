import { Search } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useConnections, useConnectors, type ConnectorFacts } from '../app-data.ts'
import { go } from '../routes.ts'
import { Button } from '../ui/button.tsx'
import { SectionTitle } from '../ui/card.tsx'
import { Checkbox } from '../ui/choice.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Input } from '../ui/input.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { Panel, PanelBody, PanelHead } from '../ui/panel.tsx'
import { Bone, Skeleton } from '../ui/skeleton.tsx'
import { IntegrationTabs } from './integration-tabs.tsx'
import { matches, searchTexts } from './matches-tool.ts'
import { ToolCard } from './tool-card.tsx'

const grid = 'mt-2 grid grid-cols-[repeat(auto-fill,minmax(216px,1fr))] gap-2'
const none: ConnectorFacts[] = []

/** Every tool there is. Typing in the search asks nobody: the answer is there with the next frame. */
export function Browse({ appId }: { appId: string }) {
  const tools = useConnectors()
  const [query, setQuery] = useState('')
  const [category, setCategory] = useState<string | null>(null)
  const [practiceOnly, setPracticeOnly] = useState(false)
  const search = useSearchKey()

  const all = tools.data ?? none
  const texts = useMemo(() => new Map(all.map(tool => [tool.id, searchTexts(tool)])), [all])
  const categories = useMemo(() => [...new Set(all.map(tool => tool.category))], [all])
  const found = all.filter(tool => matches(texts.get(tool.id) ?? [], query) && (!practiceOnly || tool.practice))
  const shown = new Set(category ? found.filter(tool => tool.category === category) : found)
  const openFirst = (): void => {
    const [first] = shown
    if (first && query.trim()) go({ app: appId, screen: 'integrations', path: ['browse', first.id] })
  }
  const showAll = (): void => {
    setQuery('')
    setCategory(null)
    setPracticeOnly(false)
  }
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
                onKeyDown={event => {
                  if (event.key === 'Enter') openFirst()
                  if (event.key === 'Escape') setQuery('')
                }}
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
              ) : (
                <>
                  {shown.size === 0 && (
                    <EmptyState
                      icon={<Search />}
                      title={query.trim() ? `No tool called “${query.trim()}”` : 'No tool here'}
                      text="Check the spelling, or look in all tools."
                      actions={<Button onClick={showAll}>Show all tools</Button>}
                    />
                  )}
                  <section hidden={shown.size === 0}>
                    <SectionTitle note={<span aria-live="polite">{shown.size}</span>}>{category ?? 'All tools'}</SectionTitle>
                    <Tools appId={appId} tools={all} shown={shown} />
                  </section>
                </>
              )}
            </PanelBody>
          </div>
        </div>
      )}
    </Panel>
  )
}

function Tools({ appId, tools, shown }: { appId: string; tools: ConnectorFacts[]; shown: Set<ConnectorFacts> }) {
  const { data: rows = [] } = useConnections(appId)
  return (
    <ul aria-label="Tools" className={grid}>
      {tools.map(tool => {
        const own = rows.filter(({ connector }) => connector === tool.id)
        const row = own.find(({ isDefault }) => isDefault) ?? own[0]
        return (
          // A tool that a search leaves out stays in the page: to show it again costs nothing.
          <li key={tool.id} hidden={!shown.has(tool)}>
            <ToolCard appId={appId} tool={tool} state={row?.state ?? null} isPractice={row?.practice ?? false} />
          </li>
        )
      })}
    </ul>
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
      <span className="text-12 font-normal tabular-nums">{count}</span>
    </button>
  </li>
)
