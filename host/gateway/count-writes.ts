import { AppError } from '../../core/errors.ts'

export type Writes = ReturnType<typeof countWrites>

const readMethods = new Set(['GET', 'HEAD'])

/**
 * The requests of one call that may have changed something: each that leaves, unless it only reads, until its answer says that it was
 * refused. Counted here, as it happens, because an error alone does not tell: a call that is cancelled may wait for its turn or its answer.
 */
export function countWrites() {
  let count = 0
  return {
    /** To be called before a request leaves. What it gives is called when the service has refused the request. */
    leaves(method: string): () => void {
      if (readMethods.has(method.toUpperCase())) return () => {}
      count++
      return () => void count--
    },
    /** The error that the call ends with, which says so when nothing was done. */
    verdict(error: AppError): AppError {
      if (count > 0) return error
      const { code, message, cause, action, details, retryAfterMs } = error
      return new AppError(code, message, { cause, action, details, retryAfterMs, nothingDone: true })
    },
  }
}
