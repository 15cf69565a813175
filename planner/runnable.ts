import type { Plan, PlanAction } from '../core/plan.ts'
import { recipeFor } from './changes/recipes.ts'
import type { PlannerContext } from './context.ts'
import { plural } from './language/words.ts'
import { hookSenders } from './vocabulary/hook-senders.ts'
import { serviceById } from './vocabulary/services.ts'

/** Why a plan cannot be built in this version, in one sentence, with the closest things that can. */
export type Obstacle = { message: string; suggestions: string[] }

const nameOf = (id: string, { connectors }: PlannerContext): string =>
  connectors.find(facts => facts.id === id)?.name ?? serviceById.get(id)?.name ?? id

/** Null when the plan can be built and run here. */
export function obstacleOf(plan: Pick<Plan, 'trigger' | 'actions'>, context: PlannerContext): Obstacle | null {
  const outside = plan.actions.filter(action => action.connector !== 'app')
  const used = [
    ...new Set([...outside.map(action => action.connector), ...(plan.trigger.kind === 'connector' ? [plan.trigger.connector] : [])]),
  ]
  const missing = used.filter(id => !context.connectors.some(facts => facts.id === id))
  if (missing.length > 0) {
    const names = missing.map(id => nameOf(id, context))
    return {
      message: `${listed(names)} ${names.length === 1 ? 'is' : 'are'} not among the tools of this version yet, so I left everything as it is.`,
      suggestions: alternatives(plan, context),
    }
  }
  const unknown = outside.find(action => !canDo(action, context))
  if (unknown)
    return {
      message: `I can't build “${unknown.verb} ${article(unknown.object)}” with ${nameOf(unknown.connector, context)} yet, so I left everything as it is.`,
      suggestions: alternatives(plan, context),
    }
  const own = plan.actions.find(action => action.connector === 'app' && !['create', 'read'].includes(action.verb))
  if (own)
    return {
      message: `I can't build “${own.verb} ${plural(own.object.toLowerCase())}” on the app's own data yet: write it in a function, or ask for something that is sent or added.`,
      suggestions: [],
    }
  switch (plan.trigger.kind) {
    case 'connector':
      return {
        message: `Starting a flow when something happens in ${nameOf(plan.trigger.connector, context)} comes in a later version; a flow that looks on a schedule${hookSenders.has(plan.trigger.connector) ? ', or that it calls by webhook,' : ''} works today.`,
        suggestions: alternatives(plan, context),
      }
    case 'page':
      return {
        message: 'Pages and their buttons come in a later version; a flow that runs on a schedule or by hand works today.',
        suggestions: alternatives(plan, context),
      }
    default:
      return plan.actions.some(action => action.verb !== 'read' && action.verb !== 'search')
        ? null
        : {
            message: 'I know what to read, but not where it should go: say where to send or add it.',
            suggestions: alternatives(plan, context),
          }
  }
}

/** An action of the catalogue that does this step: never one that is only in our own table. */
export function canDo(action: PlanAction, { connectors }: PlannerContext): boolean {
  const recipe = recipeFor(action)
  return (
    recipe !== null && connectors.some(facts => facts.id === recipe.connector && facts.actions.some(known => known.id === recipe.action))
  )
}

/** The same work on a schedule, with the steps that can be built: each is a prompt that plans. */
function alternatives({ trigger, actions }: Pick<Plan, 'trigger' | 'actions'>, context: PlannerContext): string[] {
  const read = actions.find(action => ['read', 'search'].includes(action.verb) && canDo({ ...action, verb: 'read' }, context))
  const source =
    read?.connector ??
    (trigger.kind === 'connector' && canDo({ connector: trigger.connector, verb: 'read', object: objectRead(trigger.connector) }, context)
      ? trigger.connector
      : undefined)
  const write = actions.find(action => !['read', 'search'].includes(action.verb) && canDo(action, context) && action.connector !== source)
  const ask = write ? requestFor(write) : 'send me an email with Gmail'
  const caller = trigger.kind === 'connector' ? hookSenders.get(trigger.connector) : undefined
  const called =
    caller && trigger.kind === 'connector' && write && write.connector !== trigger.connector
      ? [`When ${caller.name} sends ${article(trigger.event.split('.')[0] ?? '')} webhook, ${ask}`]
      : []
  if (source)
    return [...called, `Every morning, read ${plural(read?.object ?? objectRead(source))} from ${plainName(source, context)} and ${ask}`]
  return write ? [`When a new record is added, ${ask}`, `Every morning, ${ask}`] : []
}

const objectRead = (id: string): string =>
  ({ gmail: 'email', googlecalendar: 'event', googlesheets: 'row', github: 'issue', googledrive: 'file' })[id] ?? 'message'
const plainName = (id: string, context: PlannerContext): string => nameOf(id, context).replace(/ (?:Bot|User)$/, '')

function requestFor({ connector }: PlanAction): string {
  const asks: Readonly<Record<string, string>> = {
    slackbot: 'post a message to Slack',
    slack: 'post a message to Slack',
    gmail: 'send me an email with Gmail',
    googlecalendar: 'create an event in Google Calendar',
    googlesheets: 'add a row to Google Sheets',
    googledrive: 'save a file to Google Drive',
    github: 'create a GitHub issue',
  }
  return asks[connector] ?? 'send me an email with Gmail'
}

const article = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
