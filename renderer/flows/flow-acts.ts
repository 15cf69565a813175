import { usesOf } from '../../core/app/uses.ts'
import type { AppModel } from '../../core/app/model.ts'
import type { Json } from '../../core/json.ts'
import { keys, type ConnectionRow, type FlowSummary } from '../app-data.ts'
import { client } from '../client.ts'
import { askForLine } from '../files/asked-line.ts'
import { saveOpenFile } from '../files/files.ts'
import { queryClient, useAct, useCall } from '../query.ts'
import { go } from '../routes.ts'
import { needsPermission } from '../runs/waiting-words.ts'
import { toast } from '../ui/toast.tsx'
import { AppError } from '../../core/errors.ts'
import { lineOf } from './words.ts'

/** Turns a flow on or off, in its file. What is being typed there is saved first. A flow that cannot run yet says so when it is on. */
export function useSwitchFlow(appId: string, flow: Pick<FlowSummary, 'name' | 'file' | 'title' | 'blockedBy' | 'lastRun'>) {
  const { name, file, title } = flow
  return useAct(
    async (active: boolean) => {
      await saveOpenFile(appId, file)
      await client.apps.editJson({ appId, path: file, at: ['is_active'], value: active, title: `Turn ${title} ${active ? 'on' : 'off'}` })
    },
    {
      // The app's model follows at once; until then the switch stays where it was put.
      done: (_, active) => {
        queryClient.setQueryData<FlowSummary[]>(keys.flows(appId), flows =>
          flows?.map(flow => (flow.name === name ? { ...flow, active } : flow)),
        )
        const lack = heldUpBy(flow)
        if (active && lack?.action) toast.error(new AppError('conflict', `“${title}” is on. ${lack.message}`, { action: lack.action }))
      },
    },
  )
}

/** Runs a flow now, with this data, else with example data where its trigger has any, and offers the way to the run. */
export function useRunFlow(appId: string, { name, file, title }: Pick<FlowSummary, 'name' | 'file' | 'title'>) {
  return useAct(
    async (data: Json | void) => {
      await saveOpenFile(appId, file)
      return client.host.flows.runNow({ appId, name, ...(data !== undefined && { data }) })
    },
    {
      refresh: [keys.runs(appId), keys.flows(appId)],
      done: ({ runId }) =>
        toast.offer(`“${title}” has started.`, { label: 'See the run', run: () => go({ app: appId, screen: 'runs', path: [runId] }) }),
    },
  )
}

/** Where to go in a flow's file: a line, or where a step or a key is written. */
export type Place = { line: number } | { step: string } | { key: string }

/** Opens a flow's file at a place. */
export async function editAt(appId: string, { name, file }: Pick<FlowSummary, 'name' | 'file'>, place: Place): Promise<void> {
  try {
    await saveOpenFile(appId, file)
    const line = 'line' in place ? place.line : lineIn((await client.apps.readFile({ appId, path: file })).text, place)
    go({ app: appId, screen: 'flows', path: [name, 'json'] })
    askForLine(appId, `flows/${name}`, line ?? 1)
  } catch (error) {
    toast.error(AppError.from(error))
  }
}

const lineIn = (text: string, place: { step: string } | { key: string }): number | null =>
  'step' in place ? lineOf(text, place.step, 'do') : lineOf(text, place.key)

/** One run with its steps, when there is one. */
export const useLastRun = (appId: string, runId: string | null) =>
  useCall([...keys.runs(appId), 'one', runId], signal => client.host.runs.get({ appId, runId: runId ?? '' }, { signal }), {
    enabled: runId !== null,
  })

const works: ConnectionRow['state'][] = ['connected', 'retrying']

/** The account a step uses: the one it names, else the app's own for that tool. */
export function accountFor(connections: readonly ConnectionRow[], connector: string, name?: string): ConnectionRow | null {
  const rows = connections.filter(row => row.connector === connector)
  if (name) return rows.find(row => row.name === name) ?? null
  return rows.find(row => row.isDefault && works.includes(row.state)) ?? rows.find(row => row.isDefault) ?? rows[0] ?? null
}

/** What a flow or its last run waits for, as far as a person can end that. A service may refuse what seemed to be granted. */
export const heldUpBy = ({ blockedBy, lastRun }: Pick<FlowSummary, 'blockedBy' | 'lastRun'>): FlowSummary['blockedBy'] =>
  blockedBy ?? (needsPermission(lastRun?.waiting) ? (lastRun?.error ?? null) : null)

/** The tools of a flow, its functions' included, each once. */
export const toolsOf = (model: AppModel, flowName: string): string[] => [
  ...new Set(usesOf(model).flatMap(use => (use.kind === 'flow' && use.name === flowName ? [use.connector] : []))),
]
