import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { action, type Connector } from '../core/connector.ts'
import { connectors } from './index.ts'
import { mcpTools } from './mcp-tools.ts'

/** `Tool` of the protocol's schema, revision 2025-11-25, as strict as its strictest clients are. */
const objectSchema = z.looseObject({
  type: z.literal('object'),
  properties: z.record(z.string(), z.looseObject({})).optional(),
  required: z.array(z.string()).optional(),
})
const tool = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
  title: z.string().min(1),
  description: z.string().min(1),
  inputSchema: objectSchema,
  outputSchema: objectSchema,
  annotations: z.strictObject({
    title: z.string(),
    readOnlyHint: z.boolean(),
    destructiveHint: z.boolean(),
    idempotentHint: z.boolean(),
    openWorldHint: z.boolean(),
  }),
})

const everyTool = Object.values(connectors).flatMap(mcpTools)
const hintsOf = (name: string) => everyTool.find(each => each.name === name)?.annotations

test('every action of every connector is a tool as the protocol has it, under a name of its own', () => {
  for (const each of everyTool) assert.deepEqual(tool.parse(each), each)
  assert.equal(new Set(everyTool.map(({ name }) => name)).size, everyTool.length)
  assert.equal(everyTool.length, Object.values(connectors).flatMap(({ actions }) => Object.keys(actions)).length)
})

test('the hints say what an action does: reading, adding, changing, deleting', () => {
  const hints = (readOnlyHint: boolean, destructiveHint: boolean, idempotentHint: boolean) => ({
    readOnlyHint,
    destructiveHint,
    idempotentHint,
    openWorldHint: true,
  })
  const { title, ...reading } = hintsOf('slackbot_readMessages') ?? {}
  assert.equal(title, 'Slack Bot: Read messages')
  assert.deepEqual(reading, hints(true, false, true))
  assert.partialDeepStrictEqual(hintsOf('slackbot_postMessage'), hints(false, false, false))
  assert.partialDeepStrictEqual(hintsOf('slackbot_updateMessage'), hints(false, true, true))
  assert.partialDeepStrictEqual(hintsOf('googlecalendar_deleteEvent'), hints(false, true, false))
})

test('an answer that is no object stands in one, and what it refers to is still found', () => {
  const node = z.object({ name: z.string(), value: z.json() })
  const list = action({
    title: 'List',
    does: 'Lists.',
    effect: 'read',
    idempotent: true,
    scopes: [],
    input: z.object({}),
    output: z.array(node),
    run: async () => [],
  })
  const [made] = mcpTools({ ...Object.values(connectors)[0], id: 'tree', actions: { list } } as Connector)
  assert.ok(made)
  const read = z.fromJSONSchema(made.outputSchema as Parameters<typeof z.fromJSONSchema>[0])
  assert.ok(read.safeParse({ result: [{ name: 'a', value: { deep: [1] } }] }).success)
  assert.equal(read.safeParse({ result: [{ name: 1, value: null }] }).success, false)
  assert.equal(read.safeParse([{ name: 'a', value: null }]).success, false)
})
