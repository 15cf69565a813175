import { connectorFile as connectorSchema } from '../core/app/connector-file.ts'
import { entity as entitySchema } from '../core/app/entity.ts'
import { flow as flowSchema } from '../core/app/flow.ts'
import type { AppModel } from '../core/app/model.ts'
import { AppError } from '../core/errors.ts'
import type { ChangeSet, Plan, PlanChoices } from '../core/plan.ts'
import { withAccountPlaces } from './changes/account-place.ts'
import { blueprintOf, rootOf } from './changes/blueprint.ts'
import { flowFile } from './changes/flow-file.ts'
import { functionSource } from './changes/function-source.ts'
import { jsoncText } from './changes/jsonc.ts'
import { sentenceOf } from './changes/sentence.ts'
import type { PlannerContext } from './context.ts'
import { obstacleOf } from './runnable.ts'

/**
 * The exact files that carry out a plan with the user's choices: entities that are missing, the function, the flow, and what each
 * connector needs: where each user brings their own account, a place on a page to connect it, too. Existing entities stay as they are;
 * connector files gain scopes and lose none.
 * Throws `validation` when a value is missing or the plan cannot be built in this version.
 */
export function toChangeSet(plan: Plan, choices: PlanChoices, context: PlannerContext): ChangeSet {
  const obstacle = obstacleOf(plan, context)
  if (obstacle) throw new AppError('validation', obstacle.message)
  const slots = Object.fromEntries(plan.slots.map(slot => [slot.id, (choices.slots[slot.id] ?? slot.value).trim().slice(0, 500)]))
  const missing = plan.slots.find(slot => slot.required && !slots[slot.id])
  if (missing) throw new AppError('validation', `Fill in “${missing.label}” first.`)

  const blueprint = blueprintOf(plan, context)
  const root = rootOf(context.model)
  const message = plan.actions.map(action => action.values?.['message'] ?? '').find(Boolean) ?? ''
  const entities = [blueprint.entity, ...blueprint.made].filter(found => found !== null)
  const files = new Map<string, string>()
  for (const found of entities.filter(({ exists }) => !exists)) files.set(found.file, jsoncText(entitySchema.parse(found.entity)))
  files.set(`${root}functions/${blueprint.functionName}/entry.ts`, functionSource({ blueprint, trigger: plan.trigger, slots, message }))
  files.set(
    `${root}workflows/${blueprint.flowName}.jsonc`,
    jsoncText(flowSchema.parse(flowFile(blueprint, plan.trigger, sentenceOf(blueprint, plan.trigger)))),
  )
  for (const tool of plan.tools) {
    const found = connectorFileFor(
      tool.connector,
      tool.permissions.map(({ scope }) => scope),
      choices.mode,
      context.model,
    )
    if (found) files.set(found.path, found.text)
  }
  if (choices.mode === 'app-user') {
    const shown = entities.map(({ entity }) => entity.name)
    const connectors = plan.tools.map(({ connector }) => connector)
    for (const { path, text } of withAccountPlaces(context.model, connectors, shown)) files.set(path, text)
  }
  return { title: plan.title, files: [...files].map(([path, text]) => ({ path, text })) }
}

/** Null when the file is there and says it all. */
function connectorFileFor(
  type: string,
  scopes: readonly string[],
  mode: PlanChoices['mode'],
  model: AppModel,
): { path: string; text: string } | null {
  const known = model.connectors.find(({ connector }) => connector.type === type)
  if (!known)
    return { path: `${rootOf(model)}connectors/${type}.jsonc`, text: jsoncText(connectorSchema.parse({ type, scopes: [...scopes], mode })) }
  const { connector } = known
  const all = [...new Set([...connector.scopes, ...scopes])]
  if (all.length === connector.scopes.length && connector.mode === mode) return null
  return { path: known.file, text: jsoncText(connectorSchema.parse({ ...connector, scopes: all, mode })) }
}
