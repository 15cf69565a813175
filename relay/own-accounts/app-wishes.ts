import type { AppModel } from '../../core/app/model.ts'
import { modeOf, usesOf } from '../../core/app/uses.ts'
import type { Tool } from '../../core/connector.ts'

type Model = Pick<AppModel, 'connectors' | 'flows' | 'functions'>

/** Whether each user of the app brings their own account of a connector. */
export const isOwn = (model: Model, connector: string): boolean => modeOf(model, connector) === 'app-user'

/** What an app may do with an account: what its connector file says, and what its flows and functions need. */
export function wishOf(model: Model, { id, actions }: Tool): string[] {
  const file = model.connectors.find(({ connector }) => connector.type === id)
  const used = usesOf(model).filter(({ connector }) => connector === id)
  return [...new Set([...(file?.connector.scopes ?? []), ...used.flatMap(({ action }) => actions[action]?.scopes ?? [])])]
}

/** The flows that use an account of a connector. */
export function flowsWith(model: Model, connector: string): { name: string; title: string }[] {
  const names = new Set(usesOf(model).flatMap(use => (use.kind === 'flow' && use.connector === connector ? [use.name] : [])))
  return model.flows.flatMap(({ name, flow }) => (names.has(name) ? [{ name, title: flow.name }] : []))
}
