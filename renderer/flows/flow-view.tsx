import { KeyRound, Play, TriangleAlert } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { usesOf } from '../../core/app/uses.ts'
import type { AppModel } from '../../core/app/model.ts'
import { readTask } from '../../core/app/task.ts'
import type { FlowSummary } from '../app-data.ts'
import { useFile } from '../files/files.ts'
import { SaveState } from '../files/save-state.tsx'
import { go, goInstead, hrefOf } from '../routes.ts'
import { PastRuns } from '../runs/past-runs.tsx'
import { needsPermission, sinceWords } from '../runs/waiting-words.ts'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/card.tsx'
import { Switch } from '../ui/choice.tsx'
import { actionOf } from '../ui/error-action.ts'
import { Panel, PanelHead } from '../ui/panel.tsx'
import { exactTime, useNow } from '../ui/relative-time.tsx'
import { Segmented } from '../ui/tabs.tsx'
import { useNarrow } from '../ui/use-narrow.ts'
import { editAt, heldUpBy, useLastRun, useRunFlow, useSwitchFlow, type Place } from './flow-acts.ts'
import { FlowCanvas } from './flow-canvas.tsx'
import { FlowJson } from './flow-json.tsx'
import { FileProblem } from './file-problem.tsx'
import { triggerNodeId } from './graph.ts'
import { lackWord } from './lack-chip.tsx'
import { StepPanel } from './step-panel.tsx'
import { TriggerPanel } from './trigger-panel.tsx'
import { namesIn } from './words.ts'

export type FlowTab = 'canvas' | 'json' | 'runs'
type Props = {
  appId: string
  model: AppModel
  name: string
  file: string
  /** Null while the file cannot be read and never could: then there is nothing to draw or run, only text to put right. */
  found: AppModel['flows'][number] | null
  summary: FlowSummary | null
  tab: FlowTab
  crumbs: boolean
}

const tabs: { value: FlowTab; title: string }[] = [
  { value: 'canvas', title: 'Canvas' },
  { value: 'json', title: 'JSON' },
  { value: 'runs', title: 'Runs' },
]
const panelFitsPx = 720

/** One flow: drawn, as its file, or by its runs. */
export function FlowView({ appId, model, name, file, found, summary, tab: askedTab, crumbs }: Props) {
  const title = summary?.title ?? name
  const tab = found ? askedTab : 'json'
  const problems = useMemo(() => model.problems.filter(({ path }) => path === file), [model.problems, file])
  const [problem] = problems
  const lack = summary && heldUpBy(summary)
  useEffect(() => {
    // Once it can be read, whoever is putting it right stays in the text.
    if (!found) goInstead({ app: appId, screen: 'flows', path: [name, 'json'] })
  }, [appId, name, found])
  const showTab = (next: FlowTab) => go({ app: appId, screen: 'flows', path: next === 'canvas' ? [name] : [name, next] })
  const edit = (place: Place) => void editAt(appId, { name, file }, place)
  return (
    <Panel label={`Flow ${title}`}>
      <PanelHead
        title={title}
        crumbs={crumbs ? [{ label: 'Flows', href: hrefOf({ app: appId, screen: 'flows' }) }] : []}
        beside={summary && <OnOff appId={appId} summary={summary} />}
        actions={
          summary && (
            <>
              <Segmented label="View" value={tab} onChange={showTab} options={tabs} />
              <RunNow appId={appId} summary={summary} />
            </>
          )
        }
      />
      {summary && lack && <Lack summary={summary} lack={lack} onEdit={() => edit(placeOf(summary, lack.message))} />}
      {problem && (
        <FileProblem
          problem={problem}
          keepsRunning={found !== null}
          {...(tab === 'canvas' && { onOpen: () => edit({ line: problem.line ?? 1 }) })}
        />
      )}
      {tab === 'canvas' && found && summary && <CanvasTab appId={appId} model={model} found={found} summary={summary} onEdit={edit} />}
      {tab === 'json' && <JsonTab appId={appId} name={name} path={file} title={title} problems={problems} />}
      {tab === 'runs' && <PastRuns appId={appId} of={{ kind: 'flow', name }} />}
    </Panel>
  )
}

/** Where in the file a sentence about a flow belongs: at the step it names, else at the trigger. */
function placeOf({ steps }: FlowSummary, sentence: string): Place {
  const step = steps.find(({ title }) => sentence.includes(`“${title}”`))
  return step ? { step: step.name } : { key: 'trigger' }
}

function OnOff({ appId, summary }: { appId: string; summary: FlowSummary }) {
  const setOn = useSwitchFlow(appId, summary)
  const isOn = setOn.isPending ? setOn.variables : summary.active
  return (
    <span className="flex flex-none items-center gap-2 pl-2 text-13 text-ink-2">
      <Switch label={`${summary.title} is on`} checked={isOn} onChange={on => setOn.mutate(on)} />
      <span aria-hidden>{isOn ? 'On' : 'Off'}</span>
    </span>
  )
}

function RunNow({ appId, summary }: { appId: string; summary: FlowSummary }) {
  const runNow = useRunFlow(appId, summary)
  return (
    <Button icon={<Play />} busy={runNow.isPending} onClick={() => runNow.mutate()}>
      Run now
    </Button>
  )
}

/** Why the flow cannot run as it stands, and the one thing to do about it. */
function Lack({ summary, lack, onEdit }: { summary: FlowSummary; lack: NonNullable<FlowSummary['blockedBy']>; onEdit: () => void }) {
  const now = new Date(useNow())
  const waiting = summary.lastRun?.waiting
  const allow = actionOf(lack.action)
  const { label, run } = allow ?? { label: 'Show it', run: onEdit }
  return (
    <div className="flex-none border-b border-line p-3">
      <Note
        tone="warn"
        icon={allow ? <KeyRound className="flex-none" /> : <TriangleAlert className="flex-none" />}
        action={
          <Button size="sm" className="text-ink" onClick={run}>
            {label}
          </Button>
        }
      >
        {allow && <p className="font-medium">{lackWord(summary)}</p>}
        {lack.message}
        {waiting && needsPermission(waiting) && (
          <p className="text-12" title={exactTime(new Date(waiting.since))}>
            The last run waits {sinceWords(waiting, now)}
          </p>
        )}
      </Note>
    </div>
  )
}

function JsonTab({
  appId,
  name,
  path,
  title,
  problems,
}: {
  appId: string
  name: string
  path: string
  title: string
  problems: AppModel['problems']
}) {
  const file = useFile(appId, path)
  return (
    <>
      <div className="flex h-9 flex-none items-center gap-2 border-b border-line px-5">
        <code className="truncate text-ink-2">{path}</code>
        <SaveState file={file} />
      </div>
      <FlowJson appId={appId} name={name} file={file} path={path} title={title} problems={problems} />
    </>
  )
}

type CanvasProps = {
  appId: string
  model: AppModel
  found: AppModel['flows'][number]
  summary: FlowSummary
  onEdit: (place: Place) => void
}

function CanvasTab({ appId, model, found: { flow }, summary, onEdit }: CanvasProps) {
  const area = useRef<HTMLDivElement>(null)
  const isOver = useNarrow(area, panelFitsPx)
  const [chosen, setChosen] = useState<string | null>(null)
  const run = useLastRun(appId, summary.lastRun?.id ?? null).data
  const names = namesIn(flow, model)
  const step = summary.steps.find(known => known.name === chosen)
  const task = flow.definition.do.find(item => chosen !== null && Object.hasOwn(item, chosen))?.[chosen ?? '']
  const side = { appId, names, isOver, onClose: () => setChosen(null) }
  return (
    <div ref={area} className="@container relative flex min-h-0 flex-1">
      <div className="min-h-0 min-w-0 flex-1">
        <FlowCanvas flow={flow} summary={summary} model={model} run={run} chosen={chosen} onChoose={setChosen} />
      </div>
      {chosen === triggerNodeId && <TriggerPanel {...side} flow={flow} summary={summary} onEdit={() => onEdit({ key: 'trigger' })} />}
      {step && task && (
        <StepPanel
          key={step.name}
          {...side}
          step={step}
          number={summary.steps.indexOf(step) + 1}
          task={task}
          tools={toolsOfTask(model, task)}
          run={run}
          onEdit={() => onEdit({ step: step.name })}
        />
      )}
    </div>
  )
}

/** The tools that one step needs an account for. */
function toolsOfTask(model: AppModel, task: Parameters<typeof readTask>[0]): string[] {
  const read = readTask(task)
  if (read.kind === 'action') return [read.task.with.connector]
  if (read.kind !== 'function') return []
  const uses = usesOf(model).filter(use => use.kind === 'function' && use.name === read.task.with.function_name)
  return [...new Set(uses.map(({ connector }) => connector))]
}
