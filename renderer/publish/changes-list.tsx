import { ChevronRight, Code, File, Package, Plug, Settings, StickyNote, Table2, Workflow } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { client } from '../client.ts'
import { useCall } from '../query.ts'
import { Card, SectionTitle } from '../ui/card.tsx'
import { Chip } from '../ui/chip.tsx'
import { cx } from '../ui/cx.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { Spinner } from '../ui/progress.tsx'
import type { Preview } from './publish-data.ts'

type Change = Preview['changes'][number]

const icons: Record<Change['part'], ReactNode> = {
  app: <Settings />,
  entity: <Table2 />,
  flow: <Workflow />,
  function: <Code />,
  page: <StickyNote />,
  connector: <Plug />,
  packages: <Package />,
  file: <File />,
}
const marks = {
  added: { sign: '+', tone: 'text-ok-text', word: 'new' },
  changed: { sign: '~', tone: 'text-warn-text', word: 'changed' },
  removed: { sign: '−', tone: 'text-bad-text', word: 'removed' },
}

/** What publishing would change, each part with the lines that differ. */
export function ChangesList({ appId, preview: { changes, live } }: { appId: string; preview: Preview }) {
  return (
    <section>
      <SectionTitle note={live ? `${changes.length} since version ${live.number}` : `${changes.length}, all new`}>Changes</SectionTitle>
      {changes.length === 0 ? (
        <p className="mt-2 text-13 text-ink-3">What is here is what is live.</p>
      ) : (
        <Card className="mt-2 overflow-hidden">
          <ul className="divide-y divide-line">
            {changes.map(change => (
              <ChangeRow key={`${change.part} ${change.name}`} appId={appId} change={change} />
            ))}
          </ul>
        </Card>
      )}
    </section>
  )
}

function ChangeRow({ appId, change }: { appId: string; change: Change }) {
  const [open, setOpen] = useState(false)
  const { sign, tone, word } = marks[change.kind]
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex min-h-10 w-full items-center gap-3 px-4 text-left text-13 hover:bg-hover -outline-offset-2!"
      >
        <span role="img" aria-label={word} className={cx('w-3 flex-none text-center font-semibold', tone)}>
          {sign}
        </span>
        <span className="flex flex-none text-ink-3">{icons[change.part]}</span>
        <span className="flex-none font-medium">{change.name}</span>
        <span className="min-w-0 flex-1 truncate text-12 text-ink-3">{change.detail}</span>
        {change.theirs && <Chip tone="warn">Changed by someone else</Chip>}
        <ChevronRight className={cx('i-12 flex-none text-ink-3 transition-transform duration-120', open && 'rotate-90')} />
      </button>
      {open && change.paths.slice(0, 20).map(path => <FileDiff key={path} appId={appId} path={path} />)}
    </li>
  )
}

const lines = {
  same: { sign: ' ', tone: '' },
  added: { sign: '+', tone: 'bg-ok-soft text-ok-text' },
  removed: { sign: '−', tone: 'bg-bad-soft text-bad-text' },
  gap: { sign: '⋯', tone: 'text-ink-3' },
}

function FileDiff({ appId, path }: { appId: string; path: string }) {
  const { data, error } = useCall(['app', appId, 'publish-diff', path], () => client.publish.diff({ appId, path }), { staleTime: 0 })
  return (
    <div className="border-t border-line bg-sunken">
      <p className="px-4 pt-2 text-12 text-ink-3">{path}</p>
      {error && <ErrorNote className="m-3" error={error} />}
      {!data && !error && <Spinner className="m-3" />}
      {data?.length === 0 && <p className="px-4 pb-2 text-12 text-ink-3">This file is no text, or is empty.</p>}
      {data && data.length > 0 && (
        <pre tabIndex={0} aria-label={`Lines of ${path}`} className="max-h-80 overflow-auto py-2 text-12 leading-5">
          {data.map(({ kind, text }, at) => (
            <span key={at} className={cx('block px-4', lines[kind].tone)}>
              {lines[kind].sign} {text}
            </span>
          ))}
        </pre>
      )}
    </div>
  )
}
