import { z } from 'zod'

/** `config.jsonc`. Keys we do not know are kept. */
export const appConfig = z.looseObject({
  name: z.string().min(1).max(80),
  description: z.string().optional(),
})
export type AppConfig = z.infer<typeof appConfig>
