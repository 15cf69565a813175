import { z } from 'zod'
import { connectionMode } from '../app/connector-file.ts'
import { appId } from '../app/names.ts'
import { account, connectionState } from '../connection.ts'
import { answerKey, desktopId, relayRun } from '../custody/messages.ts'
import { practicePlace } from '../practice-place.ts'

/** An account in the relay's custody, as any desktop of a member sees it. `since`: epoch ms, when the relay got it. Never a token. */
export const relayAccount = z.object({
  connectionId: z.string(),
  appId,
  connector: z.string(),
  name: z.string(),
  mode: connectionMode,
  isDefault: z.boolean(),
  practice: z.boolean(),
  practiceAt: practicePlace.optional(),
  account: account.nullable(),
  facts: z.record(z.string(), z.string()),
  scopes: z.array(z.string()),
  state: connectionState.extract(['connected', 'retrying', 'needs_reconnect']),
  reason: z.string().nullable(),
  /** Who gave it to the relay. */
  givenBy: z.string(),
  since: z.number(),
  /** Whether who asks may take it over: they gave it, and a desktop can renew it. */
  mayTake: z.boolean(),
})
export type RelayAccount = z.infer<typeof relayAccount>

/** `GET /api/relay/shared`: what the apps of the workspace share through this relay. */
export const relayAccounts = z.object({ accounts: z.array(relayAccount) })

const count = z.number().int().min(0)

/** `POST /api/relay/shared/<connection>/token`: a short-lived token of it. `rejected` is the generation that met a 401. */
export const tokenAsked = z.object({ sessionPublicKey: answerKey, rejected: count.optional() })

/** Sealed to the key that was sent, as the answer `Token` of custody. `expiresAt`: epoch ms. */
export const tokenGiven = z.object({ sealed: z.string(), grantId: z.string(), generation: count, expiresAt: z.number().nullable() })
export type TokenGiven = z.infer<typeof tokenGiven>

/** `POST /api/relay/shared/<connection>/take`: from now on this desktop alone speaks of its custody. Doing it again answers the same. */
export const taking = z.object({ desktopId: desktopId.min(1) })
export const taken = z.object({ turn: count, own: count, base: z.string(), run: relayRun })
export type Taken = z.infer<typeof taken>
