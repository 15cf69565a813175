import type { Entity } from '../../core/app/entity.ts'
import type { Plan, PlanAction, PlanItem } from '../../core/plan.ts'
import type { PlannerContext } from '../context.ts'
import { placeForAccount } from './account-place.ts'
import { plural } from '../language/words.ts'
import { existingEntity, newEntity, titleOf, wordsOfName } from './entity-file.ts'
import { hookNoun } from './hook-source.ts'
import { camelCase, freeName } from './naming.ts'
import { recipeFor, type Recipe } from './recipes.ts'

export type Step = { action: PlanAction; recipe: Recipe }
/** What a plan comes to in an app: the names its files get, which of them are there already, and its steps. */
export type Blueprint = {
  title: string
  functionName: string
  flowName: string
  /** The data it is triggered by or reads; null when it uses none. */
  entity: { entity: Entity; file: string; exists: boolean } | null
  /** Further data it makes. */
  made: Array<{ entity: Entity; file: string; exists: boolean }>
  reads: Step[]
  writes: Step[]
  digest: boolean
}

type Wanted = Pick<Plan, 'trigger' | 'actions'> & { entitySlot?: string }

/** Fits a plan to an app. The same plan and app give the same names; a name that is taken gets a number. */
export function blueprintOf({ trigger, actions, entitySlot }: Wanted, { model, connectors }: PlannerContext): Blueprint {
  const outside = actions.filter(action => action.connector !== 'app')
  const steps = outside.flatMap(action => {
    const recipe = recipeFor(action)
    return recipe ? [{ action, recipe }] : []
  })
  const reads = steps.filter(({ recipe }) => recipe.line)
  const writes = steps.filter(({ recipe }) => !recipe.line)
  const ownRead = actions.find(action => action.connector === 'app' && action.verb === 'read')
  const name = trigger.kind === 'record' ? trigger.entity : ownRead?.object
  const condition = trigger.kind === 'record' ? trigger.condition : undefined
  const entity = name === undefined ? null : placed(entitySlot ?? name, model, condition)
  const made = actions.filter(action => action.connector === 'app' && action.verb === 'create').map(action => placed(action.object, model))

  const nameOf = (id: string): string =>
    (connectors.find(facts => facts.id === id)?.name ?? id).replace(/^Google (?!Drive)/, '').replace(/ (?:Bot|User)$/, '')
  const target = writes[0] ? nameOf(writes[0].recipe.connector) : made[0] ? plural(wordsOfName(made[0].entity.name)) : 'run'
  const noun = entity
    ? wordsOfName(entity.entity.name)
    : trigger.kind === 'webhook'
      ? `${hookNoun(trigger)}${!trigger.sender && made[0] && writes.length > 0 ? ` ${wordsOfName(made[0].entity.name)}` : ''}`
      : reads[0]
        ? nameOf(reads[0].recipe.connector)
        : ''
  const title = titleFor(trigger, noun, target, writes[0])
  const flowName = freeName(
    title,
    model.flows.map(flow => flow.name),
    ' ',
  )
  const functionName = freeName(
    camelCase(
      functionWords(
        trigger,
        reads[0] && !entity && trigger.kind !== 'webhook' ? reads[0].action.object : noun,
        target,
        writes[0],
        flowName,
      ),
    ),
    model.functions.map(fn => fn.name),
  )
  return {
    title: flowName,
    functionName,
    flowName,
    entity,
    made,
    reads,
    writes,
    digest: trigger.kind !== 'record' && ownRead !== undefined,
  }
}

function placed(
  name: string,
  model: PlannerContext['model'],
  condition?: { field: string; value: string },
): { entity: Entity; file: string; exists: boolean } {
  const known = existingEntity(model, name)
  const file = known && model.entities.find(({ entity }) => entity === known)?.file
  if (known && file) return { entity: known, file, exists: true }
  const taken = model.problems.map(problem => /^(?:base44\/)?entities\/(.+)\.jsonc?$/.exec(problem.path)?.[1] ?? '')
  const entity = newEntity(freeName(name, taken), condition)
  return { entity, file: `${rootOf(model)}entities/${entity.name}.jsonc`, exists: false }
}

/** Where the app's files lie: a Base44 project has them below `base44/`. */
export function rootOf(model: PlannerContext['model']): string {
  const files = [...model.entities, ...model.functions, ...model.flows, ...model.connectors].map(({ file }) => file)
  return files.some(file => file.startsWith('base44/')) ? 'base44/' : ''
}

const cadence = (cron: string): string => {
  const [minute, hour, dayOfMonth, , dayOfWeek] = cron.split(' ')
  if (dayOfWeek === '1-5') return 'weekday'
  if (dayOfWeek !== '*') return 'weekly'
  if (dayOfMonth !== '*' && !dayOfMonth?.startsWith('*/')) return 'monthly'
  if (hour === '*' || hour?.startsWith('*/')) return minute === '0' ? 'hourly' : 'regular'
  return 'daily'
}

function titleFor(trigger: Plan['trigger'], noun: string, target: string, first: Step | undefined): string {
  const isMail = first?.recipe.connector === 'gmail'
  switch (trigger.kind) {
    case 'record': {
      const what =
        trigger.event === 'created' ? `New ${noun}` : trigger.condition ? `${trigger.condition.value} ${noun}` : `${trigger.event} ${noun}`
      return titleOf(safe(`${what} to ${isMail ? 'email' : target}`))
    }
    case 'schedule':
      return titleOf(safe(`${cadence(trigger.cron)} ${noun ? `${noun} ` : ''}${isMail ? 'email' : `to ${target}`}`))
    default:
      return titleOf(safe(`${noun ? `${noun} to ` : ''}${isMail ? 'email' : target}${noun ? '' : ' on request'}`))
  }
}

function functionWords(trigger: Plan['trigger'], noun: string, target: string, first: Step | undefined, title: string): string {
  const verbs: Record<string, string> = {
    sendEmail: 'email',
    createDraft: 'draft',
    postMessage: 'post',
    sendDirectMessage: 'message',
    appendRow: 'add',
    createEvent: 'schedule',
    uploadFile: 'save',
    createIssue: 'report',
    setStatus: 'show',
  }
  const verb = first && verbs[first.recipe.action]
  if (!verb) return title
  const what = trigger.kind === 'record' ? `${trigger.event === 'created' ? 'new' : trigger.event} ${noun}` : noun ? plural(noun) : 'update'
  return safe(verb === 'email' || verb === 'draft' || verb === 'message' ? `${verb} ${what}` : `${verb} ${what} to ${target}`)
}

/** Only what a file name may hold everywhere. */
const safe = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9 _-]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 60)
    .trim() || 'New flow'

/** The card's list of what will be created, in the order a person would read it. */
export function itemsOf(blueprint: Blueprint, { model, connectors }: PlannerContext, slots: Readonly<Record<string, string>>): PlanItem[] {
  const entities = [blueprint.entity, ...blueprint.made].filter(found => found !== null)
  const seen = new Set<string>()
  const steps = [...blueprint.reads, ...blueprint.writes]
  const words = steps.map(({ recipe }) => recipe.words(slots[recipe.slots[0]?.id ?? ''] ?? ''))
  const used = [...new Set(steps.map(({ recipe }) => recipe.connector))]
  return [
    ...entities
      .filter(({ entity }) => !seen.has(entity.name) && seen.add(entity.name))
      .map(({ entity, exists }): PlanItem => ({
        kind: 'entity',
        name: entity.name,
        title: entity.title ?? titleOf(wordsOfName(entity.name)),
        summary: Object.keys(entity.properties)
          .slice(0, 5)
          .map(name => (entity.properties[name]?.title ?? name).toLowerCase())
          .join(', '),
        exists,
      })),
    {
      kind: 'function',
      name: blueprint.functionName,
      title: blueprint.functionName,
      summary: titleOf(listed(words) || 'makes the records'),
      exists: false,
    },
    { kind: 'flow', name: blueprint.flowName, title: blueprint.title, summary: '1 step', exists: false },
    ...used.map((id): PlanItem => {
      const facts = connectors.find(known => known.id === id)
      const exists = model.connectors.some(({ connector }) => connector.type === id)
      return {
        kind: 'connector',
        name: id,
        title: facts?.name ?? id,
        summary: listed(
          steps
            .filter(step => step.recipe.connector === id)
            .map(step => facts?.actions.find(known => known.id === step.recipe.action)?.title ?? step.recipe.action),
        ),
        exists,
      }
    }),
    ...used.flatMap((id): PlanItem[] => {
      const shown = entities.map(({ entity }) => entity.name)
      const place = placeForAccount(model, id, shown)
      if (!place) return []
      const tool = connectors.find(known => known.id === id)?.name ?? id
      const { name, title } = place.page
      return [{ kind: 'page', name, title, summary: `Each user connects their ${tool} there`, exists: false, mode: 'app-user' }]
    }),
  ]
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')}, then ${parts.at(-1)}`
}
