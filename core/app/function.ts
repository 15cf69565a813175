import { z } from 'zod'

/** `functions/<name>/function.jsonc`, optional: a folder with `entry.ts` is a function by itself. */
export const functionConfig = z.looseObject({
  name: z.string().optional(),
  description: z.string().optional(),
  entry: z.string().default('entry.ts'),
  timeoutSeconds: z.number().positive().max(300).default(60),
  memoryMb: z.number().min(64).max(1024).default(200),
})
export type FunctionConfig = z.infer<typeof functionConfig>
