import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { statusOf } from '../../host/api/status.ts'
import { readFields, type RelayEnv } from '../web/request.ts'
import type { Html } from './layout.ts'

type Fields = Record<string, string>

/**
 * Answers a form. What `work` throws for the user (not a bug) is shown above the form, filled in as it was; `show` never gets a password.
 * `work` ends with an answer of its own.
 */
export async function answerForm(
  c: Context<RelayEnv>,
  work: (fields: Fields) => Promise<Response>,
  show: (message: string, fields: Fields) => Html | Promise<Html>,
): Promise<Response> {
  const fields = await readFields(c)
  try {
    return await work(fields)
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'internal') throw error
    const { password: _, ...rest } = fields
    c.set('failure', error)
    return c.html(await show(error.message, rest), statusOf(error) as ContentfulStatusCode, retryAfter(error))
  }
}

/** Long enough for a database that starts again, and soon enough for a webhook's sender. */
const usualRetryMs = 10_000

/** When to come back, for whoever was told to wait: every 429 and 503 says so. */
export function retryAfter(error: AppError): Record<string, string> | undefined {
  const { retryAfterMs = statusOf(error) === 503 ? usualRetryMs : undefined } = error
  return retryAfterMs === undefined ? undefined : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }
}

/** Reads fields by a schema whose messages are sentences. Errors: `validation`. */
export function parseFields<T>(schema: z.ZodType<T>, fields: Fields): T {
  const parsed = schema.safeParse(fields)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AppError(
    'validation',
    issue?.code === 'custom' || issue?.message.endsWith('.') ? issue.message : 'Something is missing in this form. Fill in each field.',
  )
}
