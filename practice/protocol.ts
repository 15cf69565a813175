import { z } from 'zod'
import { appId } from '../core/app/names.ts'
import { services } from './emulated.ts'

const service = z.enum(services)
/** An address that sign-ins may return to, besides those on loopback. */
const redirectUri = z.url({ protocol: /^https?$/ }).optional()

/** What is asked of the practice process: where a service of an app is served. Starts it if it sleeps. */
export const startRequest = z.object({ id: z.number().int(), service, folder: z.string(), redirectUri })
export type StartRequest = z.infer<typeof startRequest>

export const startAnswer = z.union([
  z.object({ id: z.number().int(), origin: z.string() }),
  z.object({ id: z.number().int(), error: z.string() }),
])
export type StartAnswer = z.infer<typeof startAnswer>

/** `GET /` of a practice service says which one it is, `POST /accounts` where an app's account is served. */
export const doorInfo = z.object({ practice: z.string().max(40) })
export const doorRequest = z.object({ app: appId, service, redirectUri })
export type DoorRequest = z.infer<typeof doorRequest>
export const doorAnswer = z.object({ origin: z.string() })
