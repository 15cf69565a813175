import { z } from 'zod'
import { connectionMode } from '../app/connector-file.ts'
import { appId } from '../app/names.ts'
import { account } from '../connection.ts'
import { relayRun } from '../custody/messages.ts'
import { errorCodes } from '../errors.ts'

/**
 * `POST /api/relay/accounts`: a desktop asks that its member signs in to a service on the relay, whose OAuth client is used and which keeps
 * what comes of it. `appName` and `inUse` (the label of the account that is in use now) are for the question that the member is asked there.
 */
export const accountRequest = z.object({
  appId,
  appName: z.string().max(120),
  connector: z.string().max(100),
  mode: connectionMode,
  scopes: z.array(z.string().max(300)).max(200),
  answers: z.record(z.string().max(100), z.string().max(200)),
  inUse: z.string().max(200).nullable(),
})
export type AccountRequest = z.infer<typeof accountRequest>

/** `url`: the page of the relay that the member opens. Times are epoch ms. */
export const accountAsked = z.object({ id: z.string(), url: z.url(), expiresAt: z.number() })
export type AccountAsked = z.infer<typeof accountAsked>

/** What may be told of a grant that the relay holds. Times are epoch ms, null where there is no end, or none was stated. */
export const grantTold = z.object({
  scopesGranted: z.array(z.string()),
  renewable: z.boolean(),
  accessExpiresAt: z.number().nullable(),
  refreshExpiresAt: z.number().nullable(),
})
export type GrantTold = z.infer<typeof grantTold>

/** `GET /api/relay/accounts/<id>?wait=<seconds>`: how far it is, as soon as the member has signed in or the wait is over. */
export const accountAnswer = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting') }),
  /** Held for the desktop to say whether it is kept, and as which connection. */
  z.object({
    state: z.literal('signed_in'),
    account,
    clientId: z.string(),
    facts: z.record(z.string(), z.string()),
    grant: grantTold,
  }),
  z.object({ state: z.literal('kept'), own: z.number().int(), run: relayRun }),
  z.object({ state: z.literal('failed'), code: z.enum(errorCodes), message: z.string() }),
])
export type AccountAnswer = z.infer<typeof accountAnswer>

/** `POST /api/relay/accounts/<id>/keep`: from now on the relay has custody of it, as this connection of the desktop. Answers `kept`. */
export const accountKeep = z.object({
  connectionId: z.string().min(1).max(100),
  name: z.string().min(1).max(200),
  isDefault: z.boolean(),
})
export type AccountKeep = z.infer<typeof accountKeep>

/** `GET /api/relay/clients`: the OAuth clients of the workspace, without their secrets. `url`: the page where they are changed. */
export const workspaceClients = z.object({
  url: z.url(),
  clients: z.array(z.object({ provider: z.string(), clientId: z.string(), hasSecret: z.boolean() })),
})
export type WorkspaceClients = z.infer<typeof workspaceClients>
