import type { HonoRequest } from 'hono'
import { z } from 'zod'
import { functionName } from '../../core/app/names.ts'
import { AppError } from '../../core/errors.ts'
import { jsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { PageQuery, Query } from '../store/store.ts'

const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number, 0 or more')
  .transform(Number)
const query = z.object({
  q: z
    .string()
    .transform((text, context): JsonObject => {
      try {
        return jsonObject.parse(JSON.parse(text)) as JsonObject
      } catch {
        context.addIssue('must be a JSON object, such as {"status":"open"}')
        return z.NEVER
      }
    })
    .optional(),
  sort: z.string().optional(),
  limit: wholeNumber.optional(),
  skip: wholeNumber.optional(),
})
const pageQuery = query.extend({ cursor: z.string().optional() })

/** The body as JSON; no body is `null`. Throws `validation`. */
export async function readJson(request: HonoRequest): Promise<Json> {
  const text = await request.text()
  if (text === '') return null
  try {
    return JSON.parse(text) as Json
  } catch (cause) {
    throw new AppError('validation', 'The body is not JSON. Send JSON, with its texts in double quotes.', { cause })
  }
}

/** The body as a record's fields. Throws `validation`. */
export async function readRecord(request: HonoRequest): Promise<JsonObject> {
  const body = await readJson(request)
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw new AppError('validation', 'Send the record’s fields as one JSON object, such as {"title":"Hello"}.')
}

/** Base44's query parameters of a list. Others are left alone. Throws `validation`, naming the parameter. */
export const readQuery = (parameters: Record<string, string>): Query => readParameters(query, parameters)

/** The same, with the `cursor` of a page. */
export const readPageQuery = (parameters: Record<string, string>): PageQuery => readParameters(pageQuery, parameters)

function readParameters<T>(schema: z.ZodType<T>, parameters: Record<string, string>): T {
  const parsed = schema.safeParse(parameters)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AppError('validation', `“${String(issue?.path[0])}” ${issue?.message ?? 'is not as expected'}.`, { cause: parsed.error })
}

/** The name of a function as it stands in a path: it may have slashes. What cannot be a name is not found. */
export function parsePathName(text: string): string {
  const parsed = functionName.safeParse(text)
  if (parsed.success) return parsed.data
  throw new AppError('not_found', `There is no function “${text}”. Create it first.`)
}
