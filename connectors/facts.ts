import { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import { json, type Json } from '../core/json.ts'

/** What a person, a form and the planner know of a connector: no code, no provider. */
export type ConnectorFacts = {
  id: string
  name: string
  category: string
  summary: string
  icon: string
  actions: { id: string; title: string; does: string; effect: 'read' | 'write'; scopes: string[]; inputSchema: Json }[]
  permissions: { scope: string; text: string }[]
  prompts: string[]
  afterConnect: string | null
}

/** The facts of a connector, derived from its declaration. `inputSchema` is JSON Schema 2020-12 of what a caller gives. */
export function connectorFacts(connector: Connector): ConnectorFacts {
  return {
    id: connector.id,
    name: connector.name,
    category: connector.category,
    summary: connector.summary,
    icon: connector.icon,
    actions: Object.entries(connector.actions).map(([id, { title, does, effect, scopes, input }]) => ({
      id,
      title,
      does,
      effect,
      scopes: [...scopes],
      inputSchema: json.parse(z.toJSONSchema(input, { io: 'input' })),
    })),
    permissions: Object.entries(connector.scopes).map(([scope, text]) => ({ scope, text })),
    prompts: [...connector.prompts],
    afterConnect: connector.afterConnect ?? null,
  }
}
