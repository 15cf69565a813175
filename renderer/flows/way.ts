import { nodeSize, type FlowEdge, type FlowNode } from './graph.ts'

type Point = { x: number; y: number }
const radius = 12
const lead = 28

/** A way between two boxes as an SVG path: down, across, down its column, across, down; with round corners. And where its label stands. */
export function drawWay({ column }: Pick<FlowEdge, 'column'>, from: FlowNode, to: FlowNode): { path: string; label: Point } {
  const start = { x: from.x + nodeSize.width / 2, y: from.y + from.height }
  const end = { x: to.x + nodeSize.width / 2, y: to.y }
  const isBack = end.y < start.y
  const turnOut = start.y + lead
  const turnIn = isBack ? end.y - lead : Math.max(turnOut, end.y - lead)
  const corners = withoutRepeats([
    start,
    { x: start.x, y: turnOut },
    { x: column, y: turnOut },
    { x: column, y: turnIn },
    { x: end.x, y: turnIn },
    end,
  ])
  const goesAside = Math.abs(column - start.x) > 60
  return {
    path: rounded(corners),
    label: { x: goesAside ? (start.x + column) / 2 : column, y: goesAside ? turnOut : (turnOut + turnIn) / 2 },
  }
}

/** Without points that lie on a straight line between their neighbours. */
function withoutRepeats(points: readonly Point[]): Point[] {
  return points.reduce<Point[]>((kept, point) => {
    const last = kept.at(-1)
    const before = kept.at(-2)
    if (last && last.x === point.x && last.y === point.y) return kept
    const isStraight = last && before && ((before.x === last.x && last.x === point.x) || (before.y === last.y && last.y === point.y))
    return [...(isStraight ? kept.slice(0, -1) : kept), point]
  }, [])
}

function rounded(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  return rest.reduce((path, point, index) => {
    const before = points[index]
    const next = rest[index + 1]
    if (!before || !next) return `${path} L${point.x} ${point.y}`
    const bend = Math.min(radius, distance(before, point) / 2, distance(point, next) / 2)
    const into = towards(point, before, bend)
    const out = towards(point, next, bend)
    return `${path} L${into.x} ${into.y} Q${point.x} ${point.y} ${out.x} ${out.y}`
  }, `M${first.x} ${first.y}`)
}

const distance = (a: Point, b: Point): number => Math.abs(a.x - b.x) + Math.abs(a.y - b.y)

function towards(from: Point, to: Point, by: number): Point {
  return { x: from.x + Math.sign(to.x - from.x) * by, y: from.y + Math.sign(to.y - from.y) * by }
}
