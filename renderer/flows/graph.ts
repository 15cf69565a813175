import { Graph, layout } from '@dagrejs/dagre'
import type { Flow } from '../../core/app/flow.ts'
import { readTask } from '../../core/app/task.ts'

export const nodeSize = { width: 256, height: 60 }

export type FlowNode = { id: string; kind: 'trigger' | 'function' | 'action' | 'switch' | 'wait'; x: number; y: number }
export type FlowEdge = { id: string; from: string; to: string; label: string | null }

export const triggerNodeId = '$trigger'

/** A flow's steps as boxes from top to bottom, and the ways between them. Pure: the same document gives the same picture. */
export function layOutFlow(flow: Flow): { nodes: FlowNode[]; edges: FlowEdge[] } {
  const steps = flow.definition.do.flatMap(item => Object.entries(item).map(([name, task]) => ({ name, ...readTask(task) })))
  const edges = [edge(triggerNodeId, steps[0]?.name), ...steps.flatMap((step, index) => edgesFrom(step, steps[index + 1]?.name))].filter(
    found => found !== null,
  )
  const kinds = new Map<string, FlowNode['kind']>([
    [triggerNodeId, 'trigger'],
    ...steps.map(({ name, kind }): [string, FlowNode['kind']] => [name, kind]),
  ])
  return { nodes: place(kinds, edges), edges: edges.filter(({ to }) => kinds.has(to)) }
}

type Step = { name: string } & ReturnType<typeof readTask>

function edgesFrom(step: Step, next: string | undefined): (FlowEdge | null)[] {
  if (step.kind !== 'switch') return [edge(step.name, follow(step.task.then, next))]
  const cases = step.task.switch.flatMap(branch =>
    Object.entries(branch).map(([label, { when, then }]) =>
      edge(step.name, follow(then, next), when === undefined ? 'Otherwise' : readable(label)),
    ),
  )
  const hasDefault = step.task.switch.some(branch => Object.values(branch).some(({ when }) => when === undefined))
  return hasDefault ? cases : [...cases, edge(step.name, next, 'Otherwise')]
}

/** Serverless Workflow 1.0: `then` is a step's name, or continue, exit, end. */
function follow(then: string | undefined, next: string | undefined): string | undefined {
  if (then === undefined || then === 'continue') return next
  return then === 'end' || then === 'exit' ? undefined : then
}

function edge(from: string, to: string | undefined, label: string | null = null): FlowEdge | null {
  return to === undefined ? null : { id: `${from}→${to}${label ?? ''}`, from, to, label }
}

/** “isUrgent” → “Is urgent”. */
export function readable(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function place(kinds: ReadonlyMap<string, FlowNode['kind']>, edges: readonly FlowEdge[]): FlowNode[] {
  const graph = new Graph({ multigraph: true }).setGraph({ rankdir: 'TB', ranksep: 64, nodesep: 40 }).setDefaultEdgeLabel(() => ({}))
  for (const id of kinds.keys()) graph.setNode(id, { ...nodeSize })
  for (const { id, from, to } of edges) if (kinds.has(to)) graph.setEdge(from, to, {}, id)
  layout(graph)
  return [...kinds].map(([id, kind]) => {
    const { x, y } = graph.node(id) as { x: number; y: number }
    return { id, kind, x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 }
  })
}
