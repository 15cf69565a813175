import { Play, Square } from 'lucide-react'
import { useEffect, useMemo, useRef, useState, type RefObject } from 'react'
import type { AppModel, Problem } from '../../core/app/model.ts'
import { askForLine, useAskedLine } from '../files/asked-line.ts'
import { SaveProblem, SaveState } from '../files/save-state.tsx'
import { useFile } from '../files/files.ts'
import { hrefOf } from '../routes.ts'
import { Button } from '../ui/button.tsx'
import { Chip } from '../ui/chip.tsx'
import { CodeEditor } from '../ui/code-editor.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { Panel, PanelHead } from '../ui/panel.tsx'
import { Bone, Skeleton } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.tsx'
import { useNarrow } from '../ui/use-narrow.ts'
import { completionsFrom, hoverFrom } from './completions.ts'
import { InputSection, useInput } from './input-section.tsx'
import { runKey, startRun, stopRun, useLiveRuns } from './live-run.ts'
import { OutputPane, type OutputTab } from './output-pane.tsx'
import { useProblems } from './problems.ts'
import { RunSide } from './run-side.tsx'
import { useLanguage } from './use-language.ts'

export type AppFunction = AppModel['functions'][number]

const sideFitsPx = 760
const noCompletions = () => null

/** One function: its code, saved as it is typed, and beside it what goes in and what comes out. Mod-Enter runs it. */
export function FunctionView({ appId, model, found, crumbs }: { appId: string; model: AppModel; found: AppFunction; crumbs: boolean }) {
  const { name, file: path } = found
  const place = useRef<HTMLDivElement>(null)
  const isNarrow = useNarrow(place, sideFitsPx)
  const file = useFile(appId, path)
  const types = useLanguage(model, file.text)
  const problems = useProblems(appId, found, model.problems, file.text, types)
  const here = useMemo(() => problems.filter(problem => problem.path === path), [problems, path])
  const { language } = types
  const complete = useMemo(() => (language ? completionsFrom(language, path) : noCompletions), [language, path])
  const hover = useMemo(() => language && hoverFrom(language, path), [language, path])
  const input = useInput(appId, model, name)
  const run = useLiveRuns(runs => runs[runKey(appId, name)])
  const isRunning = run?.state === 'running'
  const [tab, setTab] = useState<OutputTab>('logs')
  const target = useAskedLine(appId, `functions/${name}`)

  async function start(): Promise<void> {
    if (isRunning) return
    if (!input.check()) return setTab('input')
    if (!(await file.save())) return toast.say('It cannot run before it is saved.')
    setTab('logs')
    await startRun(appId, name, input.value)
  }

  useModEnter(place, () => void start())

  return (
    <Panel label={`Function ${name}`}>
      <PanelHead
        title={name}
        crumbs={crumbs ? [{ label: 'Functions', href: hrefOf({ app: appId, screen: 'functions' }) }] : []}
        beside={
          <>
            <Chip tone="line">
              <code className="text-[11px]">{path.slice(path.lastIndexOf('/') + 1)}</code>
            </Chip>
            <SaveState file={file} />
          </>
        }
        actions={
          isRunning ? (
            <Button icon={<Square />} onClick={() => stopRun(runKey(appId, name))}>
              Stop
            </Button>
          ) : (
            <Button kind="primary" icon={<Play />} disabled={file.text === null} onClick={() => void start()}>
              Run
              <Kbd on="accent">mod+enter</Kbd>
            </Button>
          )
        }
      />
      <div ref={place} className="flex min-h-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <SaveProblem file={file} name={path} />
          <div className="min-h-0 flex-1">
            {file.text === null ? (
              file.state === 'loading' && <CodeSkeleton />
            ) : (
              <CodeEditor
                label={`Code of ${name}`}
                language="typescript"
                value={file.text}
                onChange={file.edit}
                onSave={() => void file.save()}
                problems={here}
                complete={complete}
                hover={hover}
                {...(target && { line: target.line, lineKey: target.key })}
              />
            )}
          </div>
          <OutputPane
            appId={appId}
            found={found}
            run={run}
            tab={isNarrow || tab !== 'input' ? tab : 'logs'}
            onTab={setTab}
            problems={problems}
            onProblem={goToProblem}
            input={isNarrow ? <InputSection input={input} /> : null}
          />
        </div>
        {!isNarrow && <RunSide appId={appId} model={model} found={found} text={file.text ?? ''} run={run} input={input} />}
      </div>
    </Panel>
  )

  function goToProblem({ path: where, line }: Problem): void {
    if (where === path) askForLine(appId, `functions/${name}`, line ?? 1)
  }
}

/** Mod-Enter within an element, or while nothing has the focus. It comes before the editor, which would begin a new line. */
function useModEnter(within: RefObject<HTMLElement | null>, run: () => void): void {
  const latest = useRef(run)
  latest.current = run
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return
      if (event.target !== document.body && !within.current?.contains(event.target as Node)) return
      event.preventDefault()
      event.stopPropagation()
      latest.current()
    }
    window.addEventListener('keydown', listen, { capture: true })
    return () => window.removeEventListener('keydown', listen, { capture: true })
  }, [within])
}

const CodeSkeleton = () => (
  <Skeleton className="space-y-3 p-5">
    {['w-2/5', 'w-3/5', 'w-1/3', 'w-1/2', 'w-1/4'].map(width => (
      <Bone key={width} className={`h-2 ${width}`} />
    ))}
  </Skeleton>
)
