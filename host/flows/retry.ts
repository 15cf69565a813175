import type { AppError, ErrorCode } from '../../core/errors.ts'

export type Decision = { kind: 'retry'; delayMs: number; counts: boolean } | { kind: 'permission' } | { kind: 'fail' }

/** What goes away by itself. */
const passing: readonly ErrorCode[] = ['unavailable', 'timeout', 'rate_limited']
/** What goes away when a person connects or allows something. */
const needsAPerson: readonly ErrorCode[] = ['needs_connection', 'needs_scopes', 'unauthorized']
/** A service that names a time again and again, and never keeps it. */
const mostAttempts = 100

/**
 * Whether a step that failed is tried again. `tries` counts those that used up one of `delaysMs`, this one included: there is one entry
 * per further try. `attempt` counts all. A service that says when to go on is waited for, and that uses up nothing. Calls that may have
 * arrived are not repeated by it: the call journal sees to that.
 */
export function afterFailure(
  { code, retryAfterMs }: AppError,
  { tries, attempt }: { tries: number; attempt: number },
  delaysMs: readonly number[],
): Decision {
  if (needsAPerson.includes(code)) return { kind: 'permission' }
  if (code === 'rate_limited' && retryAfterMs !== undefined && attempt < mostAttempts)
    return { kind: 'retry', delayMs: Math.ceil(retryAfterMs), counts: false }
  const delayMs = delaysMs[tries - 1]
  if (!passing.includes(code) || delayMs === undefined) return { kind: 'fail' }
  return { kind: 'retry', delayMs: Math.round(delayMs * (0.75 + Math.random() / 2)), counts: true }
}
