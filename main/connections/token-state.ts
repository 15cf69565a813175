import { AppError } from '../../core/errors.ts'
import { explainReason } from '../../tokens/reason.ts'
import type { StoredConnection } from './registry.ts'

export const iso = (at: number): string => new Date(at).toISOString()

/** Why a connection is not simply connected, for the user. `provider` is its name. */
export const reasonOf = ({ reason }: Pick<StoredConnection, 'reason'>, provider: string): string | null =>
  reason && explainReason(reason, provider)

export const keysAreGone = 'Its keys are not on this computer any more.'

export function reconnect({ id, name }: StoredConnection, because: string | null): AppError {
  return new AppError('unauthorized', `“${name}” has to be connected again${because ? `: ${because.replace(/\.$/, '')}` : ''}.`, {
    action: { kind: 'reconnect', connectionId: id },
  })
}

/** Renewing does not get through at the time, and is tried again. */
export function waiting({ name, nextTry, reason }: StoredConnection, provider: string): AppError {
  const why = reason && explainReason(reason, provider)
  const when = nextTry ? ` Plugboard tries again at ${iso(nextTry).slice(11, 19)} UTC.` : ''
  const told = reason?.kind === 'held' || reason?.kind === 'client' || reason?.kind === 'unwelcome' ? why : null
  return new AppError('unavailable', told ?? `The access of “${name}” cannot be renewed because ${provider} does not answer.${when}`, {
    action: { kind: 'retry' },
    details: why ?? undefined,
  })
}
