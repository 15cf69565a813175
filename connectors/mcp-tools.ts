import type { Connector } from '../core/connector.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { actionShapes } from './facts.ts'

/** A tool of the Model Context Protocol, revision 2025-11-25. */
export type McpTool = {
  name: string
  title: string
  description: string
  inputSchema: JsonObject
  outputSchema: JsonObject
  annotations: { title: string; readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean; openWorldHint: boolean }
}

/**
 * The actions of a connector as MCP tools. A name is `connector_action`, of the letters that every client takes. The protocol wants an
 * object as answer: one that is none stands in it as `result`.
 */
export function mcpTools(connector: Connector): McpTool[] {
  return actionShapes(connector).map(({ id, title, does, effect, idempotent, destructive, inputSchema, outputSchema }) => ({
    name: `${connector.id}_${id}`,
    title: `${connector.name}: ${title}`,
    description: does,
    inputSchema: objectSchema(inputSchema),
    outputSchema: objectSchema(outputSchema),
    annotations: {
      title: `${connector.name}: ${title}`,
      readOnlyHint: effect === 'read',
      destructiveHint: destructive,
      idempotentHint: idempotent,
      openWorldHint: true,
    },
  }))
}

function objectSchema(schema: Json): JsonObject {
  if (!isObject(schema)) return { type: 'object' }
  if (schema['type'] === 'object') return schema
  // References are pointers from the root: what they point to goes there.
  const { $defs, ...result } = schema
  return { type: 'object', properties: { result }, required: ['result'], additionalProperties: false, ...($defs && { $defs }) }
}

const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)
