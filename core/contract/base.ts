import { oc } from '@orpc/contract'
import { z } from 'zod'
import { errorCodes } from '../errors.ts'

const errorAction = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('connect'), connector: z.string() }),
  z.object({ kind: z.literal('reconnect'), connectionId: z.string() }),
  z.object({ kind: z.literal('grant'), connectionId: z.string(), scopes: z.array(z.string()) }),
  z.object({ kind: z.literal('retry') }),
  z.object({ kind: z.literal('open'), path: z.string(), line: z.number().optional() }),
  z.object({ kind: z.literal('unlock') }),
  z.object({ kind: z.literal('settings'), section: z.string() }),
])

/** How an AppError travels: as data of the one declared error of every procedure. */
export const errorShape = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  action: errorAction.optional(),
  details: z.string().optional(),
  retryAfterMs: z.number().optional(),
})

export const procedure = oc.errors({ APP: { status: 400, data: errorShape } })
