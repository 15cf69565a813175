import {
  Background,
  BackgroundVariant,
  Handle,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  useViewport,
} from '@xyflow/react'
import type { Edge, EdgeProps, Node, NodeProps } from '@xyflow/react'
import { Minus, Plus } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, type ReactNode } from 'react'
import '@xyflow/react/dist/base.css'
import { Button, IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { nodeSize, type FlowEdge, type FlowNode } from './graph.ts'
import { drawWay } from './way.ts'

/** One box of the picture. It is called what its content says. */
export type CanvasNode = FlowNode & { content: ReactNode }
export type CanvasEdge = FlowEdge & { isTaken: boolean }

type BoxNode = Node<{ content: ReactNode; isFirst: boolean; isLast: boolean }, 'box'>
type WayEdge = Edge<{ path: string; label: { x: number; y: number } | null; text: string | null; isTaken: boolean }, 'way'>

const nodeTypes = { box: Box }
const edgeTypes = { way: Way }
const words = {
  'node.a11yDescription.default': 'Press Enter to see what it does.',
  'node.a11yDescription.keyboardDisabled': 'Press Enter to see what it does.',
}

type Props = { label: string; nodes: CanvasNode[]; edges: CanvasEdge[]; chosen: string | null; onChoose: (id: string | null) => void }

/** The picture of a flow: moved by dragging and scrolling, zoomed by pinching. Boxes are chosen by pointer or keyboard. */
export function Canvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Picture {...props} />
    </ReactFlowProvider>
  )
}

function Picture({ label, nodes, edges, chosen, onChoose }: Props) {
  const hasMoved = useRef(false)
  const show = useShowAll(nodes, edges)
  const size = useStore(({ width, height }) => `${width} ${height}`)
  useEffect(() => {
    if (!hasMoved.current) show()
  }, [show, size])

  const boxes = useMemo(() => nodes.map(node => toBox(node, nodes, edges, node.id === chosen)), [nodes, edges, chosen])
  const ways = useMemo(() => edges.flatMap(edge => toWay(edge, nodes)), [edges, nodes])
  return (
    <ReactFlow
      aria-label={label}
      nodes={boxes}
      edges={ways}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      ariaLabelConfig={words}
      onNodesChange={changes => {
        let next = chosen
        for (const change of changes) {
          if (change.type !== 'select') continue
          if (change.selected) next = change.id
          else if (next === change.id) next = null
        }
        if (next !== chosen) onChoose(next)
      }}
      onMoveStart={event => {
        if (event) hasMoved.current = true
      }}
      minZoom={0.3}
      maxZoom={1.5}
      nodesDraggable={false}
      nodesConnectable={false}
      edgesFocusable={false}
      elementsSelectable
      panOnScroll
      deleteKeyCode={null}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      style={ground}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.5} color="light-dark(#dcdce3, #2a2a32)" />
      <Tray
        onFit={() => {
          hasMoved.current = false
          show()
        }}
      />
    </ReactFlow>
  )
}

const ground = { background: 'var(--sunken)' }
const margin = { top: 40, side: 32, bottom: 64 }

/** Puts the whole flow into view, the trigger at the top; never larger than life. */
function useShowAll(nodes: CanvasNode[], edges: CanvasEdge[]): () => void {
  const { setViewport } = useReactFlow()
  const width = useStore(state => state.width)
  const height = useStore(state => state.height)
  return useCallback(() => {
    if (width === 0 || nodes.length === 0) return
    const lefts = [...nodes.map(({ x }) => x), ...edges.map(({ column }) => column)]
    const rights = [...nodes.map(({ x }) => x + nodeSize.width), ...edges.map(({ column }) => column)]
    const [left, right, bottom] = [Math.min(...lefts), Math.max(...rights), Math.max(...nodes.map(node => node.y + node.height))]
    const zoom = Math.max(0.5, Math.min(1, (width - 2 * margin.side) / (right - left), (height - margin.top - margin.bottom) / bottom))
    void setViewport({ x: width / 2 - ((left + right) / 2) * zoom, y: margin.top, zoom })
  }, [nodes, edges, width, height, setViewport])
}

const box = { borderRadius: 8, outlineOffset: 3 }

function toBox(node: CanvasNode, nodes: readonly CanvasNode[], edges: readonly CanvasEdge[], isChosen: boolean): BoxNode {
  return {
    id: node.id,
    type: 'box',
    position: { x: node.x, y: node.y },
    width: nodeSize.width,
    height: node.height,
    style: box,
    selected: isChosen,
    ariaRole: 'button',
    domAttributes: { 'aria-pressed': isChosen, 'aria-roledescription': undefined },
    data: { content: node.content, isFirst: nodes[0]?.id === node.id, isLast: !edges.some(({ from }) => from === node.id) },
  }
}

function toWay(edge: CanvasEdge, nodes: readonly CanvasNode[]): WayEdge[] {
  const source = nodes.find(({ id }) => id === edge.from)
  const target = nodes.find(({ id }) => id === edge.to)
  if (!source || !target) return []
  const { path, label } = drawWay(edge, source, target)
  return [
    {
      id: edge.id,
      type: 'way',
      source: edge.from,
      target: edge.to,
      selectable: false,
      focusable: false,
      zIndex: edge.isTaken ? 1 : 0,
      data: { path, label: edge.label === null ? null : label, text: edge.label, isTaken: edge.isTaken },
    },
  ]
}

const pin = {
  width: 7,
  height: 7,
  minWidth: 0,
  minHeight: 0,
  borderRadius: '50%',
  background: 'var(--raised)',
  border: '1.5px solid light-dark(#b9b9c5, #4a4a56)',
}
const noPin = { ...pin, visibility: 'hidden' } as const

function Box({ data, selected }: NodeProps<BoxNode>) {
  return (
    <div
      className={cx(
        'size-full rounded-[8px] border bg-raised text-left',
        selected
          ? 'border-accent shadow-[0_0_0_3px_var(--accent-soft),0_0_0_1px_var(--accent)]'
          : 'border-line-2 shadow-[0_1px_2px_rgb(20_20_40/.05)] hover:border-control',
      )}
    >
      <Handle type="target" position={Position.Top} isConnectable={false} style={data.isFirst ? noPin : pin} />
      {data.content}
      <Handle type="source" position={Position.Bottom} isConnectable={false} style={data.isLast ? noPin : pin} />
    </div>
  )
}

const labelWidth = (text: string): number => text.length * 6.6 + 12

function Way({ data }: EdgeProps<WayEdge>) {
  if (!data) return null
  const { path, label, text, isTaken } = data
  return (
    <g aria-hidden={text === null || undefined}>
      <path d={path} fill="none" strokeWidth={1.5} stroke={isTaken ? 'var(--accent)' : 'light-dark(#b9b9c5, #4a4a56)'} />
      {label && text !== null && (
        <g transform={`translate(${label.x} ${label.y})`}>
          <rect x={-labelWidth(text) / 2} y={-10} width={labelWidth(text)} height={20} rx={4} fill="var(--sunken)" />
          <text textAnchor="middle" dy="0.35em" fill="var(--text-2)" className="text-12 font-medium">
            {text}
          </text>
        </g>
      )}
    </g>
  )
}

function Tray({ onFit }: { onFit: () => void }) {
  const { zoomIn, zoomOut, zoomTo } = useReactFlow()
  const { zoom } = useViewport()
  const percent = `${Math.round(zoom * 100)}%`
  return (
    <div
      role="toolbar"
      aria-label="Zoom"
      className="absolute bottom-4 left-4 z-5 flex rounded-2 bg-raised p-0.5 inset-ring inset-ring-line-2"
    >
      <IconButton size="sm" side="top" label="Zoom out" onClick={() => void zoomOut()}>
        <Minus />
      </IconButton>
      <Button
        size="sm"
        kind="ghost"
        aria-label={`Zoom is ${percent}, set it to 100%`}
        className="w-12 tabular-nums"
        onClick={() => void zoomTo(1)}
      >
        {percent}
      </Button>
      <IconButton size="sm" side="top" label="Zoom in" onClick={() => void zoomIn()}>
        <Plus />
      </IconButton>
      <Button size="sm" kind="ghost" onClick={onFit}>
        Show all
      </Button>
    </div>
  )
}
