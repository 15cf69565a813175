import type { Flow } from '../../core/app/flow.ts'
import { AppError } from '../../core/errors.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { readTrigger } from './armed-flow.ts'
import { deliveryTrigger } from './delivery.ts'

type Circumstances = { newestRecord: (entity: string) => Promise<JsonObject | null>; at: number }

/** What a flow that is run by hand finds in its trigger: `data` where it is given, else the newest record. Throws `validation` when there is none. */
export async function exampleTrigger(flow: Flow, data: Json | undefined, { newestRecord, at }: Circumstances): Promise<Json> {
  const trigger = readTrigger(flow)
  switch (trigger.kind) {
    case 'manual':
      return { type: 'manual', data: data ?? {} }
    case 'other':
      return { type: trigger.type, data: data ?? {} }
    case 'webhook': {
      const delivery = { id: 'example', receivedAt: new Date(at).toISOString(), headers: {}, query: {} }
      return deliveryTrigger({ ...delivery, data: data ?? trigger.config.example ?? {} })
    }
    case 'schedule':
      return { type: 'scheduled', data: data ?? { scheduled_for: new Date(at).toISOString(), timezone: trigger.config.timezone } }
    case 'record': {
      const { entity_name: entity, events } = trigger.config
      const record = (data ?? (await newestRecord(entity))) as JsonObject | null
      if (record === null)
        throw new AppError('validation', `There is no ${entity} record to try “${flow.name}” with. Add one under Data, then run it.`)
      const type = events[0] ?? 'create'
      const old = type === 'update' ? record : null
      return { type, entity_name: entity, entity_id: record.id ?? null, data: record, old_data: old, changed_fields: [] }
    }
  }
}
