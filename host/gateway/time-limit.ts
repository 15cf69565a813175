import { AppError } from '../../core/errors.ts'
import { orAbort } from '../../core/or-abort.ts'
import type { Clock } from './clock.ts'

export type TimeLimit = ReturnType<typeof startTimeLimit>

/** The part of the limit that is left to a request which had to wait for its turn. */
const shareToAnswer = 0.1

/** One limit over all that a call does: asking for its token, waiting when told to, sending, reading. `cancel` ends it sooner. */
export function startTimeLimit(timeoutMs: number, clock: Clock, cancel?: AbortSignal) {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(new DOMException('The time limit was reached.', 'TimeoutError')), timeoutMs)
  const signal = cancel ? AbortSignal.any([cancel, timeout.signal]) : timeout.signal

  return {
    signal,
    /** A request that has not begun by then has no time to be answered. On the clock. */
    lastStart: clock.now() + timeoutMs * (1 - shareToAnswer),
    /** Why the limit ended the call, or null when it did not. */
    verdict(provider: string, cause: unknown): AppError | null {
      if (cancel?.aborted) return new AppError('cancelled', 'Cancelled.', { cause })
      if (!timeout.signal.aborted) return null
      return new AppError('timeout', `${provider} did not answer within ${timeoutMs / 1000} seconds. Try again.`, { cause })
    },
    /** Waits for `work`, but not beyond the limit: what does not heed its signal must not hold its caller. */
    within: <T>(work: Promise<T>): Promise<T> => orAbort(work, signal),
    clear: () => clearTimeout(timer),
  }
}
