import { z } from 'zod'
import { connectionMode } from '../app/connector-file.ts'
import { appId } from '../app/names.ts'
import { account } from '../connection.ts'
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
  /** For a practice connection: where each of the provider's API origins is answered instead. */
  practiceOrigins: z.record(z.string(), z.string()).nullable(),
})
export type Credential = z.infer<typeof credential>

/** What main answers the host: the one narrow door to tokens. A refresh token never passes it. */
export const credentialsContract = {
  /**
   * The app's default connection of a connector, or the one named. Errors: needs_connection, unauthorized (needs reconnect),
   * unavailable (provider cannot be reached).
   */
  accessToken: procedure
    .input(
      z.object({
        appId,
        connector: z.string(),
        connection: z.string().optional(),
        rejected: z.object({ connectionId: z.string(), generation: z.number().int() }).optional(),
      }),
    )
    .output(credential),
  /** Which connectors of the app have a usable default connection, with its granted scopes. */
  available: procedure.input(z.object({ appId })).output(z.record(z.string(), z.array(z.string()))),
}
export type CredentialsContract = typeof credentialsContract
