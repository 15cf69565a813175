import { AppError } from '../../core/errors.ts'

export type TimeLimit = ReturnType<typeof startTimeLimit>

/** One limit over all that a call does: asking for its token, waiting when told to, sending, reading. `cancel` ends it sooner. */
export function startTimeLimit(timeoutMs: number, cancel?: AbortSignal) {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(new DOMException('The time limit was reached.', 'TimeoutError')), timeoutMs)
  const signal = cancel ? AbortSignal.any([cancel, timeout.signal]) : timeout.signal

  return {
    signal,
    /** On the clock of `performance.now()`. */
    deadline: performance.now() + timeoutMs,
    /** Why the limit ended the call, or null when it did not. */
    verdict(provider: string, cause: unknown): AppError | null {
      if (cancel?.aborted) return new AppError('cancelled', 'Cancelled.', { cause })
      if (!timeout.signal.aborted) return null
      return new AppError('timeout', `${provider} did not answer within ${timeoutMs / 1000} seconds. Try again.`, { cause })
    },
    /** Waits for `work`, but not beyond the limit: what does not heed its signal must not hold its caller. */
    async within<T>(work: Promise<T>): Promise<T> {
      const { promise, reject } = Promise.withResolvers<never>()
      const onAbort = () => reject(signal.reason)
      if (signal.aborted) onAbort()
      signal.addEventListener('abort', onAbort)
      try {
        return await Promise.race([work, promise])
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },
    clear: () => clearTimeout(timer),
  }
}
