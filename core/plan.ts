import { z } from 'zod'
import { connectionMode } from './app/connector-file.ts'
import { hookSource } from './app/flow.ts'

export const planTrigger = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('schedule'), cron: z.string(), timezone: z.string() }),
  z.object({
    kind: z.literal('record'),
    entity: z.string(),
    event: z.enum(['created', 'updated', 'deleted']),
    /** “marked as high priority”: it runs when this field becomes this value. */
    condition: z.object({ field: z.string(), value: z.string() }).optional(),
  }),
  z.object({ kind: z.literal('manual') }),
  z.object({ kind: z.literal('connector'), connector: z.string(), event: z.string() }),
  z.object({
    kind: z.literal('webhook'),
    /** The tool that sends it, where it is named. */
    sender: z.string().nullable().default(null),
    source: hookSource.default('any'),
    /** What it is about, in the sender's own name for it. */
    event: z.string().nullable().default(null),
  }),
  z.object({ kind: z.literal('page'), via: z.enum(['load', 'button', 'form']) }),
])
export type PlanTrigger = z.infer<typeof planTrigger>

export const planAction = z.object({
  connector: z.string(),
  verb: z.string(),
  object: z.string(),
  action: z.string().optional(),
  values: z.record(z.string(), z.string()).optional(),
})
export type PlanAction = z.infer<typeof planAction>

/** A tool the plan needs: what it must be allowed to do, in plain words first. */
export const planTool = z.object({
  connector: z.string(),
  actions: z.array(z.string()),
  permissions: z.array(z.object({ scope: z.string(), text: z.string() })),
})
export type PlanTool = z.infer<typeof planTool>

/** The kinds of parts that a plan is made of. */
export const partKinds = ['entity', 'function', 'flow', 'connector', 'page'] as const

/**
 * Something the plan will create or change. `exists` says that it is there already and stays as it is. `mode`: only when the accounts are
 * to be those, which the user may still choose.
 */
export const planItem = z.object({
  kind: z.enum(partKinds),
  name: z.string(),
  title: z.string(),
  summary: z.string(),
  exists: z.boolean(),
  mode: connectionMode.optional(),
})
export type PlanItem = z.infer<typeof planItem>

/** A value the prompt did not give, asked for in the card: a channel, a recipient, a sheet. */
export const planSlot = z.object({ id: z.string(), label: z.string(), placeholder: z.string(), value: z.string(), required: z.boolean() })
export type PlanSlot = z.infer<typeof planSlot>

export const plan = z.object({
  title: z.string(),
  trigger: planTrigger,
  actions: z.array(planAction),
  items: z.array(planItem),
  tools: z.array(planTool),
  slots: z.array(planSlot),
  /** `ask`: the prompt does not say whose account is meant. */
  mode: z.enum(['ask', 'shared', 'app-user']).nullable(),
})
export type Plan = z.infer<typeof plan>

export const planResult = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('plan'), plan }),
  z.object({ outcome: z.literal('clarify'), question: z.string(), suggestions: z.array(z.string()) }),
  z.object({ outcome: z.literal('unsupported'), message: z.string(), unsupported: z.array(z.string()) }),
])
export type PlanResult = z.infer<typeof planResult>

/** What the user chose on the plan card. */
export const planChoices = z.object({ mode: connectionMode.default('shared'), slots: z.record(z.string(), z.string()).default({}) })
export type PlanChoices = z.infer<typeof planChoices>

/** Exact file changes, applied as one undoable step. `text: null` deletes. */
export const changeSet = z.object({
  title: z.string(),
  files: z.array(z.object({ path: z.string(), text: z.string().nullable() })).min(1),
})
export type ChangeSet = z.infer<typeof changeSet>
