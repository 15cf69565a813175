import { z } from 'zod'
import { connectorId } from '../app/names.ts'
import { account, connectionState } from '../connection.ts'
import { providerField } from './provider-field.ts'

// What a published app answers each of its users about the accounts they bring themselves, below `/a/<slug>/api/connections`. Only ever
// about who asks; without a user: `unauthorized`.

/**
 * `GET`: one for each connector of the app with `mode: "app-user"`, connected or not. `icon`: as the connector names it. `scopes`: what it
 * may do, in words. `flows`: those that act with it by themselves, and whether the user has agreed. `reason`: the provider's own words.
 */
export const ownConnection = z.object({
  connector: connectorId,
  name: z.string(),
  icon: z.string(),
  state: connectionState,
  practice: z.boolean(),
  account: account.nullable(),
  reason: z.string().nullable(),
  scopes: z.array(z.string()),
  flows: z.array(z.object({ flow: z.string(), title: z.string(), agreed: z.boolean() })),
  /** What is asked before one signs in. For an account that is connected again, what it was connected with is the default. */
  fields: z.array(providerField),
  /** Why it cannot be connected now, in a sentence for whoever asks. `mendUrl`: where they can put it right; null where others have to. */
  missing: z.object({ message: z.string(), mendUrl: z.url().nullable() }).nullable(),
})
export type OwnConnection = z.infer<typeof ownConnection>
export const ownConnections = z.array(ownConnection)

/**
 * `POST <connector>/connect`. `returnTo`: where the sign-in ends, a path below the app's address, without its slash. `flows`: those that the
 * user agrees to with it. `answers`: to the `fields`, by their ids.
 */
export const connectRequest = z.object({
  returnTo: z.string().max(500).default(''),
  flows: z.array(z.string()).max(500).default([]),
  answers: z.record(z.string(), z.string().max(200)).default({}),
})
/** Its answer. Errors: `needs_connection` with what is `missing`, `validation` for an answer. */
export const connectAnswer = z.object({ authorizationUrl: z.url() })

/** `PUT <connector>/flows/<flow>`, before or after it is connected. `DELETE <connector>` disconnects. */
export const agreement = z.object({ agreed: z.boolean() })

/** The answer to `DELETE <connector>`: what came of it, and where the rest is done by hand if there is a rest. */
export const disconnected = z.object({ message: z.string(), accountPageUrl: z.string().nullable() })
export type Disconnected = z.infer<typeof disconnected>
