import { Activity } from 'lucide-react'
import { useState } from 'react'
import type { Run } from '../../core/run.ts'
import { hrefOf, type ScreenProps } from '../routes.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Panel, PanelHead } from '../ui/panel.tsx'
import { durationWords, RelativeTime } from '../ui/relative-time.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Segmented } from '../ui/tabs.tsx'
import { RunIcon } from './run-state.tsx'
import { RunView } from './run-view.tsx'
import { useRuns, type RunFilter } from './runs.ts'
import { WaitingRow } from './waiting-note.tsx'

const filters: { value: RunFilter; title: string }[] = [
  { value: 'all', title: 'All' },
  { value: 'failed', title: 'Failed' },
  { value: 'running', title: 'Running' },
  { value: 'waiting', title: 'Waiting' },
]

/** Everything that ran, newest first; the chosen run beside the list. */
export function Screen({ appId, path: [runId] }: ScreenProps) {
  const [filter, setFilter] = useState<RunFilter>('all')
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useRuns(appId, filter)
  const runs = data?.pages.flatMap(page => page.items) ?? []
  const chosen = runId ?? runs[0]?.id
  return (
    <Panel label="Runs">
      <PanelHead
        title="Runs"
        beside={
          <span className="ml-3">
            <Segmented label="Which runs" value={filter} onChange={setFilter} options={filters} />
          </span>
        }
      />
      {error ? (
        <ErrorScreen error={error} onRetry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton rows={8} />
      ) : runs.length === 0 ? (
        <EmptyState
          icon={<Activity className="i-20" />}
          title={filter === 'all' ? 'Nothing has run yet' : `No ${filter} runs`}
          text={
            filter === 'all' ? 'Each time a flow or a function runs, you see here what it did, step by step.' : 'That may be a good sign.'
          }
        />
      ) : (
        <div className="@container flex min-h-0 flex-1">
          <nav aria-label="Runs" className="w-54 flex-none overflow-auto border-r border-line @3xl:w-80">
            <ul>
              {runs.map(run => (
                <RunRow key={run.id} appId={appId} run={run} isChosen={run.id === chosen} />
              ))}
            </ul>
            {hasNextPage && (
              <div className="p-3">
                <Button wide busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                  Show older runs
                </Button>
              </div>
            )}
          </nav>
          {chosen && <RunView key={chosen} appId={appId} runId={chosen} />}
        </div>
      )}
    </Panel>
  )
}

function RunRow({ appId, run, isChosen }: { appId: string; run: Run; isChosen: boolean }) {
  return (
    <li className={cx('border-b border-line', isChosen ? 'bg-accent-soft' : 'hover:bg-hover')}>
      <a
        href={hrefOf({ app: appId, screen: 'runs', path: [run.id] })}
        aria-current={isChosen || undefined}
        className="flex min-h-14 items-center gap-3 px-4 py-2 text-13 -outline-offset-2!"
      >
        <RunIcon state={run.state} waiting={run.waiting} />
        <span className="min-w-0 flex-1">
          <b className="block truncate font-medium">{run.name}</b>
          <span className="block truncate text-12 text-ink-3">{run.error?.message ?? run.cause}</span>
        </span>
        <span className="flex-none text-right text-12 text-ink-3 tabular-nums">
          <RelativeTime at={run.createdAt} className="block" />
          {run.durationMs === null ? ' ' : durationWords(run.durationMs)}
        </span>
      </a>
      <WaitingRow run={run} />
    </li>
  )
}
