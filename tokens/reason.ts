import { z } from 'zod'

/** Why a connection is not simply connected. `words` are the provider's own; `at` is epoch ms. */
export const reason = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('refused'), words: z.string() }),
  z.object({ kind: z.literal('interrupted'), how: z.enum(['stopped', 'unanswered']), at: z.number() }),
  z.object({ kind: z.literal('expired') }),
  z.object({ kind: z.literal('rejected') }),
  z.object({ kind: z.literal('unwelcome') }),
  z.object({ kind: z.literal('stopped') }),
  z.object({ kind: z.literal('outage'), words: z.string() }),
  z.object({ kind: z.literal('client'), words: z.string() }),
  z.object({ kind: z.literal('held'), by: z.string() }),
])
export type Reason = z.infer<typeof reason>

/** One sentence or the provider's own words, for the user. `clock` writes a time of day as the user reads it. */
export function explainReason(why: Reason, provider: string, clock: (at: number) => string = timeOfDay): string {
  switch (why.kind) {
    case 'refused':
    case 'outage':
      return why.words
    case 'interrupted': {
      const when = why.how === 'stopped' ? `when Plugboard stopped at ${clock(why.at)}` : `on its way at ${clock(why.at)}`
      return `${provider}’s answer was lost ${when}. ${provider} accepts each key once, so please connect again.`
    }
    case 'expired':
      return 'It has expired and cannot be renewed.'
    case 'rejected':
      return `${provider} no longer accepts it.`
    case 'unwelcome':
      return `${provider} refuses even the key that it has just given.`
    case 'stopped':
      return 'Plugboard stopped while the access was being renewed.'
    case 'client':
      return `The OAuth client is not accepted (${why.words}). Check it in Settings.`
    case 'held':
      return `Another Plugboard process (${why.by}) holds this connection and does not answer. End it, or wait.`
  }
}

const timeOfDay = (at: number): string => new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
