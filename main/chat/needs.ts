import type { ConnectionMode } from '../../core/app/connector-file.ts'
import type { ChatMessage } from '../../core/chat.ts'
import type { Connection } from '../../core/connection.ts'
import { scopesFor, type Tool } from '../../core/connector.ts'
import type { Plan, PlanTool } from '../../core/plan.ts'

/** What of a connection decides whether a plan can use it. */
export type Usable = Pick<Connection, 'id' | 'connector' | 'state' | 'scopesGranted' | 'isDefault' | 'mode'>
export type ConnectCard = Extract<ChatMessage, { kind: 'connect' }>

/**
 * The account that can do what a tool is needed for: the default one first. Of app users there is the builder alone here, with an account of
 * his own: a shared one does not stand in for it. Null when one has to be connected.
 */
export function connectionFor(
  { connector, permissions }: Pick<PlanTool, 'connector' | 'permissions'>,
  connections: readonly Usable[],
  mode: ConnectionMode,
): Usable | null {
  const fitting = connections.filter(
    candidate =>
      candidate.connector === connector &&
      candidate.mode === mode &&
      (candidate.state === 'connected' || candidate.state === 'retrying') &&
      permissions.every(({ scope }) => candidate.scopesGranted.includes(scope)),
  )
  return fitting.find(({ isDefault }) => isDefault) ?? fitting[0] ?? null
}

export const missingTools = (plan: Plan, connections: readonly Usable[], mode: ConnectionMode): PlanTool[] =>
  plan.tools.filter(tool => connectionFor(tool, connections, mode) === null)

/** The least that is asked for: what the steps need, and what tells whose account it is. */
export function scopesOf(needed: PlanTool, tools: Readonly<Record<string, Tool>>): string[] {
  const tool = tools[needed.connector]
  return tool ? scopesFor(tool, needed.actions) : needed.permissions.map(({ scope }) => scope)
}
