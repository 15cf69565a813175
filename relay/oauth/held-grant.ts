import { z } from 'zod'
import { account } from '../../core/connection.ts'
import type { SignedIn } from './sign-ins.ts'

/** A grant that waits to be kept, with what it was made with and whose it is. Times are epoch ms. */
export const heldGrant = z.object({
  grant: z.object({
    accessToken: z.string(),
    refreshToken: z.string().nullable(),
    accessExpiresAt: z.number().nullable(),
    refreshExpiresAt: z.number().nullable(),
    scopesGranted: z.array(z.string()),
  }),
  client: z.object({ clientId: z.string() }),
  account,
  facts: z.record(z.string(), z.string()),
  at: z.number(),
})
export type HeldGrant = z.infer<typeof heldGrant>

/** What a sign-in brought, as it is held. */
export const cameIn = ({ grant, client, account, facts, at }: SignedIn): HeldGrant => heldGrant.parse({ grant, client, account, facts, at })
