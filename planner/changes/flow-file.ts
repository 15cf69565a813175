import type { Entity } from '../../core/app/entity.ts'
import type { Flow } from '../../core/app/flow.ts'
import type { Plan } from '../../core/plan.ts'
import { listedValue } from './entity-file.ts'
import type { Blueprint } from './blueprint.ts'
import { hookCondition, hookExample } from './hook-source.ts'
import { variableOf } from './naming.ts'

const verbs = { created: 'create', updated: 'update', deleted: 'delete' } as const

/** The workflow that calls the function: Serverless Workflow 1.0 in Base44's shape. */
export function flowFile({ flowName, title, functionName, entity, made }: Blueprint, trigger: Plan['trigger'], description: string): Flow {
  const record = trigger.kind === 'record' && entity ? entity.entity : null
  const given = record ? variableOf(record.name) : trigger.kind === 'webhook' ? 'body' : null
  return {
    name: title,
    description,
    is_active: true,
    trigger: triggerOf(trigger, record?.name ?? '', condition(trigger, entity), made[0]?.entity ?? null),
    definition: {
      document: { dsl: '1.0.0', namespace: 'plugboard', name: slug(flowName), version: '1.0.0' },
      do: [
        {
          [stepName(functionName)]: {
            call: 'invoke_backend_function',
            with: { function_name: functionName, ...(given && { args: { [given]: '${ .trigger.data }' } }) },
            'x-plugboard': { title },
          },
        },
      ],
    },
  }
}

function triggerOf(trigger: Plan['trigger'], entityName: string, when: string | null, made: Entity | null): Flow['trigger'] {
  switch (trigger.kind) {
    case 'schedule':
      return {
        config: { trigger_type: 'scheduled', schedule_mode: 'recurring', cron_expression: trigger.cron, timezone: trigger.timezone },
      }
    case 'record':
      // A record can be made with the value as well as be given it later.
      return {
        ...(when && { condition: when }),
        config: { trigger_type: 'entity', entity_name: entityName, events: when ? ['create', 'update'] : [verbs[trigger.event]] },
      }
    case 'webhook': {
      const condition = hookCondition(trigger)
      return {
        ...(condition && { condition }),
        config: { trigger_type: 'webhook', source: trigger.source, example: hookExample(trigger, made) },
      }
    }
    default:
      return { config: { trigger_type: 'manual' } }
  }
}

/** True at the change that gives the field its value, and not at later changes of other fields. */
function condition(trigger: Plan['trigger'], entity: Blueprint['entity']): string | null {
  if (trigger.kind !== 'record' || !trigger.condition || !entity) return null
  const { field } = trigger.condition
  const value = JSON.stringify(listedValue(entity.entity, field, trigger.condition.value))
  const path = /^[A-Za-z_]\w*$/.test(field) ? `.${field}` : `[${JSON.stringify(field)}]`
  return `\${ .trigger.data${path} == ${value} and .trigger.old_data${path} != ${value} }`
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'flow'
const stepName = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
