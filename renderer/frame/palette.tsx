import { Command } from 'cmdk'
import { Search } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useState, type ReactNode } from 'react'
import type { Route } from '../routes.ts'
import { Chip } from '../ui/chip.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { useFrame } from './frame-state.ts'
import { useAppEntries, useGlobalEntries, type Entry } from './palette-entries.tsx'

/** Values have to be unique: the id follows the words that are searched. */
const beforeId = '\u0001'

/** Every word has to be there; what begins with them comes first, and what is always offered comes last. */
function fit(value: string, search: string, keywords: string[] = []): number {
  const [text = ''] = value.toLowerCase().split(beforeId)
  if (!text) return 0.1
  const all = [text, ...keywords].join(' ')
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.every(word => all.includes(word))) return 0
  return text.startsWith(search.toLowerCase().trim()) ? 1 : 0.5
}

/** What was typed goes to the chat last: what has a name comes first. */
const groups = ['Do', 'Go to', 'Add', 'Apps', 'Chat'] as const

/** ⌘K: every screen, part and action by its name. */
export function Palette({ route, appName }: { route: Route; appName: string | null }) {
  const { paletteOpen, setPalette } = useFrame()
  return (
    <Dialog.Root open={paletteOpen} onOpenChange={setPalette}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-27 left-1/2 z-31 flex max-h-[calc(100%-140px)] w-160 max-w-[calc(100%-32px)] -translate-x-1/2 flex-col overflow-hidden rounded-3 bg-raised shadow-float outline-none opens"
        >
          <Dialog.Title className="sr-only">Search or do</Dialog.Title>
          {route.app ? <InApp appId={route.app} appName={appName ?? route.app} /> : <Global />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function InApp({ appId, appName }: { appId: string; appName: string }) {
  const [query, setQuery] = useState('')
  const entries = [...useAppEntries(appId, query), ...useGlobalEntries()]
  return <List entries={entries} query={query} setQuery={setQuery} beside={<Chip>{appName}</Chip>} />
}

function Global() {
  const [query, setQuery] = useState('')
  return <List entries={useGlobalEntries()} query={query} setQuery={setQuery} />
}

function List({
  entries,
  query,
  setQuery,
  beside,
}: {
  entries: Entry[]
  query: string
  setQuery: (query: string) => void
  beside?: ReactNode
}) {
  const setPalette = useFrame(state => state.setPalette)
  return (
    <Command label="Search or do" loop filter={fit} className="flex min-h-0 flex-col">
      <div className="flex h-13 flex-none items-center gap-3 border-b border-line px-4">
        <Search className="text-ink-3" />
        <Command.Input
          value={query}
          onValueChange={setQuery}
          placeholder="Search or do…"
          className="min-w-0 flex-1 bg-transparent text-16 outline-none"
        />
        {beside}
      </div>
      <Command.List className="min-h-0 flex-1 overflow-auto px-2 pt-1 pb-2">
        <Command.Empty className="p-8 text-center text-13 text-ink-2">Nothing is called “{query}”.</Command.Empty>
        {groups.map(group => {
          const items = entries.filter(entry => entry.group === group)
          if (items.length === 0) return null
          return (
            <Command.Group
              key={group}
              heading={group}
              className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-3"
            >
              {items.map(entry => (
                <Command.Item
                  key={entry.id}
                  value={`${entry.always ? '' : `${entry.title} ${entry.note ?? ''}`}${beforeId}${entry.id}`}
                  keywords={entry.keywords}
                  onSelect={() => {
                    setPalette(false)
                    entry.run()
                  }}
                  className="group flex h-9 items-center gap-3 rounded-2 px-2 text-13 data-[selected=true]:bg-accent-soft"
                >
                  <span className="flex w-5 flex-none justify-center text-ink-2 group-data-[selected=true]:text-accent-text">
                    {entry.icon}
                  </span>
                  <span className="truncate">{entry.title}</span>
                  <span className="truncate text-12 text-ink-3 group-data-[selected=true]:text-ink-2">{entry.note}</span>
                  <span className="flex-1" />
                  {entry.end}
                  {entry.keys && <Kbd>{entry.keys}</Kbd>}
                </Command.Item>
              ))}
            </Command.Group>
          )
        })}
      </Command.List>
      <div className="flex flex-none gap-4 border-t border-line bg-sunken px-4 py-2 text-12 text-ink-3">
        <span className="flex items-center gap-1.5">
          <Kbd>↑↓</Kbd> choose
        </span>
        <span className="flex items-center gap-1.5">
          <Kbd>enter</Kbd> run
        </span>
      </div>
    </Command>
  )
}
