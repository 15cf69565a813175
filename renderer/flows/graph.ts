import { Graph, layout } from '@dagrejs/dagre'
import type { Flow } from '../../core/app/flow.ts'
import { readTask } from '../../core/app/task.ts'

export const nodeSize = { width: 256, height: 60 }

export type FlowNode = { id: string; kind: 'trigger' | 'function' | 'action' | 'switch' | 'wait'; x: number; y: number; height: number }
/** `column` is where the way runs down, clear of the boxes between its ends. */
export type FlowEdge = { id: string; from: string; to: string; label: string | null; column: number }
type Way = Omit<FlowEdge, 'column'>

export const triggerNodeId = '$trigger'

/** A flow's steps as boxes from top to bottom, and the ways between them. Pure: the same document gives the same picture. Lengths in px. */
export function layOutFlow(flow: Flow, triggerHeight = nodeSize.height): { nodes: FlowNode[]; edges: FlowEdge[] } {
  const steps = flow.definition.do.flatMap(item => Object.entries(item).map(([name, task]) => ({ name, ...readTask(task) })))
  const edges = [edge(triggerNodeId, steps[0]?.name), ...steps.flatMap((step, index) => edgesFrom(step, steps[index + 1]?.name))].filter(
    found => found !== null,
  )
  const kinds = new Map<string, FlowNode['kind']>([
    [triggerNodeId, 'trigger'],
    ...steps.map(({ name, kind }): [string, FlowNode['kind']] => [name, kind]),
  ])
  return place(
    kinds,
    edges.filter(({ to }) => kinds.has(to)),
    triggerHeight,
  )
}

type Step = { name: string } & ReturnType<typeof readTask>

function edgesFrom(step: Step, next: string | undefined): (Way | null)[] {
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

function edge(from: string, to: string | undefined, label: string | null = null): Way | null {
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

const gap = { between: 64, beside: 40, labelled: 24 }

function place(
  kinds: ReadonlyMap<string, FlowNode['kind']>,
  ways: readonly Way[],
  triggerHeight: number,
): { nodes: FlowNode[]; edges: FlowEdge[] } {
  const graph = new Graph({ multigraph: true })
    .setGraph({ rankdir: 'TB', ranksep: gap.between, nodesep: gap.beside })
    .setDefaultEdgeLabel(() => ({}))
  const heightOf = (id: string) => (id === triggerNodeId ? triggerHeight : nodeSize.height)
  for (const id of kinds.keys()) graph.setNode(id, { width: nodeSize.width, height: heightOf(id) })
  for (const { id, from, to, label } of ways)
    graph.setEdge(from, to, label === null ? {} : { width: 120, height: gap.labelled, labelpos: 'c' }, id)
  layout(graph)
  const nodes = [...kinds].map(([id, kind]) => {
    const { x, y } = graph.node(id) as { x: number; y: number }
    return { id, kind, x: x - nodeSize.width / 2, y: y - heightOf(id) / 2, height: heightOf(id) }
  })
  return { nodes, edges: ways.map(way => ({ ...way, column: columnOf(way, nodes, ways, pointsOf(graph, way)) })) }
}

type Point = { x: number; y: number }
const pointsOf = (graph: Graph, { id, from, to }: Way): Point[] => (graph.edge(from, to, id) as { points?: Point[] }).points ?? []

/** A short way turns where there is room: at once after a parting, at last before a joining. A long one keeps to what dagre left free for it. */
function columnOf({ from, to }: Way, nodes: readonly FlowNode[], ways: readonly Way[], points: readonly Point[]): number {
  const source = nodes.find(({ id }) => id === from)
  const target = nodes.find(({ id }) => id === to)
  if (!source || !target) return 0
  if (target.y <= source.y) return Math.max(...nodes.map(({ x }) => x)) + nodeSize.width + gap.beside
  const isLong = nodes.some(({ y }) => y > source.y && y < target.y)
  if (isLong) return clearOf(nodes, source, target, points)
  const parts = ways.filter(way => way.from === from).length > 1
  return (parts ? target.x : source.x) + nodeSize.width / 2
}

function clearOf(nodes: readonly FlowNode[], source: FlowNode, target: FlowNode, points: readonly Point[]): number {
  const between = nodes.filter(({ y }) => y > source.y && y < target.y)
  const isFree = (x: number) => between.every(node => x < node.x - 12 || x > node.x + nodeSize.width + 12)
  const middle = points.filter(({ y }) => y > source.y + source.height && y < target.y)
  const found = [...middle.map(({ x }) => x), source.x + nodeSize.width / 2, target.x + nodeSize.width / 2].find(isFree)
  return found ?? Math.max(...between.map(({ x }) => x)) + nodeSize.width + gap.beside
}
