import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../../core/errors.ts'
import type { Database, Steps } from '../store/engine.ts'

const pauseMs = 1000

export type Persist = <T>(work: () => Steps<T>) => Promise<T>

/**
 * Commits what must not be lost. A full disk or a database that is away is no reason to lose a result: it is kept in memory until it can
 * be stored, or until `closing`. It may have been stored the first time although nobody heard so: storing `work` twice has to be storing it once.
 */
export function createPersist(
  { transaction }: Pick<Database, 'transaction'>,
  report: (error: unknown) => void,
  closing: AbortSignal,
): Persist {
  return async work => {
    for (;;) {
      try {
        return await transaction(work)
      } catch (error) {
        report(error)
        if (AppError.from(error).code !== 'unavailable' || closing.aborted) throw error
        await pause(pauseMs, undefined, { ref: false, signal: closing }).catch(() => {})
      }
    }
  }
}

/** Says once for as long as it lasts that the database is away, and everything else each time. */
export function reportOnce(report: (error: AppError) => void): { report(error: unknown): void; isBack(): void } {
  let isAway = false
  return {
    report(error) {
      const known = AppError.from(error)
      if (known.code === 'unavailable' && isAway) return
      isAway ||= known.code === 'unavailable'
      report(known)
    },
    isBack() {
      isAway = false
    },
  }
}
