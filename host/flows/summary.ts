import type { z } from 'zod'
import { tools } from '../../connectors/catalogue.ts'
import type { Flow } from '../../core/app/flow.ts'
import { hooksOf } from '../../core/app/hooks.ts'
import type { AppModel } from '../../core/app/model.ts'
import { readTask } from '../../core/app/task.ts'
import { builder } from '../../core/app-user.ts'
import { modeOf, needsOf } from '../../core/app/uses.ts'
import type { HeldAccount } from '../../core/contract/credentials.ts'
import type { flowSummary } from '../../core/contract/host.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Run } from '../../core/run.ts'
import { readTrigger } from './armed-flow.ts'
import { parseSchedule } from './cron.ts'
import { inputOf, inWords, stepAfter, stepsOf, type Step } from './definition.ts'
import { expressionsIn, parseTemplate } from './expressions.ts'
import type { Jq } from './jq.ts'
import { lackOf, ownLackOf } from './lack.ts'
import { parsePlainPath } from './plain-path.ts'
import { describeTrigger } from './trigger-words.ts'

export type FlowSummary = z.infer<typeof flowSummary>

type Options = {
  model: AppModel
  accounts: { shared: readonly HeldAccount[]; own: readonly HeldAccount[] | null } | null
  jq: Jq
  now: Date
  lastRun: (name: string) => Promise<Run | null>
}

/** A flow as people read it. `accounts: null` when they are not known; `own: null` where each user has others. */
export async function summarize({ name, file, flow }: AppModel['flows'][number], options: Options): Promise<FlowSummary> {
  const steps = stepsOf(flow.definition.do)
  return {
    name,
    file,
    title: flow.name,
    description: flow.description ?? '',
    active: flow.is_active,
    trigger: describeTrigger(flow.trigger.config, options.now),
    blockedBy: await blockedBy(name, flow, steps, options),
    steps: steps.map(step => ({ name: step.name, title: step.title, kind: step.kind, ...detailOf(step, options.model) })),
    lastRun: await options.lastRun(name),
  }
}

function detailOf({ task }: Step, model: AppModel): { detail: string; connector: string | null } {
  const read = readTask(task)
  switch (read.kind) {
    case 'action': {
      const { connector, action } = read.task.with
      const known = tools[connector]
      return { detail: `${known?.name ?? connector} · ${known?.actions[action]?.title ?? inWords(action)}`, connector }
    }
    case 'function': {
      const { function_name: name } = read.task.with
      const used = connectorsOf(model, name)
      const [only = null] = used
      return {
        detail: [`Function ${name}`, ...used.map(id => tools[id]?.name ?? id)].join(' · '),
        connector: used.length === 1 ? only : null,
      }
    }
    case 'switch': {
      const cases = read.task.switch.length
      return { detail: `${cases} ${cases === 1 ? 'case' : 'cases'}`, connector: null }
    }
    case 'wait':
      return { detail: `For ${durationInWords(read.task.wait)}`, connector: null }
  }
}

function connectorsOf(model: AppModel, functionName: string): string[] {
  const uses = model.functions.find(({ name }) => name === functionName)?.uses ?? []
  return [...new Set(uses.map(({ connector }) => connector))]
}

/** The first thing that keeps a flow from running as it stands, or null. */
async function blockedBy(name: string, flow: Flow, steps: Step[], { model, accounts, jq }: Options): Promise<FlowSummary['blockedBy']> {
  try {
    checkTrigger(flow, model)
    checkNames(steps)
    for (const [index, step] of steps.entries()) checkStep(steps, index, step, model)
    for (const step of steps) for (const text of expressionsOf(step)) await checkExpression(text, `Step “${step.title}”`, jq)
    if (flow.trigger.condition)
      for (const text of conditionsIn(flow.trigger.condition)) await checkExpression(text, 'The condition of the trigger', jq)
  } catch (error) {
    return { message: AppError.from(error).message }
  }
  if (!accounts) return null
  const { shared = [], own = [] } = Object.groupBy(
    steps.flatMap(({ task }) => needsOf(task, model)),
    ({ connector }) => (modeOf(model, connector) === 'shared' ? 'shared' : 'own'),
  )
  // What one user lacks keeps only the runs of that user from going on.
  const lack = lackOf(shared, accounts.shared) ?? (accounts.own && ownLackOf(own, name, builder, accounts.own))
  return lack && { message: lack.message, ...(lack.action && { action: lack.action }) }
}

function checkTrigger(flow: Flow, model: AppModel): void {
  const trigger = readTrigger(flow)
  if (trigger.kind === 'schedule') parseSchedule(trigger.config)
  if (trigger.kind === 'other') throw invalid('This version of Plugboard does not fire this trigger. You can run the flow by hand.')
  if (trigger.kind === 'webhook') checkHook(flow, model)
  if (trigger.kind !== 'record') return
  const { entity_name: entity } = trigger.config
  if (!model.entities.some(known => known.entity.name === entity))
    throw invalid(`There is no table “${entity}” that could start it. Create it, or choose another.`)
}

function checkHook(flow: Flow, model: AppModel): void {
  const hooks = hooksOf(model)
  const own = hooks.find(hook => model.flows.some(known => known.flow === flow && known.name === hook.flow))
  const other = hooks.find(hook => hook.name === own?.name && hook.flow !== own.flow)
  if (other) throw invalid(`“${other.title}” has the same web address. Give one of the two another hook_name.`)
}

function checkNames(steps: Step[]): void {
  const twice = steps.find((step, index) => steps.findIndex(other => other.name === step.name) !== index)
  if (twice) throw invalid(`Two steps are named “${twice.name}”. Give each a name of its own.`)
}

function checkStep(steps: Step[], index: number, { task, title }: Step, model: AppModel): void {
  const read = readTask(task)
  stepAfter(steps, index, task.then)
  if (read.kind === 'switch') for (const item of read.task.switch) for (const { then } of Object.values(item)) stepAfter(steps, index, then)
  if (read.kind === 'function') {
    const name = read.task.with.function_name
    if (!model.functions.some(known => known.name === name))
      throw invalid(`Step “${title}” calls the function “${name}”, which does not exist.`)
  }
  if (read.kind !== 'action') return
  const { connector, action } = read.task.with
  const known = tools[connector]
  if (!known) throw invalid(`Step “${title}” uses the tool “${connector}”, which Plugboard does not know.`)
  if (!known.actions[action]) throw invalid(`Step “${title}” uses “${action}”, which ${known.name} does not offer.`)
}

function expressionsOf({ task }: Step): string[] {
  const read = readTask(task)
  if (read.kind !== 'switch') return checkedExpressions(inputOf(task))
  return read.task.switch.flatMap(item => Object.values(item).flatMap(({ when }) => (when === undefined ? [] : conditionsIn(when))))
}

function conditionsIn(text: string): string[] {
  return text.includes('${') ? checkedExpressions(text) : [text]
}

/** Unlike `expressionsIn`, says when one is not closed. */
function checkedExpressions(value: Json): string[] {
  if (typeof value === 'string' && value.includes('${')) parseTemplate(value)
  else if (value !== null && typeof value === 'object') for (const item of Object.values(value)) checkedExpressions(item)
  return expressionsIn(value)
}

async function checkExpression(text: string, where: string, jq: Jq): Promise<void> {
  const problem = parsePlainPath(text) ? null : await jq.check(text)
  if (problem) throw invalid(`${where} has an expression that cannot be read: “${text}” (${problem.replace(/\.$/, '')}).`)
}

function durationInWords(wait: unknown): string {
  const amounts: [number, string][] = []
  if (typeof wait === 'string') {
    for (const [, amount, unit] of wait.matchAll(/(\d+(?:\.\d+)?)([DHMS])/g))
      amounts.push([Number(amount), { D: 'day', H: 'hour', M: 'minute', S: 'second' }[unit ?? ''] ?? ''])
  } else if (typeof wait === 'object' && wait !== null) {
    for (const [unit, amount] of Object.entries(wait))
      if (typeof amount === 'number' && amount) amounts.push([amount, unit.replace(/s$/, '')])
  }
  return amounts.map(([amount, unit]) => `${amount} ${unit}${amount === 1 ? '' : 's'}`).join(' ') || 'no time'
}

function invalid(message: string): AppError {
  return new AppError('validation', message)
}
