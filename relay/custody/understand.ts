import type { z } from 'zod'
import { AppError } from '../../core/errors.ts'

/** What a desktop sent, by its schema. Errors: `validation`. */
export function understand<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new AppError('validation', 'The relay does not understand this request. Update Plugboard here and there to the same version.', {
    cause: parsed.error,
  })
}

/** The same of JSON that came sealed. What cannot be read is not repeated: it may hold a secret. */
export function understandSealed<T>(schema: z.ZodType<T>, text: string): T {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = undefined
  }
  return understand(schema, body)
}
