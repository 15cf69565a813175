import { Code, Plug, StickyNote, Table2, Workflow } from 'lucide-react'
import type { ReactNode } from 'react'
import type { PlanItem } from '../../core/plan.ts'

/** How the parts of an app are drawn and called in the chat. */
export const itemIcons: Record<PlanItem['kind'], ReactNode> = {
  entity: <Table2 />,
  function: <Code />,
  flow: <Workflow />,
  connector: <Plug />,
  page: <StickyNote />,
}
export const itemWords: Record<PlanItem['kind'], string> = {
  entity: 'Data',
  function: 'Function',
  flow: 'Flow',
  connector: 'Tool',
  page: 'Page',
}
