import { z } from 'zod'
import { connectorId, entityName, functionName, hookName } from './names.ts'

const recordTrigger = z.looseObject({
  trigger_type: z.literal('entity'),
  entity_name: entityName,
  events: z.array(z.enum(['create', 'update', 'delete'])).min(1),
})
const scheduleTrigger = z.looseObject({
  trigger_type: z.literal('scheduled'),
  schedule_mode: z.literal('recurring').default('recurring'),
  /** Five fields, as in crontab(5). */
  cron_expression: z.string().min(9),
  /** IANA name, for example Europe/Berlin. */
  timezone: z.string().min(1),
})
/**
 * How requests show who sends them. `any`: they have the hook's secret in a header or in their address. All others are signed with it:
 * `hmac` in a header that one names, `standard` as standardwebhooks.com has it, the rest in the ways of these services.
 */
export const hookSource = z.enum(['any', 'hmac', 'standard', 'github', 'slack', 'stripe'])
export type HookSource = z.infer<typeof hookSource>
/** Fires for requests to an address of its own, on a relay. */
const webhookTrigger = z.looseObject({
  trigger_type: z.literal('webhook'),
  /** Without it the hook is called after the flow's file. */
  hook_name: hookName.optional(),
  source: hookSource.default('any'),
  /** For `hmac`: which header has the signature, as hex or base64. */
  signature_header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,60}$/, 'Use the name of a header.')
    .optional(),
  /** What “Run now” takes for the body of a request. */
  example: z.json().optional(),
})
const manualTrigger = z.looseObject({ trigger_type: z.literal('manual') })
/** A trigger of Base44's vocabulary that this host does not fire: the file opens and says so, and nothing is lost. */
const otherTrigger = z.looseObject({
  trigger_type: z.enum(['connector', 'in_app_agent', 'app_user_auth', 'app_publish', 'app_payment']),
})

export const triggerConfig = z.discriminatedUnion('trigger_type', [
  recordTrigger,
  scheduleTrigger,
  webhookTrigger,
  manualTrigger,
  otherTrigger,
])
export type TriggerConfig = z.infer<typeof triggerConfig>

/** Runtime expressions are jq between `${` and `}`, as Serverless Workflow 1.0 §Runtime expressions has them. */
const xPlugboard = z.looseObject({ title: z.string().optional(), description: z.string().optional() })
const common = { 'x-plugboard': xPlugboard.optional(), 'x-base44': xPlugboard.optional(), then: z.string().optional() }

const duration = z.union([
  z.string().regex(/^P(?!$)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/, 'Write a wait as an ISO 8601 duration, for example PT30S.'),
  z.object({ days: z.number(), hours: z.number(), minutes: z.number(), seconds: z.number(), milliseconds: z.number() }).partial(),
])

export const callFunctionTask = z.looseObject({
  call: z.literal('invoke_backend_function'),
  with: z.looseObject({ function_name: functionName, args: z.json().optional() }),
  ...common,
})
export const callActionTask = z.looseObject({
  call: z.literal('invoke_connector_action'),
  with: z.looseObject({
    connector: connectorId,
    action: z.string().min(1),
    /** Name of a connection; without it the app's default one is used. */
    connection: z.string().optional(),
    input: z.json().optional(),
  }),
  ...common,
})
export const switchTask = z.looseObject({
  switch: z.array(z.record(z.string(), z.looseObject({ when: z.string().optional(), then: z.string() }))).min(1),
  ...common,
})
export const waitTask = z.looseObject({ wait: duration, ...common })

export const task = z.union([callFunctionTask, callActionTask, switchTask, waitTask])
export type Task = z.infer<typeof task>
export type CallFunctionTask = z.infer<typeof callFunctionTask>
export type CallActionTask = z.infer<typeof callActionTask>
export type SwitchTask = z.infer<typeof switchTask>
export type WaitTask = z.infer<typeof waitTask>

/** Each item of `do` names one task, as Serverless Workflow 1.0 has it. */
export const taskItem = z
  .record(z.string(), task)
  .refine(item => Object.keys(item).length === 1, 'Each item of "do" names exactly one step.')

/** `workflows/<name>.jsonc`. Keys we do not know are kept. */
export const flow = z.looseObject({
  name: z.string().min(1).max(100),
  description: z.string().optional(),
  is_active: z.boolean().default(true),
  trigger: z.looseObject({ condition: z.string().optional(), config: triggerConfig }),
  definition: z.looseObject({
    document: z.looseObject({ dsl: z.string(), namespace: z.string(), name: z.string(), version: z.string() }),
    do: z.array(taskItem).min(1),
  }),
})
export type Flow = z.infer<typeof flow>
