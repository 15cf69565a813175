import { z } from 'zod'
import { partKinds, plan } from './plan.ts'

const errorShape = z.object({ code: z.string(), message: z.string() })

export const chatMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user'), id: z.string(), at: z.string(), text: z.string() }),
  z.object({ kind: z.literal('text'), id: z.string(), at: z.string(), text: z.string(), suggestions: z.array(z.string()).default([]) }),
  z.object({
    kind: z.literal('plan'),
    id: z.string(),
    at: z.string(),
    prompt: z.string(),
    plan,
    triggerWords: z.string(),
    nextTimes: z.array(z.string()),
    state: z.enum(['proposed', 'applied', 'skipped', 'undone']),
  }),
  /** Action required: an applied plan needs an account of this connector. */
  z.object({
    kind: z.literal('connect'),
    id: z.string(),
    at: z.string(),
    planId: z.string(),
    connector: z.string(),
    mode: z.enum(['shared', 'app-user']),
    scopes: z.array(z.string()),
    permissions: z.array(z.object({ scope: z.string(), text: z.string() })),
    state: z.enum(['required', 'connected', 'skipped']),
    connectionId: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('result'),
    id: z.string(),
    at: z.string(),
    planId: z.string(),
    title: z.string(),
    created: z.array(z.object({ kind: z.enum(partKinds), name: z.string(), title: z.string(), path: z.string() })),
    flow: z.string().nullable(),
    changeId: z.string().nullable(),
    state: z.enum(['active', 'undone']),
  }),
  z.object({ kind: z.literal('error'), id: z.string(), at: z.string(), error: errorShape }),
])
export type ChatMessage = z.infer<typeof chatMessage>
