import type { Entity, Field } from '../../core/app/entity.ts'
import type { Flow } from '../../core/app/flow.ts'
import type { AppModel } from '../../core/app/model.ts'
import { readTask } from '../../core/app/task.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { fillIn } from '../flows/expression.ts'

type Model = Pick<AppModel, 'flows' | 'entities'>
type Call = { flow: Flow; args: Json }

/** The flows that call a function, each once. */
export function callersOf(model: Model, functionName: string): { name: string; title: string }[] {
  return model.flows.filter(({ flow }) => callsIn(flow, functionName).length > 0).map(({ name, flow }) => ({ name, title: flow.name }))
}

/** The entity whose newest record makes a good input: the one that starts a flow which calls the function. */
export function inputEntity(model: Model, functionName: string): Entity | null {
  const name = startedByRecord(model, functionName)?.flow.trigger.config['entity_name']
  return model.entities.find(({ entity }) => entity.name === name)?.entity ?? null
}

/** An input in the shape that a flow gives, made of `record`, or of made-up values where there is none. `{}` when no record starts it. */
export function exampleInput(model: Model, functionName: string, record: JsonObject | null): Json {
  const entity = inputEntity(model, functionName)
  const call = startedByRecord(model, functionName)
  if (!entity || !call) return {}
  const data = record
    ? ownFirst(record, entity)
    : Object.fromEntries(Object.entries(entity.properties).map(([name, field]) => [name, exampleValue(field)]))
  const { config } = call.flow.trigger
  const events = config.trigger_type === 'entity' ? config.events : []
  const trigger = {
    type: events[0] ?? 'create',
    entity_name: entity.name,
    entity_id: data['id'] ?? null,
    data,
    old_data: null,
    changed_fields: [],
  }
  return fillIn(call.args, { trigger, steps: {} })
}

/** The entity's own fields before those that every record has: they are what one wants to see. */
function ownFirst(record: JsonObject, entity: Entity): JsonObject {
  const own = Object.keys(entity.properties).filter(name => name in record)
  return { ...Object.fromEntries(own.map(name => [name, record[name] ?? null])), ...record }
}

function startedByRecord(model: Model, functionName: string): Call | undefined {
  return model.flows.flatMap(({ flow }) => callsIn(flow, functionName)).find(({ flow }) => flow.trigger.config.trigger_type === 'entity')
}

function callsIn(flow: Flow, functionName: string): Call[] {
  return flow.definition.do.flatMap(item =>
    Object.values(item).flatMap(task => {
      const read = readTask(task)
      return read.kind === 'function' && read.task.with.function_name === functionName ? [{ flow, args: read.task.with.args ?? {} }] : []
    }),
  )
}

function exampleValue({ type, enum: choices, default: standard }: Field): Json {
  if (standard !== undefined) return standard
  if (choices?.[0] !== undefined) return choices[0]
  return { string: '', number: 0, integer: 0, boolean: false, array: [], object: {} }[type]
}

export type ParsedInput = { ok: true; value: Json } | { ok: false; message: string }

/** What is typed as input. Nothing typed is an empty object. */
export function parseInput(text: string): ParsedInput {
  if (text.trim() === '') return { ok: true, value: {} }
  try {
    return { ok: true, value: JSON.parse(text) as Json }
  } catch {
    return { ok: false, message: 'The input is not JSON. Check its quotes, commas and brackets.' }
  }
}
