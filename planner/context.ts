import type { AppModel } from '../core/app/model.ts'

/** What the planner needs to know about a connector that can run: a part of the contract's `connectors.list`. */
export type ConnectorFacts = {
  id: string
  name: string
  actions: ReadonlyArray<{ id: string; title: string; effect: 'read' | 'write'; scopes: readonly string[] }>
  permissions: ReadonlyArray<{ scope: string; text: string }>
}

/** What a prompt is read against: the app as it is, the tools there are, and the user's zone and clock. */
export type PlannerContext = {
  model: AppModel
  connectors: readonly ConnectorFacts[]
  /** IANA name. */
  timezone: string
  now: Date
}
