import { Check, CircleX, Play, Square, Terminal, Trash2, TriangleAlert } from 'lucide-react'
import { memo, useLayoutEffect, useRef, type ReactNode } from 'react'
import type { Problem } from '../../core/app/model.ts'
import type { LogLine } from '../../core/run.ts'
import { PastRuns } from '../runs/past-runs.tsx'
import { clockOf } from '../runs/step-detail.tsx'
import { hrefOf } from '../routes.ts'
import { IconButton } from '../ui/button.tsx'
import { Dot } from '../ui/chip.tsx'
import { durationWords } from '../ui/relative-time.tsx'
import { Segmented } from '../ui/tabs.tsx'
import type { AppFunction } from './function-view.tsx'
import { clearLog, runKey, type LiveRun } from './live-run.ts'
import type { FunctionProblem } from './problems.ts'
import { RunResult } from './run-result.tsx'

export type OutputTab = 'input' | 'logs' | 'problems' | 'runs'

type Props = {
  appId: string
  found: AppFunction
  run: LiveRun | undefined
  tab: OutputTab
  onTab: (tab: OutputTab) => void
  problems: FunctionProblem[]
  onProblem: (problem: Problem) => void
  /** Shown in a tab of its own where there is no room beside the code. */
  input: ReactNode
}

/** Below the code: what the run says, what keeps it from compiling, what it did before. */
export function OutputPane({ appId, found, run, tab, onTab, problems, onProblem, input }: Props) {
  const options: { value: OutputTab; title: ReactNode }[] = [
    ...(input ? [{ value: 'input' as const, title: 'Input' }] : []),
    { value: 'logs', title: 'Logs' },
    { value: 'problems', title: problems.length > 0 ? <>Problems {problems.length}</> : 'Problems' },
    { value: 'runs', title: 'Past runs' },
  ]
  return (
    <section aria-label="Output" className="flex h-[38%] max-h-63 min-h-44 flex-none flex-col border-t border-line">
      <div className="flex h-11 flex-none items-center gap-2 border-b border-line pr-3 pl-5">
        <Segmented label="Output" value={tab} onChange={onTab} options={options} />
        <span className="flex-1" />
        {tab === 'logs' && run?.state === 'running' && (
          <span className="flex items-center gap-1.5 text-12 font-medium text-ok-text">
            <Dot tone="ok" />
            Live
          </span>
        )}
        {tab === 'logs' && run && run.lines.length > 0 && (
          <IconButton label="Clear the log" size="sm" onClick={() => clearLog(runKey(appId, found.name))}>
            <Trash2 />
          </IconButton>
        )}
      </div>
      {tab === 'input' && <div className="min-h-0 flex-1 overflow-auto p-5">{input}</div>}
      {tab === 'logs' && <Logs appId={appId} run={run} showResult={input !== null} />}
      {tab === 'problems' && <Problems file={found.file} problems={problems} onProblem={onProblem} />}
      {tab === 'runs' && <PastRuns appId={appId} of={{ kind: 'function', name: found.name }} />}
    </section>
  )
}

const marks: Record<LogLine['level'], { icon: ReactNode; ink: string }> = {
  debug: { icon: <Terminal />, ink: 'text-ink-3' },
  info: { icon: <Terminal />, ink: '' },
  warn: { icon: <TriangleAlert />, ink: 'text-warn-text' },
  error: { icon: <CircleX />, ink: 'text-bad-text' },
}

function Logs({ appId, run, showResult }: { appId: string; run: LiveRun | undefined; showResult: boolean }) {
  const box = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  useLayoutEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight
  }, [run])
  if (!run) return <p className="p-5 text-13 text-ink-3">Run it to see here what it says while it works.</p>
  return (
    <div
      ref={box}
      tabIndex={0}
      role="log"
      aria-label="Log lines"
      className="min-h-0 flex-1 overflow-auto py-2 -outline-offset-2!"
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 24
      }}
    >
      <ol>
        <Line at={run.startedAt} icon={<Play />} ink="text-ink-2" text="Started" />
        {run.dropped > 0 && (
          <li className="px-5 py-1 font-mono text-12 text-ink-3">{run.dropped.toLocaleString()} earlier lines are not shown</li>
        )}
        {run.lines.map((line, index) => (
          <Line key={run.dropped + index} at={line.at} {...marks[line.level]} text={line.text} />
        ))}
        <End run={run} />
      </ol>
      {showResult && (
        <div className="px-5 pb-2">
          <RunResult run={run} />
        </div>
      )}
      {run.runId && run.state !== 'running' && (
        <a
          href={hrefOf({ app: appId, screen: 'runs', path: [run.runId] })}
          className="mx-5 my-1 inline-flex h-6 items-center rounded-1 text-12 text-accent-text hover:underline"
        >
          See this run
        </a>
      )}
    </div>
  )
}

function End({ run: { state, finishedAt, durationMs, output, error } }: { run: LiveRun }) {
  if (!finishedAt) return null
  const end = durationMs === null ? '' : durationWords(durationMs)
  if (state === 'succeeded')
    return (
      <Line
        at={finishedAt}
        icon={<Check />}
        ink="text-ok-text"
        text={`Done${output === null ? '' : `: ${JSON.stringify(output)}`}`}
        end={end}
      />
    )
  if (state === 'stopped') return <Line at={finishedAt} icon={<Square />} ink="text-ink-2" text="Stopped" end={end} />
  return <Line at={finishedAt} icon={<CircleX />} ink="text-bad-text" text={error?.message ?? 'Failed'} end={end} />
}

/** Memoised: while a function logs in a loop, only what is new is drawn. */
const Line = memo(function Line({ at, icon, ink, text, end }: { at: string; icon: ReactNode; ink: string; text: string; end?: string }) {
  return (
    <li className="flex gap-3 px-5 py-1 font-mono text-12 leading-5 [contain-intrinsic-size:auto_28px] [content-visibility:auto]">
      <time dateTime={at} className="flex-none text-ink-3">
        {clockOf(at)}
      </time>
      <span aria-hidden className={`mt-1 flex-none [&_svg]:size-3 [&_svg]:stroke-[2.25] ${ink || 'text-ink-3'}`}>
        {icon}
      </span>
      <span className={`min-w-0 flex-1 break-words whitespace-pre-wrap ${ink}`}>{text}</span>
      {end && <span className="flex-none text-ink-3 tabular-nums">{end}</span>}
    </li>
  )
})

function Problems({ file, problems, onProblem }: { file: string; problems: FunctionProblem[]; onProblem: (problem: Problem) => void }) {
  if (problems.length === 0) return <p className="p-5 text-13 text-ink-3">No problems: it compiles.</p>
  return (
    <ul aria-label="Problems" className="min-h-0 flex-1 overflow-auto py-1">
      {problems.map(problem => (
        <li key={`${problem.path}:${problem.line}:${problem.column}:${problem.message}`}>
          <button
            type="button"
            disabled={problem.path !== file}
            onClick={() => onProblem(problem)}
            className="flex w-full items-start gap-3 px-5 py-1.5 text-left text-13 -outline-offset-2! hover:bg-hover disabled:opacity-100"
          >
            {problem.severity === 'warning' ? (
              <TriangleAlert className="i-14 mt-0.75 text-warn-text" aria-label="Type" />
            ) : (
              <CircleX className="i-14 mt-0.75 text-bad-text" />
            )}
            <span className="min-w-0 flex-1">{problem.message}</span>
            <span className="flex-none text-12 leading-5 text-ink-3 tabular-nums">
              {problem.path !== file && `${problem.path}${problem.line ? ', ' : ''}`}
              {problem.line && `Line ${problem.line}`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
