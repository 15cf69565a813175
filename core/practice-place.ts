import { z } from 'zod'

/**
 * Where a practice account is served: its origin, on loopback as all of them, and the id of the service that runs it. `service` is null
 * when that is a process of one desktop, which ends with it.
 */
export const practicePlace = z.object({
  service: z.string().max(40).nullable(),
  origin: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/),
})
export type PracticePlace = z.infer<typeof practicePlace>

const loopback = ['127.0.0.1', '[::1]', 'localhost']

/** For the people and programs of this machine alone. */
export const isOnThisMachine = (url: URL): boolean => loopback.includes(url.hostname)
