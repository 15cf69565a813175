import type { Flow } from '../../core/app/flow.ts'
import { AppError } from '../../core/errors.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { Run } from '../../core/run.ts'
import { stepsOf } from './definition.ts'
import type { NewRun } from './journal.ts'

/** A row of the outbox that the store writes with each record. `before`, `after` and `by` are JSON. */
export type ChangeRow = {
  seq: number
  entity: string
  id: string
  type: 'create' | 'update' | 'delete'
  before: string | null
  after: string | null
  by: string | null
}

/** How many runs may start one another in a row through the records that they change. */
export const maxDepth = 10

/** A run of a flow as it stands now. */
export function newRun(name: string, flow: Flow, cause: string, trigger: Json, depth: number): NewRun {
  const definition = flow.definition.do
  return { kind: 'flow', name, cause, trigger, definition, stepsTotal: stepsOf(definition).length, depth }
}

const happened = { create: 'created', update: 'updated', delete: 'deleted' } as const

export function causeOf({ entity, type }: ChangeRow): Run['cause'] {
  return `${entity} ${happened[type]}`
}

export function triggerOf({ entity, id, type, before, after }: ChangeRow): JsonObject {
  const old = before === null ? null : (JSON.parse(before) as JsonObject)
  const data = after === null ? old : (JSON.parse(after) as JsonObject)
  return {
    type,
    entity_name: entity,
    entity_id: id,
    data,
    old_data: type === 'update' ? old : null,
    changed_fields: type === 'update' ? changed(old ?? {}, data ?? {}) : [],
  }
}

function changed(before: JsonObject, after: JsonObject): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter(name => name !== 'updated_date' && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}

export function endless(title: string, entity: string): AppError {
  return new AppError(
    'conflict',
    `Stopped: “${title}” has started itself ${maxDepth} times in a row, because its steps change ${entity} records and each change starts it again. Add a condition to its trigger.`,
  )
}
