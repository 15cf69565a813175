import { useMemo } from 'react'
import type { Flow } from '../../core/app/flow.ts'
import type { AppModel } from '../../core/app/model.ts'
import type { RunDetail } from '../../core/run.ts'
import type { FlowSummary } from '../app-data.ts'
import { RunIcon } from '../runs/run-state.tsx'
import { StepTile } from '../runs/run-view.tsx'
import { Chip } from '../ui/chip.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { Canvas, type CanvasEdge, type CanvasNode } from './canvas.tsx'
import { layOutFlow, nodeSize, triggerNodeId, type FlowNode } from './graph.ts'
import { conditionWords, namesIn, type Names } from './words.ts'

type Props = {
  flow: Flow
  summary: FlowSummary
  model: AppModel
  run: RunDetail | undefined
  chosen: string | null
  onChoose: (id: string | null) => void
}

/** A flow drawn as it runs: what starts it at the top, then step by step, with what the last run did. */
export function FlowCanvas({ flow, summary, model, run, chosen, onChoose }: Props) {
  const { nodes, edges } = useMemo(() => {
    const names = namesIn(flow, model)
    const times = summary.active ? summary.trigger.nextTimes : []
    const picture = layOutFlow(flow, times.length > 0 ? nodeSize.height + 9 + 16 * times.length + 8 : nodeSize.height)
    return {
      nodes: picture.nodes.map(node =>
        node.id === triggerNodeId ? triggerNode(node, flow, summary, names) : stepNode(node, summary, names, run),
      ),
      edges: picture.edges.map((edge): CanvasEdge => ({ ...edge, isTaken: wasTaken(edge, run) })),
    }
  }, [flow, summary, model, run])
  return <Canvas label={`Steps of ${summary.title}`} nodes={nodes} edges={edges} chosen={chosen} onChoose={onChoose} />
}

/** Whether the last run went this way: the one step came right after the other. */
function wasTaken({ from, to }: { from: string; to: string }, run: RunDetail | undefined): boolean {
  const done = run?.steps.filter(({ startedAt }) => startedAt !== null).map(({ name }) => name) ?? []
  const way = [triggerNodeId, ...done]
  return way.some((name, index) => name === from && way[index + 1] === to)
}

function triggerNode(node: FlowNode, flow: Flow, { trigger, active }: FlowSummary, names: Names): CanvasNode {
  const times = active ? trigger.nextTimes : []
  return {
    ...node,
    content: (
      <>
        <Chip tone="accent" className="absolute -top-2.5 left-3">
          Trigger
        </Chip>
        <Title
          tile={<StepTile kind="trigger" connector={null} size={32} />}
          title={trigger.words}
          detail={triggerDetail(flow, active, names)}
        />
        {times.length > 0 && (
          <ol aria-label="Next times" className="mx-3 border-t border-line pt-2 pl-11 text-12 text-ink-2">
            {times.map(at => (
              <li key={at}>
                <RelativeTime at={at} />
              </li>
            ))}
          </ol>
        )}
      </>
    ),
  }
}

function triggerDetail({ trigger }: Flow, active: boolean, names: Names): string {
  if (!active) return 'Off: it does not start by itself'
  if (trigger.condition) return `Only if ${conditionWords(trigger.condition, names) ?? 'its condition holds'}`
  if (trigger.config.trigger_type === 'entity') return names.record
  if (trigger.config.trigger_type === 'webhook') return 'Web address on the relay'
  return trigger.config.trigger_type === 'scheduled' ? 'Schedule' : '“Run now” starts it'
}

function stepNode(node: FlowNode, summary: FlowSummary, names: Names, run: RunDetail | undefined): CanvasNode {
  const step = summary.steps.find(({ name }) => name === node.id)
  const last = run?.steps.findLast(({ name }) => name === node.id)
  const title = step?.title ?? names.step(node.id)
  return {
    ...node,
    content: (
      <Title
        tile={<StepTile kind={node.kind} connector={step?.connector ?? null} size={32} />}
        title={title}
        detail={step?.detail ?? ''}
        end={last && last.state !== 'queued' && <RunIcon state={last.state} />}
      />
    ),
  }
}

function Title({ tile, title, detail, end }: { tile: React.ReactNode; title: string; detail: string; end?: React.ReactNode }) {
  return (
    <div className="flex h-[58px] items-center gap-3 px-3">
      {tile}
      <span className="min-w-0 flex-1">
        <b className="block truncate text-13 font-semibold" title={title}>
          {title}
        </b>
        <span className="block truncate text-12 text-ink-3" title={detail}>
          {detail}
        </span>
      </span>
      {end}
    </div>
  )
}
