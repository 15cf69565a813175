import { createHash } from 'node:crypto'
import { tools } from '../../connectors/catalogue.ts'
import type { Tool } from '../../core/connector.ts'
import { AppError, type ErrorCode } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { AppDatabase } from '../store/database.ts'
import type { Commits } from '../store/commits.ts'
import type { ActionRequest, CallAction } from './rooms.ts'

const table = `create table flow_calls (step text not null, call text not null, nth integer not null, output text,
  primary key (step, call, nth)) strict, without rowid`

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

export type CallJournal = ReturnType<typeof createCallJournal>

/**
 * Outside calls of flow steps that must not happen twice: writes of actions that are not idempotent. Such a call is noted before it is
 * sent and its answer after, so a step that runs again (a retry, a `kill -9`) gets the answer it had. When it is not known whether a
 * call arrived it is not repeated: the step fails with `conflict`, and a person decides. A service that does a thing once for one key is
 * asked again with that key.
 */
export function createCallJournal({ database, commits, callAction }: { database: AppDatabase; commits: Commits; callAction: CallAction }) {
  database.migrate('flow-calls', table)
  const { sqlite } = database
  const find = sqlite.prepare('select output from flow_calls where step = ? and call = ? and nth = ?')
  const note = sqlite.prepare('insert into flow_calls (step, call, nth) values (?, ?, ?)')
  const answer = sqlite.prepare('update flow_calls set output = ? where step = ? and call = ? and nth = ?')
  const remove = sqlite.prepare('delete from flow_calls where step = ? and call = ? and nth = ?')
  const removeAll = sqlite.prepare('delete from flow_calls where step = ?')
  const removeUnanswered = sqlite.prepare('delete from flow_calls where step = ? and output is null')
  const hasUnanswered = sqlite.prepare('select 1 from flow_calls where step = ? and output is null')
  /** How often each call was made in the attempt under way. */
  const made = new Map<string, Map<string, number>>()

  async function once(stepId: string, request: ActionRequest, { title, keyed }: Tool['actions'][string]): Promise<Json> {
    const call = fingerprint(request)
    const counts = made.get(stepId) ?? new Map<string, number>()
    const nth = counts.get(call) ?? 0
    made.set(stepId, counts.set(call, nth + 1))
    const known = find.get(stepId, call, nth)
    if (typeof known?.output === 'string') return JSON.parse(known.output) as Json
    if (known)
      throw new AppError('conflict', `Plugboard stopped while “${title}” was under way. ${mayBeDone(request)}`, {
        action: { kind: 'retry' },
      })
    if (!keyed) await commits.write(() => note.run(stepId, call, nth))
    try {
      const output = await callAction({ ...request, idempotencyKey: `${stepId}/${call.slice(0, 12)}/${nth}` })
      await commits.write(() => {
        if (keyed) note.run(stepId, call, nth)
        answer.run(JSON.stringify(output), stepId, call, nth)
      })
      return output
    } catch (error) {
      if (keyed) throw error
      if (didNothing(error)) {
        await commits.write(() => remove.run(stepId, call, nth))
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
      return once(stepId, request, action)
    },
    /** A new attempt of a step: its calls are counted from the start again. */
    begin: (stepId: string) => made.delete(stepId),
    /** The step is done, its calls need not be known any more. */
    forget(stepId: string): void {
      made.delete(stepId)
      removeAll.run(stepId)
    },
    /** A person wants the step again, whatever came of the calls without an answer. */
    allowAgain: (stepId: string) => removeUnanswered.run(stepId),
    /** True when a call of the step may or may not have arrived. */
    isUncertain: (stepId: string) => hasUnanswered.get(stepId) !== undefined,
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
  if (error instanceof AppError && refusals.includes(error.code)) return true
  for (let inner = error; inner instanceof Error; inner = innerOf(inner)) {
    if ('code' in inner && typeof inner.code === 'string' && notSent.has(inner.code)) return true
  }
  return false
}

/** Slack's SDK keeps what happened under `original`. */
function innerOf(error: Error): unknown {
  return error.cause ?? ('original' in error ? error.original : undefined)
}
