import { z } from 'zod'

/** What a form asks before the provider's page opens, such as the name of a shop. The answers are sent by id. */
export const providerField = z.object({
  id: z.string(),
  label: z.string(),
  hint: z.string(),
  placeholder: z.string(),
  /** Stands behind the input, such as `.myshopify.com`. */
  suffix: z.string().nullable(),
  /** Used when nothing is entered. Null: an answer is needed. */
  default: z.string().nullable(),
})
export type ProviderField = z.infer<typeof providerField>
