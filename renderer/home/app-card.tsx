import { Ban, Check, Clock, Ellipsis, FlaskConical, Pencil, Trash2, TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useConnectors, type AppSummary } from '../app-data.ts'
import { hrefOf } from '../routes.ts'
import { IconButton } from '../ui/button.tsx'
import { cardClass } from '../ui/card.tsx'
import { Chip, PracticeChip } from '../ui/chip.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { cx } from '../ui/cx.ts'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx'
import { Spinner } from '../ui/progress.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { RemoveDialog, RenameDialog } from './app-dialogs.tsx'

const hues = [7, 3, 2, 4, 5, 6, 1]
const tiles: Record<number, string> = {
  1: 'bg-[light-dark(#fbe9e6,#3a211f)] text-[light-dark(#b3372b,#f29a90)]',
  2: 'bg-[light-dark(#e3eefb,#1c2c42)] text-[light-dark(#1c5fb8,#8dbcf5)]',
  3: 'bg-[light-dark(#e2f4e9,#19301f)] text-[light-dark(#14713f,#7cd3a1)]',
  4: 'bg-[light-dark(#fbf0d9,#352a15)] text-[light-dark(#8f5b00,#e8bd6c)]',
  5: 'bg-[light-dark(#f6e7f8,#351f39)] text-[light-dark(#7b2f86,#dc9fe6)]',
  6: 'bg-[light-dark(#e0f3f5,#153034)] text-[light-dark(#0d6a77,#7dd0da)]',
  7: 'bg-[light-dark(#ebe9fc,#28264a)] text-[light-dark(#4a3fc0,#b0abff)]',
}
/** An app keeps its hue: it follows from its id. */
const hueOf = (id: string): number => hues[[...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % hues.length] ?? 7

export function AppCard({ app }: { app: AppSummary }) {
  const [dialog, setDialog] = useState<'rename' | 'remove' | null>(null)
  const { data: tools = [] } = useConnectors()
  const close = (): void => setDialog(null)
  return (
    <li
      className={cardClass({ press: true, className: cx('group relative flex h-29 flex-col gap-1 p-3', app.isSample && 'border-dashed') })}
    >
      <span className="flex items-center gap-2">
        {app.isSample ? (
          <span aria-hidden className="grid size-6 flex-none place-items-center rounded-[6px] bg-trial-soft text-trial-text">
            <FlaskConical className="i-14" />
          </span>
        ) : (
          <span
            aria-hidden
            className={cx('grid size-6 flex-none place-items-center rounded-[6px] text-[10px] font-bold', tiles[hueOf(app.id)])}
          >
            {app.name.slice(0, 1).toUpperCase()}
          </span>
        )}
        <a
          href={hrefOf({ app: app.id, screen: 'data' })}
          className="min-w-0 flex-1 truncate rounded-2 font-semibold after:absolute after:inset-0 after:rounded-2"
          title={app.path}
        >
          {app.name}
        </a>
        {app.problems > 0 ? (
          <Chip tone="warn" icon={<TriangleAlert />}>
            {app.problems === 1 ? '1 problem' : `${app.problems} problems`}
          </Chip>
        ) : app.isSample ? (
          <PracticeChip />
        ) : null}
      </span>
      <span className="flex min-h-6 items-center gap-2 text-13 text-ink-2">
        <span className="min-w-0 flex-1 truncate">
          Changed <RelativeTime at={app.updatedAt} inline />
        </span>
        <span className="relative z-1 -mr-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100">
          <Menu
            label={`Actions for ${app.name}`}
            trigger={
              <IconButton label={`More actions for ${app.name}`} size="sm">
                <Ellipsis />
              </IconButton>
            }
          >
            <MenuItem icon={<Pencil />} onSelect={() => setDialog('rename')}>
              Rename
            </MenuItem>
            <MenuSeparator />
            <MenuItem danger icon={<Trash2 />} onSelect={() => setDialog('remove')}>
              Remove…
            </MenuItem>
          </Menu>
        </span>
      </span>
      <span className="mt-auto flex items-center gap-2">
        <span className="flex min-w-0 flex-1 gap-1">
          {app.connectors.slice(0, 6).map(id => {
            const tool = tools.find(known => known.id === id)
            return <ConnectorIcon key={id} size={20} icon={tool?.icon ?? ''} name={tool?.name ?? id} />
          })}
        </span>
        <LastRun lastRun={app.lastRun} />
      </span>
      {dialog === 'rename' && <RenameDialog app={app} onClose={close} />}
      {dialog === 'remove' && <RemoveDialog app={app} onClose={close} />}
    </li>
  )
}

function LastRun({ lastRun }: { lastRun: AppSummary['lastRun'] }) {
  const isOver = lastRun?.state !== 'running' && lastRun?.state !== 'queued'
  const line = (icon: ReactNode, words: string, tone = 'text-ink-3') => (
    <span className={cx('flex items-center gap-1.5 text-12', tone)}>
      {icon}
      <span>
        {words} {isOver && lastRun && <RelativeTime at={lastRun.at} inline />}
      </span>
    </span>
  )
  switch (lastRun?.state) {
    case undefined:
      return line(<Clock className="i-14" />, 'No runs yet')
    case 'succeeded':
      return line(<Check className="i-14 text-ok-text" />, 'Ran')
    case 'failed':
      return line(<TriangleAlert className="i-14" />, 'Failed', 'text-bad-text')
    case 'cancelled':
      return line(<Ban className="i-14" />, 'Cancelled')
    case 'running':
    case 'queued':
      return line(<Spinner className="text-accent-text" />, 'Running')
    case 'waiting':
      return line(<Clock className="i-14" />, 'Waits since')
  }
}
