import { z } from 'zod'
import { services } from './emulated.ts'

/** What main asks of the practice process: where a service of an app is served. Starts it if it sleeps. */
export const startRequest = z.object({ id: z.number().int(), service: z.enum(services), folder: z.string() })
export type StartRequest = z.infer<typeof startRequest>

export const startAnswer = z.union([
  z.object({ id: z.number().int(), origin: z.string() }),
  z.object({ id: z.number().int(), error: z.string() }),
])
export type StartAnswer = z.infer<typeof startAnswer>
