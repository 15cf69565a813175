import type { AppError, ErrorCode } from '../../core/errors.ts'

export type Decision = { kind: 'retry'; delayMs: number } | { kind: 'connection' } | { kind: 'fail' }

/** What goes away by itself. */
const passing: readonly ErrorCode[] = ['unavailable', 'timeout', 'rate_limited']
/** What goes away when a person connects or allows something. */
const needsAPerson: readonly ErrorCode[] = ['needs_connection', 'needs_scopes', 'unauthorized']

/**
 * Whether a step that failed is tried again. `tries` counts this one; `delaysMs` has one entry per further try. Calls that may have
 * arrived are not repeated by it: the call journal sees to that.
 */
export function afterFailure(error: AppError, tries: number, delaysMs: readonly number[]): Decision {
  if (needsAPerson.includes(error.code)) return { kind: 'connection' }
  const delayMs = delaysMs[tries - 1]
  if (!passing.includes(error.code) || delayMs === undefined) return { kind: 'fail' }
  return { kind: 'retry', delayMs: Math.round(delayMs * (0.75 + Math.random() / 2)) }
}
