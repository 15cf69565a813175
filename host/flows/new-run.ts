import { randomUUID } from 'node:crypto'
import type { Flow } from '../../core/app/flow.ts'
import { AppError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Run } from '../../core/run.ts'
import type { Change } from '../store/changes.ts'
import { stepsOf } from './definition.ts'
import type { NewRun } from './journal.ts'

/** How many runs may start one another in a row through the records that they change. */
export const maxDepth = 10

/** A run of a flow as it stands now. */
export function newRun(
  name: string,
  flow: Flow,
  { cause, trigger, depth, user }: Pick<NewRun, 'cause' | 'trigger' | 'depth' | 'user'>,
): NewRun {
  const definition = flow.definition.do
  return { id: randomUUID(), kind: 'flow', name, cause, trigger, definition, stepsTotal: stepsOf(definition).length, depth, user }
}

const happened = { create: 'created', update: 'updated', delete: 'deleted' } as const

export function causeOf({ entity, type }: Change): Run['cause'] {
  return `${entity} ${happened[type]}`
}

export function triggerOf({ entity, id, type, before: old, after }: Change): JsonObject {
  const data = after ?? old
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
