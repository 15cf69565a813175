import { z } from 'zod'
import { connectionState } from '../../core/connection.ts'
import { practicePlace } from '../../core/practice-place.ts'

/**
 * What is known of an account that the relay holds and another desktop gave it: `by` whom and when, in the custody of which `relay`, and how
 * it is there. `at`: ISO time. This desktop has nothing of it but short-lived tokens, in memory.
 */
export const borrowed = z.object({
  by: z.string(),
  at: z.string(),
  relay: z.string(),
  mayTake: z.boolean(),
  state: connectionState.extract(['connected', 'retrying', 'needs_reconnect']),
  reason: z.string().nullable(),
  scopes: z.array(z.string()),
  practiceAt: practicePlace.optional(),
})
export type Borrowed = z.infer<typeof borrowed>
