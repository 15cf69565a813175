import { useInfiniteQuery } from '@tanstack/react-query'
import type { RunState } from '../../core/run.ts'
import { keys } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct, useCall } from '../query.ts'

export type RunFilter = 'all' | 'failed' | 'running' | 'waiting'

const stateOf: Record<RunFilter, RunState | undefined> = { all: undefined, failed: 'failed', running: 'running', waiting: 'waiting' }

/** The runs of an app, newest first, page after page. `of` narrows them to one flow or function. */
export function useRuns(appId: string, filter: RunFilter = 'all', of?: { kind: 'flow' | 'function'; name: string }) {
  return useInfiniteQuery({
    queryKey: [...keys.runs(appId), filter, of?.kind, of?.name],
    queryFn: ({ pageParam, signal }) =>
      client.host.runs.list(
        { appId, ...of, ...(stateOf[filter] && { state: stateOf[filter] }), limit: 50, ...(pageParam && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor,
  })
}

export const useRun = (appId: string, runId: string) =>
  useCall([...keys.runs(appId), 'one', runId], signal => client.host.runs.get({ appId, runId }, { signal }))

export function useRunActs(appId: string, runId: string) {
  const refresh = [keys.runs(appId), keys.flows(appId)]
  return {
    cancel: useAct(() => client.host.runs.cancel({ appId, runId }), { refresh }),
    retry: useAct(() => client.host.runs.retry({ appId, runId }), { refresh }),
  }
}
