import type { ConnectionMode } from './app/connector-file.ts'
import type { PlanItem } from './plan.ts'

/** What a plan comes to once it is said whose accounts it uses. */
export const itemsWith = (items: readonly PlanItem[], mode: ConnectionMode): PlanItem[] =>
  items.filter(item => item.mode === undefined || item.mode === mode)
