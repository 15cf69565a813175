import type { Plan, PlanAction, PlanResult, PlanTool, PlanTrigger } from '../core/plan.ts'
import { blueprintOf, itemsOf } from './changes/blueprint.ts'
import { emailField } from './changes/entity-file.ts'
import { recipeFor } from './changes/recipes.ts'
import type { PlannerContext } from './context.ts'
import type { Reading } from './reading.ts'
import { messageIn, slotsFor } from './slots.ts'
import { understand } from './understand.ts'

type Understood = Extract<Reading, { outcome: 'plan' }>

/**
 * The offline planner: what a prompt asks for, fitted to this app. Pure and deterministic. A plan may name tools that cannot be
 * built here; `obstacleOf` says so, and `toChangeSet` refuses.
 */
export function plan(prompt: string, context: PlannerContext): PlanResult {
  const reading = understand(
    prompt,
    context.model.entities.map(({ entity }) => entity.name),
  )
  switch (reading.outcome) {
    case 'clarify':
      return { outcome: 'clarify', ...questionFor(reading.why) }
    case 'unsupported':
      return { outcome: 'unsupported', message: refusal(reading.unsupported), unsupported: reading.unsupported }
    case 'plan':
      return { outcome: 'plan', plan: toPlan(reading, context) }
  }
}

function toPlan(reading: Understood, context: PlannerContext): Plan {
  const trigger = triggerOf(reading, context)
  const actions = actionsOf(reading, trigger, context)
  const blueprint = blueprintOf({ trigger, actions }, context)
  const subject = trigger.kind === 'record' ? blueprint.entity : trigger.kind === 'webhook' ? blueprint.made[0] : null
  const slots = slotsFor(reading.text, [...blueprint.reads, ...blueprint.writes], {
    model: context.model,
    emailField: subject ? emailField(subject.entity) : null,
  })
  const values = Object.fromEntries(slots.map(({ id, value }) => [id, value]))
  return {
    title: blueprint.title,
    trigger,
    actions,
    items: itemsOf(blueprint, context, values),
    tools: toolsOf(actions, context),
    slots,
    mode: reading.connectors.length > 0 ? reading.mode : null,
  }
}

function triggerOf({ trigger, entities }: Understood, context: PlannerContext): PlanTrigger {
  switch (trigger.kind) {
    case 'schedule':
      return { kind: 'schedule', cron: trigger.cron, timezone: trigger.timezone ?? context.timezone }
    case 'record':
      return {
        kind: 'record',
        entity: trigger.entity ?? entities[0] ?? context.model.entities[0]?.entity.name ?? 'Item',
        event: trigger.event,
        ...(trigger.condition && { condition: trigger.condition }),
      }
    case 'connector':
      return { kind: 'connector', connector: catalogueId(trigger.connector), event: trigger.event }
    default:
      return trigger
  }
}

/** `slackuser` of the vocabulary is `slack` in the catalogue. */
const catalogueId = (id: string): string => (id === 'slackuser' ? 'slack' : id)

function actionsOf({ actions, text, entities, trigger: read }: Understood, trigger: PlanTrigger, { model }: PlannerContext): PlanAction[] {
  const message = messageIn(text)
  const steps = actions.map((action): PlanAction => {
    const id = catalogueId(action.connector)
    const direct = (id === 'slackbot' || id === 'slack') && action.verb === 'send' && /\b(?:dm|direct message)s?\b/i.test(text)
    const step = { ...action, connector: id, object: direct ? 'dm' : action.object }
    const recipe = recipeFor(step)
    return { ...step, ...(recipe && { action: recipe.action }), ...(message && recipe && !recipe.line && { values: { message } }) }
  })
  const reads = steps.some(step => step.verb === 'read' || step.verb === 'search')
  // A digest without a tool to read from is made of the app's own data.
  const about =
    entities.find(name => !steps.some(step => step.connector === 'app' && step.object === name)) ??
    (wantsDigest(text) ? (model.entities[0]?.entity.name ?? 'Item') : undefined)
  const own =
    trigger.kind !== 'record' &&
    trigger.kind !== 'webhook' &&
    read.kind !== 'connector' &&
    !reads &&
    about !== undefined &&
    steps.some(step => step.connector !== 'app')
  return own ? [{ connector: 'app', verb: 'read', object: about }, ...steps] : steps
}

const wantsDigest = (text: string): boolean =>
  /\b(?:summary|summaries|digest|report|recap|overview|list|metrics|kpis?|activity|data|records?|stats|statistics|numbers|roundup)\b/i.test(
    text,
  )

function toolsOf(actions: readonly PlanAction[], { connectors }: PlannerContext): PlanTool[] {
  const ids = [...new Set(actions.map(({ connector }) => connector))].filter(id => id !== 'app')
  return ids.map(connector => {
    const facts = connectors.find(known => known.id === connector)
    const used = [...new Set(actions.flatMap(step => (step.connector === connector && step.action ? [step.action] : [])))]
    const scopes = new Set(facts?.actions.filter(({ id }) => used.includes(id)).flatMap(({ scopes }) => [...scopes]))
    return {
      connector,
      actions: used,
      permissions: [...scopes].map(scope => ({ scope, text: facts?.permissions.find(known => known.scope === scope)?.text ?? scope })),
    }
  })
}

function refusal(names: readonly string[]): string {
  const list = names.length < 2 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  return `I don't know ${list} yet, so I left everything as it is.`
}

function questionFor(why: Extract<Reading, { outcome: 'clarify' }>['why']): { question: string; suggestions: string[] } {
  const examples = [
    'Post a message to the Slack #support channel when a new ticket is created',
    'Send me a daily email with my to-do list using Gmail',
  ]
  switch (why) {
    case 'empty':
      return { question: 'What should the app do, and when?', suggestions: examples }
    case 'question':
      return {
        question: 'I build flows and can’t answer questions about your data yet. What should happen, and when?',
        suggestions: examples,
      }
    case 'edit':
      return { question: 'Which flow do you mean? Describe the whole of it, or change it on the Flows screen.', suggestions: [] }
    case 'service':
      return { question: 'Where should it be sent? Name a tool, such as Slack or Gmail.', suggestions: examples }
    case 'action':
      return { question: 'What should happen, and with which tool?', suggestions: examples }
  }
}
