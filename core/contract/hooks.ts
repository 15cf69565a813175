import { z } from 'zod'
import { hookSource } from '../app/flow.ts'
import { flowName, hookName } from '../app/names.ts'
import { run } from '../run.ts'

// Below `/api/relay/apps/<appId>/hooks`, for members who may publish: the addresses that start flows of the live version.

/** Times are ISO. */
export const hookDetails = z.object({
  name: hookName,
  flow: flowName,
  title: z.string(),
  source: hookSource,
  /** For `hmac`: where the signature is looked for. */
  signatureHeader: z.string(),
  /** Where requests go. */
  url: z.string(),
  /** Whether the flow is switched on. */
  isActive: z.boolean(),
  /** Who makes the secret. What the sender makes has to be entered here before anything is taken. */
  secretFrom: z.enum(['relay', 'sender']),
  /** False: not entered yet, or it cannot be opened any more. */
  hasSecret: z.boolean(),
  secretChangedAt: z.string().nullable(),
  lastReceivedAt: z.string().nullable(),
})
export type HookDetails = z.infer<typeof hookDetails>

/** `GET` */
export const hookList = z.array(hookDetails)

/**
 * What became of a request. `waiting`: for its app to be started. `taken`: by the flow; `run` is null when the trigger's condition kept it
 * from starting one, or when the run is too old to be kept. `given_up`: it could not be handed on for days, or the live version has no
 * flow for it. `refused`: the last one that was, for this reason.
 */
export const hookDelivery = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('waiting'), at: z.string() }),
  z.object({
    outcome: z.literal('taken'),
    at: z.string(),
    run: run.pick({ id: true, state: true, waiting: true }).extend({ error: z.string().nullable(), page: z.string() }).nullable(),
  }),
  z.object({ outcome: z.literal('given_up'), at: z.string(), reason: z.string() }),
  z.object({ outcome: z.literal('refused'), at: z.string(), reason: z.string() }),
])
export type HookDelivery = z.infer<typeof hookDelivery>

/** `GET <name>/deliveries`: the last ones, newest first. */
export const hookDeliveries = z.array(hookDelivery)

/** `GET <name>/secret`. Null as in `hasSecret`. */
export const hookSecret = z.object({ secret: z.string().nullable() })

/** `POST <name>/secret`: this one, or a new one of the relay's. The one before ends at once. Answer: `hookDetails`. */
export const hookSecretRequest = z.object({
  secret: z
    .string()
    .regex(/^[\x21-\x7e]*$/, 'A secret has no spaces.')
    .min(16, 'A secret has 16 characters at least.')
    .max(500, 'A secret has 500 characters at most.')
    .optional(),
})

/** `POST <name>/sample`: a request with this JSON as its body, as its sender would sign it now. */
export const hookSampleRequest = z.object({ body: z.string().max(100_000, 'An example has 100 kB at most.') })
export const hookSample = z.object({ url: z.string(), headers: z.record(z.string(), z.string()) })
export type HookSample = z.infer<typeof hookSample>
