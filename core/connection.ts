import { z } from 'zod'
import { connectionMode } from './app/connector-file.ts'

export const account = z.object({ id: z.string(), label: z.string(), tenant: z.string().optional(), avatarUrl: z.string().optional() })

export const connectionState = z.enum(['connected', 'retrying', 'needs_reconnect', 'disconnected', 'locked'])
export type ConnectionState = z.infer<typeof connectionState>

/** An authorized account of a connector, as the user sees it. Times are ISO strings. Never a token. */
export const connection = z.object({
  id: z.string(),
  appId: z.string(),
  connector: z.string(),
  provider: z.string(),
  name: z.string(),
  mode: connectionMode,
  practice: z.boolean(),
  isDefault: z.boolean(),
  account: account.nullable(),
  scopesGranted: z.array(z.string()),
  state: connectionState,
  /** The provider's own words where it has any. */
  reason: z.string().nullable(),
  since: z.string(),
  nextTryAt: z.string().nullable(),
  /** False when the provider gave no refresh token: it will need reconnecting at `accessExpiresAt`. */
  renewable: z.boolean(),
  accessExpiresAt: z.string().nullable(),
  createdAt: z.string(),
})
export type Connection = z.infer<typeof connection>

/** One call of an app through a connection: never its body. */
export const activity = z.object({
  id: z.string(),
  at: z.string(),
  connectionId: z.string().nullable(),
  connector: z.string(),
  action: z.string(),
  status: z.enum(['ok', 'error']),
  errorCode: z.string().nullable(),
  durationMs: z.number(),
  by: z.object({ kind: z.enum(['flow', 'function', 'user']), name: z.string() }),
})
export type Activity = z.infer<typeof activity>
