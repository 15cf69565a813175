import type { Flow } from '../../core/app/flow.ts'
import type { AppModel } from '../../core/app/model.ts'
import { parseSchedule, type Schedule } from './cron.ts'

type Config = Flow['trigger']['config']
export type RecordConfig = Extract<Config, { trigger_type: 'entity' }>
export type WebhookConfig = Extract<Config, { trigger_type: 'webhook' }>
export type ScheduleConfig = Extract<Config, { trigger_type: 'scheduled' }>

/** A flow that is switched on and whose trigger fires by itself. `spec` changes when what it listens for does. */
export type ArmedFlow = { name: string; flow: Flow; spec: string } & (
  | { kind: 'record'; config: RecordConfig }
  | { kind: 'schedule'; config: ScheduleConfig; schedule: Schedule }
)

export function armedFlows(model: AppModel): ArmedFlow[] {
  return model.flows.flatMap(({ name, flow }): ArmedFlow[] => {
    const config = readTrigger(flow)
    if (!flow.is_active) return []
    if (config.kind === 'record') return [{ name, flow, spec: `record ${config.config.entity_name}`, ...config }]
    if (config.kind !== 'schedule') return []
    const schedule = readSchedule(config.config)
    const spec = `schedule ${config.config.cron_expression} ${config.config.timezone}`
    return schedule ? [{ name, flow, spec, schedule, ...config }] : []
  })
}

/** Unknown keys are kept in every trigger, so the compiler cannot tell them apart by the keys they have. */
export function readTrigger(
  flow: Flow,
):
  | { kind: 'record'; config: RecordConfig }
  | { kind: 'schedule'; config: ScheduleConfig }
  | { kind: 'webhook'; config: WebhookConfig }
  | { kind: 'manual' }
  | { kind: 'other'; type: string } {
  const { config } = flow.trigger
  switch (config.trigger_type) {
    case 'entity':
      return { kind: 'record', config }
    case 'scheduled':
      return { kind: 'schedule', config }
    case 'webhook':
      return { kind: 'webhook', config }
    case 'manual':
      return { kind: 'manual' }
    default:
      return { kind: 'other', type: config.trigger_type }
  }
}

function readSchedule(config: ScheduleConfig): Schedule | null {
  try {
    return parseSchedule(config)
  } catch {
    return null // `blockedBy` of the flow says what is wrong with it.
  }
}
