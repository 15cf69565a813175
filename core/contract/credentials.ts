import { z } from 'zod'
import { connectionMode } from '../app/connector-file.ts'
import { appId } from '../app/names.ts'
import { account, connection } from '../connection.ts'
import { procedure } from './base.ts'

/** A short-lived right to call one account. `generation` is what to hand back as `rejected` after a 401. */
export const credential = z.object({
  connectionId: z.string(),
  generation: z.number().int(),
  accessToken: z.string(),
  /** ISO time, or null when the token does not expire. */
  expiresAt: z.string().nullable(),
  scopesGranted: z.array(z.string()),
  account: account.nullable(),
  mode: connectionMode,
  /** What the connection's API addresses are made with, such as the name of a shop. */
  facts: z.record(z.string(), z.string()),
  /** For a practice connection: where each of the provider's API origins is answered instead. */
  practiceOrigins: z.record(z.string(), z.string()).nullable(),
})
export type Credential = z.infer<typeof credential>

/** What of a connection decides whether a step can use it. `since` changes with its state and with each new consent. */
export const heldAccount = connection
  .pick({
    id: true,
    connector: true,
    name: true,
    isDefault: true,
    state: true,
    since: true,
    scopesGranted: true,
  })
  .extend({
    /** Of a user's own account: the flows that its user agreed to. Without it every flow may use the account. */
    flows: z.array(z.string()).optional(),
  })
export type HeldAccount = z.infer<typeof heldAccount>

/** What main answers the host: the one narrow door to tokens. A refresh token never passes it. */
export const credentialsContract = {
  /**
   * Without `user` a shared connection: the app's default one of the connector, or the one named. With `user` that user's own and no other;
   * with `flow` only when the user agreed to this flow. Errors: needs_connection, unauthorized (needs reconnect), unavailable (provider
   * cannot be reached).
   */
  accessToken: procedure
    .input(
      z.object({
        appId,
        connector: z.string(),
        connection: z.string().optional(),
        user: z.string().min(1).optional(),
        flow: z.string().optional(),
        rejected: z.object({ connectionId: z.string(), generation: z.number().int() }).optional(),
      }),
    )
    .output(credential),
  /** The app's shared connections as they are now, or those of one user, so that a flow can tell what it lacks before it does anything. */
  accounts: procedure.input(z.object({ appId, user: z.string().min(1).optional() })).output(z.array(heldAccount)),
  /** The users of the app who agreed that a flow uses an account of theirs: a schedule of it runs once for each. */
  agreedUsers: procedure.input(z.object({ appId, flow: z.string() })).output(z.array(z.string())),
}
export type CredentialsContract = typeof credentialsContract
