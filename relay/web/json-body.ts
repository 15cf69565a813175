import type { Context } from 'hono'
import type { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { readJson } from '../../host/api/read.ts'

/** A JSON body by its schema, whose messages are sentences where a person can put it right. Errors: `validation`. */
export async function readBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await readJson(c.req))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AppError(
    'validation',
    issue?.message.endsWith('.') ? issue.message : 'Something is missing. Fill in each field and try again.',
    {
      cause: parsed.error,
    },
  )
}
