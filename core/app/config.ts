import { z } from 'zod'
import { visibilities } from './visibility.ts'

/** `config.jsonc`. Keys we do not know are kept. */
export const appConfig = z.looseObject({
  name: z.string().min(1).max(80),
  description: z.string().optional(),
  visibility: z.enum(visibilities).optional(),
})
export type AppConfig = z.infer<typeof appConfig>
