import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { tools } from '../../connectors/catalogue.ts'
import type { Tool } from '../../core/connector.ts'
import { AppError, type ErrorCode } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { orAbort } from '../../core/or-abort.ts'
import type { Row, Steps } from '../store/engine.ts'
import { statement } from '../store/statement.ts'
import type { Persist } from './persist.ts'
import type { ActionRequest, CallAction } from './rooms.ts'

/** These answers mean that the service did nothing. */
const refusals: readonly ErrorCode[] = [
  'validation',
  'not_found',
  'unauthorized',
  'forbidden',
  'needs_connection',
  'needs_scopes',
  'rate_limited',
]
/** The request did not leave this machine. */
const notSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])
/** Nobody who closes the flows waits longer: the database may be away. A note that stays has a person decide. */
const settleMs = 3000

type Options = {
  /** What was answered must not be forgotten because the database is away. */
  persist: Persist
  callAction: CallAction
}

/** Where a call stands in its step: the same call may be made several times. */
type Place = { stepId: string; call: string; nth: number }

const forget = statement((step: string) => sql`delete from flow_calls where step = ${step}`)

export type CallJournal = ReturnType<typeof createCallJournal>

/**
 * Outside calls of flow steps that must not happen twice: writes of actions that are not idempotent. Such a call is noted before it is
 * sent and its answer after, so a step that runs again (a retry, a `kill -9`) gets the answer it had. When it is not known whether a
 * call arrived it is not repeated: the step fails with `conflict`, and a person decides. A service that does a thing once for one key is
 * asked again with that key.
 *
 * The note is made before the call may have to wait for its turn, not when the first request leaves: so a call whose sender says nothing
 * counts as one that may have arrived. A call that ends with `nothingDone` takes its note back, also when its step no longer waits for it.
 */
export function createCallJournal({ persist, callAction }: Options) {
  /** How often each call was made in the attempt under way. */
  const made = new Map<string, Map<string, number>>()
  /** By their place. Also what a step has given up, until it is noted what came of it. */
  const underWay = new Map<string, Promise<Json>>()

  function nextPlace(stepId: string, request: ActionRequest): Place {
    const call = fingerprint(request)
    const counts = made.get(stepId) ?? new Map<string, number>()
    const nth = counts.get(call) ?? 0
    made.set(stepId, counts.set(call, nth + 1))
    return { stepId, call, nth }
  }

  /** A call of an earlier attempt at the same place ends first: what it notes must not be taken for the later one's. */
  async function inTurn(place: Place, request: ActionRequest, action: Tool['actions'][string]): Promise<Json> {
    const key = `${place.stepId}/${place.call}/${place.nth}`
    const done = Promise.allSettled([underWay.get(key)]).then(() => once(place, request, action))
    underWay.set(key, done)
    try {
      return await done
    } finally {
      if (underWay.get(key) === done) underWay.delete(key)
    }
  }

  async function once({ stepId, call, nth }: Place, request: ActionRequest, { title, keyed }: Tool['actions'][string]): Promise<Json> {
    const place = sql`step = ${stepId} and call = ${call} and nth = ${nth}`
    const [known] = await persist(function* (): Steps<Row[]> {
      return yield sql`select output from flow_calls where ${place}`
    })
    if (typeof known?.output === 'string') return JSON.parse(known.output) as Json
    if (known)
      throw new AppError('conflict', `Plugboard stopped while “${title}” was under way. ${mayBeDone(request)}`, {
        action: { kind: 'retry' },
      })
    const note = (output: string | null) =>
      persist(function* () {
        yield sql`insert into flow_calls (step, call, nth, output) values (${stepId}, ${call}, ${nth}, ${output})
          on conflict (step, call, nth) do update set output = excluded.output`
      })
    if (!keyed) await note(null)
    try {
      const output = await callAction({ ...request, idempotencyKey: `${stepId}/${call.slice(0, 12)}/${nth}` })
      await note(JSON.stringify(output))
      return output
    } catch (error) {
      if (keyed) throw error
      if (didNothing(error)) {
        await persist(function* () {
          yield sql`delete from flow_calls where ${place}`
        })
        throw error
      }
      const { code, message, action, details } = AppError.from(error)
      throw new AppError(code, `${message} ${mayBeDone(request)}`, { cause: error, action, details })
    }
  }

  return {
    async call(request: ActionRequest): Promise<Json> {
      const { stepId, by } = request.caller
      const action = tools[request.connector]?.actions[request.action]
      if (stepId === null || by.kind !== 'flow' || !action || action.effect === 'read' || action.idempotent) return callAction(request)
      return inTurn(nextPlace(stepId, request), request, action)
    },
    /** A new attempt of a step, or none any more: its calls are counted from the start again. */
    reset: (stepId: string) => made.delete(stepId),
    /** The step is done, its calls need not be known any more. */
    *forget(stepId: string): Steps<void> {
      yield forget(stepId)
    },
    /** A person wants the step again, whatever came of the calls without an answer. */
    *allowAgain(stepId: string): Steps<void> {
      yield sql`delete from flow_calls where step = ${stepId} and output is null`
    },
    /** True when a call of the step may or may not have arrived. */
    async isUncertain(stepId: string): Promise<boolean> {
      const unanswered = await persist(function* (): Steps<Row[]> {
        return yield sql`select 1 from flow_calls where step = ${stepId} and output is null`
      })
      return unanswered.length > 0
    },
    /** Steps that were stopped did not wait for their calls: waits until it is noted what came of those. */
    async settled(): Promise<void> {
      await orAbort(Promise.allSettled(underWay.values()), AbortSignal.timeout(settleMs)).catch(() => {})
    },
  }
}

function fingerprint({ connector, action, connection, input }: ActionRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([connector, action, connection ?? null, input]))
    .digest('base64url')
}

function mayBeDone({ connector }: ActionRequest): string {
  return `It may have been done all the same: look in ${tools[connector]?.name ?? connector}, and choose Retry to do it again.`
}

function didNothing(error: unknown): boolean {
  if (error instanceof AppError && (error.nothingDone || refusals.includes(error.code))) return true
  for (let inner = error; inner instanceof Error; inner = innerOf(inner)) {
    if ('code' in inner && typeof inner.code === 'string' && notSent.has(inner.code)) return true
  }
  return false
}

/** Slack's SDK keeps what happened under `original`. */
function innerOf(error: Error): unknown {
  return error.cause ?? ('original' in error ? error.original : undefined)
}
