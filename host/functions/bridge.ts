import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { jsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { ActionRequest, Caller } from '../gateway/gateway.ts'
import type { Author, Records } from '../store/store.ts'

/** All that code in a sandbox can reach. */
export type Bridge = {
  callAction(request: ActionRequest): Promise<Json>
  records(entity: string, author: Author): Records
}

const id = z.string()
const query = z
  .strictObject({ q: jsonObject, sort: z.string(), limit: z.number().int().min(1).max(5000), skip: z.number().int().min(0) })
  .partial()

/** JSON already, as it came over the line; the action's own schema looks into it. */
const parsedJson = z.unknown().transform((value): Json => (value ?? null) as Json)

const request = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('action'), connector: z.string(), action: z.string(), input: parsedJson }),
  z.object({ kind: z.literal('record'), entity: z.string(), method: z.string(), args: z.array(z.unknown()) }),
])

/** Does what a function asks for, on behalf of its caller. What it sends is not trusted: it is parsed here. */
export async function answerRequest(
  bridge: Bridge,
  asked: Json,
  { caller, nth, signal }: { caller: Caller; nth: number; signal: AbortSignal },
): Promise<Json> {
  const parsed = request.safeParse(asked)
  if (!parsed.success)
    throw new AppError('validation', 'Give connectors and records plain objects, texts and numbers.', { cause: parsed.error })
  if (parsed.data.kind === 'action') {
    const { connector, action, input } = parsed.data
    return bridge.callAction({
      connector,
      action,
      input,
      caller,
      signal,
      idempotencyKey: caller.stepId === null ? undefined : `${caller.stepId}/${nth}`,
    })
  }
  const { entity, method, args } = parsed.data
  const author: Author = caller.user ? { ...caller.by, user: caller.user } : caller.by
  return answerRecordRequest(bridge.records(entity, author), entity, method, args)
}

async function answerRecordRequest(records: Records, entity: string, method: string, args: unknown[]): Promise<Json> {
  const read = <T>(type: z.ZodType<T>, value: unknown, name: string): T => {
    const parsed = type.safeParse(value)
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw new AppError(
      'validation',
      `entities.${entity}.${method}: ${[name, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'is not as expected'}.`,
    )
  }
  const [first, second] = args
  if (method === 'get') return records.get(read(id, first, 'id'))
  if (method === 'list') return records.list(read(query, first ?? {}, 'query'))
  if (method === 'count') return records.count(read(jsonObject, first ?? {}, 'q'))
  if (method === 'create') return records.create(read(jsonObject, first, 'data') as JsonObject)
  if (method === 'update') return records.update(read(id, first, 'id'), read(jsonObject, second, 'data') as JsonObject)
  if (method === 'delete') {
    await records.delete(read(id, first, 'id'))
    return null
  }
  throw new AppError('not_found', `entities.${entity} has no “${method}”. It has: get, list, count, create, update, delete.`)
}
