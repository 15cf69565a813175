import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../core/errors.ts'

/** How long to wait before each further try, while nothing gets through. */
const pausesMs = [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]

export type Patience = {
  /** Told when the line is down, and with null when it is up again. */
  waiting(why: AppError | null): void
  /** The pauses between tries: tests wait for nothing. */
  pause?: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  signal?: AbortSignal
}

/** For work that its user may cancel. */
export type Cancellable = Patience & { signal: AbortSignal }

/** Whether the relay could not be asked, or did not answer to the end. */
export const isLost = (error: unknown): error is AppError =>
  error instanceof AppError && (error.code === 'unavailable' || error.code === 'timeout')

/**
 * Runs `attempt` until it gets through. A relay that cannot be reached is tried again, for about a minute without any progress; every
 * call of `progress` starts that minute anew. Other errors are final at once.
 */
export async function withPatience<T>(
  { waiting, pause = (ms, signal) => sleep(ms, undefined, { signal }), signal }: Patience,
  attempt: (progress: () => void) => Promise<T>,
): Promise<T> {
  let failures = 0
  const progress = () => {
    if (failures > 0) waiting(null)
    failures = 0
  }
  for (;;) {
    try {
      const result = await attempt(progress)
      progress()
      return result
    } catch (error) {
      signal?.throwIfAborted()
      const wait = pausesMs[failures]
      if (!isLost(error) || wait === undefined) throw error
      failures += 1
      waiting(error)
      await pause(wait, signal)
    }
  }
}
