import { z } from 'zod'
import type { Connector, Tool } from '../core/connector.ts'
import { json, type Json } from '../core/json.ts'

export type ActionFacts = {
  id: string
  title: string
  does: string
  effect: 'read' | 'write'
  idempotent: boolean
  keyed: boolean
  destructive: boolean
  scopes: string[]
}

/** What a list, a search and the planner know of a connector: plain data, cheap to have for all of them at once. */
export type ConnectorFacts = {
  id: string
  name: string
  provider: string
  category: string
  summary: string
  icon: string
  identityScopes: string[]
  actions: ActionFacts[]
  permissions: { scope: string; text: string }[]
  prompts: string[]
  afterConnect: string | null
}

/** The facts of a connector, derived from its declaration. */
export function connectorFacts(tool: Tool): ConnectorFacts {
  return {
    id: tool.id,
    name: tool.name,
    provider: tool.provider.id,
    category: tool.category,
    summary: tool.summary,
    icon: tool.icon,
    identityScopes: [...tool.identityScopes],
    actions: Object.entries(tool.actions).map(([id, action]) => factsOf(id, action)),
    permissions: Object.entries(tool.scopes).map(([scope, text]) => ({ scope, text })),
    prompts: [...tool.prompts],
    afterConnect: tool.afterConnect ?? null,
  }
}

const factsOf = (id: string, action: Tool['actions'][string]): ActionFacts => ({
  id,
  title: action.title,
  does: action.does,
  effect: action.effect,
  idempotent: action.idempotent,
  keyed: action.keyed ?? false,
  destructive: action.destructive ?? false,
  scopes: [...action.scopes],
})

/**
 * An action with the shapes of what goes in and comes out, as JSON Schema 2020-12. Beside the standard's words, an input has what a form
 * needs: `multiline` for a long text, `options` for a field whose choices come from the account.
 */
export type ActionShape = ActionFacts & { inputSchema: Json; outputSchema: Json }

/** The actions of a connector with their shapes: for one tool at a time, since making them costs a few milliseconds. */
export function actionShapes(connector: Connector): ActionShape[] {
  return Object.entries(connector.actions).map(([id, action]) => ({
    ...factsOf(id, action),
    inputSchema: schemaOf(action.input, 'input'),
    outputSchema: schemaOf(action.output, 'output'),
  }))
}

/** Without the name of the dialect, which is the same for all. */
function schemaOf(type: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io })
  return json.parse(schema)
}
