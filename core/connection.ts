import { z } from 'zod'
import { connectionMode } from './app/connector-file.ts'

export const account = z.object({ id: z.string(), label: z.string(), tenant: z.string().optional(), avatarUrl: z.string().optional() })

export const connectionState = z.enum(['connected', 'retrying', 'needs_reconnect', 'disconnected', 'locked'])
export type ConnectionState = z.infer<typeof connectionState>

/**
 * Where the right to refresh a shared connection is: `here`, on the `relay`, or on its way. `choose`: another account was connected on the
 * relay meanwhile, `otherAccount`, and the user has to say which one is kept. `taken`: another desktop has taken it back. `problem` is why it
 * is not where it should be.
 */
export const connectionCustody = z.object({
  state: z.enum(['here', 'relay', 'moving', 'choose', 'taken']),
  want: z.enum(['here', 'relay']),
  otherAccount: account.nullable(),
  problem: z.string().nullable(),
  /** False for an account that was connected with the client of the workspace, or that someone else has given: it stays on the relay. */
  mayReturn: z.boolean(),
  /** Another desktop than this one: who gave it to the relay, or the one that has taken it back. `at`: ISO time. */
  by: z.object({ name: z.string(), at: z.string() }).optional(),
})
export type ConnectionCustody = z.infer<typeof connectionCustody>

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
  /** Only of a connection that was given to a relay. */
  custody: connectionCustody.optional(),
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
