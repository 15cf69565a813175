import { Workflow } from 'lucide-react'
import { useEffect } from 'react'
import type { AppModel, Problem } from '../../core/app/model.ts'
import { useFlows, useModel } from '../app-data.ts'
import { askForLine } from '../files/asked-line.ts'
import { splitLine } from '../files/line.ts'
import { goInstead, hrefOf, type ScreenProps } from '../routes.ts'
import { buttonClass } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Panel, PanelHead } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { FlowList } from './flow-list.tsx'
import { FlowView, type FlowTab } from './flow-view.tsx'

/** An app's flows; with a name in the address, that one. `json`, `runs` or `line-14` may follow the name. */
export function Screen({ appId, path: address }: ScreenProps) {
  const model = useModel(appId)
  const flows = useFlows(appId)
  const { path, line: asked } = splitLine(address)
  const [name, view] = path
  useEffect(() => {
    if (asked === null || name === undefined) return
    askForLine(appId, `flows/${name}`, asked)
    // The line is taken off the address, so that the same link works twice.
    goInstead({ app: appId, screen: 'flows', path: [name, 'json'] })
  }, [appId, name, asked])

  const error = model.error ?? (flows.data ? null : flows.error)
  if (error)
    return (
      <Panel label="Flows">
        <ErrorScreen error={error} onRetry={() => void flows.refetch()} />
      </Panel>
    )
  if (!model.data || !flows.data)
    return (
      <Panel label="Flows">
        <Skeleton rows={6} />
      </Panel>
    )
  const broken = brokenFlows(model.data)
  const crumbs = flows.data.length + broken.length > 1
  const found = model.data.flows.find(flow => flow.name === name) ?? null
  const file = found?.file ?? broken.find(flow => flow.name === name)?.problem.path
  const tab: FlowTab = view === 'json' || view === 'runs' ? view : 'canvas'
  if (name !== undefined && file !== undefined)
    return (
      <FlowView
        key={`${appId}/${name}`}
        appId={appId}
        model={model.data}
        name={name}
        file={file}
        found={found}
        summary={flows.data.find(flow => flow.name === name) ?? null}
        tab={tab}
        crumbs={crumbs}
      />
    )
  return (
    <Panel label="Flows">
      <PanelHead title="Flows" />
      {name === undefined ? (
        <FlowList appId={appId} model={model.data} flows={flows.data} broken={broken} />
      ) : (
        <Missing appId={appId} name={name} />
      )}
    </Panel>
  )
}

/** Files that could never be read: there is no last good version of them. */
function brokenFlows({ flows, problems }: AppModel): { name: string; problem: Problem }[] {
  const broken = problems.flatMap(problem => {
    const [, name] = /(?:^|\/)workflows\/([^/]+)\.jsonc?$/.exec(problem.path) ?? []
    return name && !flows.some(({ file }) => file === problem.path) ? [{ name, problem }] : []
  })
  return broken.filter(({ name }, index) => broken.findIndex(other => other.name === name) === index)
}

function Missing({ appId, name }: { appId: string; name: string }) {
  return (
    <EmptyState
      icon={<Workflow className="i-20" />}
      title={`There is no flow “${name}”`}
      text="It may have been renamed, deleted or undone."
      actions={
        <a href={hrefOf({ app: appId, screen: 'flows' })} className={buttonClass()}>
          All flows
        </a>
      }
    />
  )
}
