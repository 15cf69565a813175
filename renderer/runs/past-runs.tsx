import { Activity } from 'lucide-react'
import { hrefOf } from '../routes.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { durationWords, RelativeTime } from '../ui/relative-time.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { RunIcon } from './run-state.tsx'
import { useRuns } from './runs.ts'

/** The runs of one flow or function, newest first, one line each. */
export function PastRuns({ appId, of }: { appId: string; of: { kind: 'flow' | 'function'; name: string } }) {
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useRuns(appId, 'all', of)
  const runs = data?.pages.flatMap(page => page.items) ?? []
  if (error) return <ErrorScreen error={error} onRetry={() => void refetch()} />
  if (isPending) return <Skeleton rows={3} />
  if (runs.length === 0)
    return (
      <EmptyState
        icon={<Activity className="i-20" />}
        title="It has not run yet"
        text={`Each run of this ${of.kind} is kept here, step by step.`}
      />
    )
  return (
    <nav aria-label="Past runs" className="min-h-0 flex-1 overflow-auto">
      <ul>
        {runs.map(run => (
          <li key={run.id}>
            <a
              href={hrefOf({ app: appId, screen: 'runs', path: [run.id] })}
              className="flex min-h-9 items-center gap-3 border-b border-line px-5 text-13 hover:bg-hover -outline-offset-2!"
            >
              <RunIcon state={run.state} waiting={run.waiting} />
              <span className="w-28 flex-none text-ink-2">
                <RelativeTime at={run.createdAt} />
              </span>
              <span className="min-w-0 flex-1 truncate">
                {run.cause}
                {run.error && <span className="text-ink-3"> · {run.error.message}</span>}
              </span>
              <span className="flex-none text-12 text-ink-3 tabular-nums">
                {run.durationMs === null ? '' : durationWords(run.durationMs)}
              </span>
            </a>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <div className="p-3">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older runs
          </Button>
        </div>
      )}
    </nav>
  )
}
