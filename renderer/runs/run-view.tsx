import { Clock, GitBranch, RotateCw, Square, Zap } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { isErrorCode } from '../../core/errors.ts'
import type { RunStep } from '../../core/run.ts'
import { useConnector } from '../app-data.ts'
import { hrefOf } from '../routes.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { ErrorNote, ErrorScreen } from '../ui/error-note.tsx'
import { durationWords, exactTime } from '../ui/relative-time.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { RunChip, RunPin } from './run-state.tsx'
import { useRun, useRunActs } from './runs.ts'
import { StepDetail } from './step-detail.tsx'
import { barsOf, ticksOf, type Bar } from './timeline.ts'
import { WaitingNote } from './waiting-note.tsx'

/** One run: what started it, its steps in time, and what each did. */
export function RunView({ appId, runId }: { appId: string; runId: string }) {
  const { data: run, error, refetch, dataUpdatedAt } = useRun(appId, runId)
  const { cancel, retry } = useRunActs(appId, runId)
  const [chosen, setChosen] = useState<string | null>(null)
  if (error) return <ErrorScreen error={error} onRetry={() => void refetch()} />
  if (!run) return <Skeleton rows={5} />

  const { spanMs, bars } = barsOf(run, dataUpdatedAt)
  const failedAt = run.steps.findIndex(step => step.state === 'failed')
  const shown = run.steps.find(step => step.id === chosen) ?? run.steps[failedAt] ?? run.steps.at(-1)
  const isUnderWay = run.state === 'running' || run.state === 'waiting' || run.state === 'queued'
  return (
    <section aria-label={`Run of ${run.name}`} className="@container flex min-h-0 min-w-0 flex-1 flex-col overflow-auto">
      <div className="flex flex-none flex-wrap items-start gap-2 px-5 pt-5 pb-4">
        <div className="min-w-52 flex-1">
          <h2 className="text-20 font-semibold text-pretty wrap-anywhere">{run.name}</h2>
          <div className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1">
            <RunChip state={run.state} waiting={run.waiting} />
            <p className="text-13 text-ink-3">
              {run.cause} · {exactTime(new Date(run.startedAt ?? run.createdAt))}
              {run.durationMs !== null && ` · ${durationWords(run.durationMs)}`}
            </p>
          </div>
        </div>
        <a href={hrefOf({ app: appId, screen: run.kind === 'flow' ? 'flows' : 'functions', path: [run.name] })} className={buttonClass()}>
          {run.kind === 'flow' ? 'Open the flow' : 'Open the function'}
        </a>
        {isUnderWay && (
          <Button icon={<Square />} busy={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel
          </Button>
        )}
        {run.state === 'failed' && run.kind === 'flow' && (
          <Button kind="primary" icon={<RotateCw />} busy={retry.isPending} onClick={() => retry.mutate()}>
            {failedAt >= 0 ? `Retry from step ${failedAt + 1}` : 'Retry'}
          </Button>
        )}
      </div>
      <WaitingNote run={run} className="mx-5 mb-4 flex-none" />
      {run.error && !run.waiting && (
        <ErrorNote
          className="mx-5 mb-4 flex-none"
          error={{
            code: isErrorCode(run.error.code) ? run.error.code : 'internal',
            message: run.error.message,
            action: undefined,
            details: run.error.details,
          }}
        />
      )}
      <div className="flex flex-none justify-end gap-4 px-5 text-12 text-ink-3 tabular-nums">
        <span aria-hidden className="hidden w-28 justify-between @md:flex @2xl:w-44">
          {bars.size > 0 && ticksOf(spanMs).map(tick => <span key={tick}>{tick}</span>)}
        </span>
        <span className="w-16" />
      </div>
      <ol aria-label="Steps" className="flex-none pb-2">
        <li className="flex h-10 items-center gap-3 px-5 text-13">
          <RunPin state="succeeded" />
          <StepTile kind="trigger" connector={null} />
          <span className="truncate font-medium">{run.cause}</span>
        </li>
        {run.steps.map(step => (
          <StepRow key={step.id} step={step} bar={bars.get(step.id)} isChosen={step.id === shown?.id} onChoose={() => setChosen(step.id)} />
        ))}
      </ol>
      {shown && <StepDetail step={shown} />}
    </section>
  )
}

const barColours: Partial<Record<RunStep['state'], string>> = { failed: 'bg-bad', running: 'bg-accent', waiting: 'bg-warn' }

function StepRow({ step, bar, isChosen, onChoose }: { step: RunStep; bar: Bar | undefined; isChosen: boolean; onChoose: () => void }) {
  return (
    <li>
      <button
        type="button"
        aria-pressed={isChosen}
        onClick={onChoose}
        className="flex h-10 w-full items-center gap-3 px-5 text-left text-13 hover:bg-hover aria-pressed:bg-pressed -outline-offset-2!"
      >
        <RunPin state={step.state} />
        <StepTile kind={step.kind} connector={step.connector} />
        <span className="truncate font-medium">{step.title}</span>
        {step.attempt > 1 && <span className="flex-none text-12 text-ink-2">try {step.attempt}</span>}
        <span className="min-w-2 flex-1" />
        <span aria-hidden className="relative hidden h-1.5 w-28 flex-none @md:block @2xl:w-44 overflow-hidden rounded-full bg-sunken">
          {bar && (
            <i
              className={`absolute inset-y-0 rounded-full ${step.attempt > 1 ? 'bg-warn' : (barColours[step.state] ?? 'bg-ok')}`}
              style={{ left: `${bar.leftPercent}%`, width: `${bar.widthPercent}%` }}
            />
          )}
        </span>
        <span className="w-16 flex-none text-right text-12 text-ink-2 tabular-nums">
          {step.durationMs === null ? '' : durationWords(step.durationMs)}
        </span>
      </button>
    </li>
  )
}

const tileIcons: Record<RunStep['kind'] | 'trigger', ReactNode> = {
  trigger: <Zap />,
  function: <span className="font-mono text-[10px] font-semibold">ƒ</span>,
  action: <Zap />,
  switch: <GitBranch />,
  wait: <Clock />,
}

/** What kind of step it is: the tool's own icon where it uses one. */
export function StepTile({ kind, connector, size = 24 }: { kind: RunStep['kind'] | 'trigger'; connector: string | null; size?: 24 | 32 }) {
  const tool = useConnector(connector)
  if (connector) return <ConnectorIcon size={size} icon={tool.icon} name={tool.name} />
  return (
    <span
      aria-hidden
      className={`grid flex-none place-items-center rounded-[6px] [&_svg]:size-4 ${size === 32 ? 'size-8' : 'size-6'} ${kind === 'trigger' ? 'bg-accent-soft text-accent-text' : 'bg-[light-dark(#f0f0f4,#2a2a32)] text-ink-2'}`}
    >
      {tileIcons[kind]}
    </span>
  )
}
