import type { TriggerConfig } from '../../core/app/flow.ts'
import type { Plan, PlanResult } from '../../core/plan.ts'
import type { ChatMessage } from '../../core/chat.ts'
import { hookAbout } from '../../planner/changes/hook-source.ts'
import { obstacleOf } from '../../planner/runnable.ts'
import { revise } from '../../planner/revise.ts'
import type { PlannerContext } from '../../planner/context.ts'

type DescribeTrigger = (config: TriggerConfig, now: Date) => { words: string; nextTimes: string[] }
export type Answering = {
  plan: (prompt: string, context: PlannerContext) => PlanResult
  describeTrigger: DescribeTrigger
  context: PlannerContext
}

/** The reply to a prompt: a plan card when it can be built here, else one sentence and what can be tried. `previous` is the open plan's prompt. */
export function answer(text: string, previous: string | null, { plan, describeTrigger, context }: Answering): ChatMessage {
  const base = { id: crypto.randomUUID(), at: context.now.toISOString() }
  const prompt = (previous !== null && revise(previous, text)) || text
  const result = plan(prompt, context)
  switch (result.outcome) {
    case 'clarify':
      return { ...base, kind: 'text', text: result.question, suggestions: result.suggestions }
    case 'unsupported':
      return { ...base, kind: 'text', text: result.message, suggestions: [] }
    case 'plan': {
      const obstacle = obstacleOf(result.plan, context)
      if (obstacle) return { ...base, kind: 'text', text: obstacle.message, suggestions: obstacle.suggestions }
      const { words, nextTimes } = describeTrigger(triggerConfig(result.plan), context.now)
      const when = result.plan.trigger.kind === 'record' ? result.plan.trigger.condition : undefined
      const about = result.plan.trigger.kind === 'webhook' ? hookAbout(result.plan.trigger) : null
      return {
        ...base,
        kind: 'plan',
        prompt,
        plan: result.plan,
        triggerWords: when ? `${words}, when its ${when.field} becomes “${when.value}”` : about ? `${words} about ${about}` : words,
        nextTimes,
        state: 'proposed',
      }
    }
  }
}

const events = { created: 'create', updated: 'update', deleted: 'delete' } as const

/** A plan's trigger as the flow will have it. */
export function triggerConfig({ trigger }: Plan): TriggerConfig {
  switch (trigger.kind) {
    case 'schedule':
      return { trigger_type: 'scheduled', schedule_mode: 'recurring', cron_expression: trigger.cron, timezone: trigger.timezone }
    case 'record':
      return {
        trigger_type: 'entity',
        entity_name: trigger.entity,
        events: trigger.condition ? ['create', 'update'] : [events[trigger.event]],
      }
    case 'connector':
      return { trigger_type: 'connector', integration_type: trigger.connector, events: [trigger.event] }
    case 'webhook':
      return { trigger_type: 'webhook', source: trigger.source }
    default:
      return { trigger_type: 'manual' }
  }
}
