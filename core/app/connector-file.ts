import { z } from 'zod'
import { connectorId } from './names.ts'

/** Whose account is used: the builder's for everyone, or each app user's own. */
export const connectionMode = z.enum(['shared', 'app-user'])
export type ConnectionMode = z.infer<typeof connectionMode>

/** `connectors/<type>.jsonc`: which tool the app uses and what it may do. Never a token or an account. */
export const connectorFile = z.looseObject({
  type: connectorId,
  scopes: z.array(z.string()).default([]),
  mode: connectionMode.default('shared'),
})
export type ConnectorFile = z.infer<typeof connectorFile>
