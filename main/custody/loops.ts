import { AppError } from '../../core/errors.ts'

export type LoopOptions = {
  /** Goes on with one connection until there is nothing more to do now. False: to be tried again after a while. */
  advance(connectionId: string): Promise<boolean>
  /** What stands in the way of a connection has changed. */
  changed(connectionId: string): void
  /** First wait until it is tried again; doubles up to `longestMs`. */
  retryMs: number
  longestMs: number
}

/** One loop for each connection: never two at once, and again after a while until it is where it should be. */
export function createLoops({ advance, changed, retryMs, longestMs }: LoopOptions) {
  const problems = new Map<string, AppError>()
  const underWay = new Map<string, Promise<void>>()
  const again = new Set<string>()
  const timers = new Map<string, NodeJS.Timeout>()
  const closing = new AbortController()

  function begin(connectionId: string, waitMs: number): Promise<void> {
    const work = run(connectionId, waitMs).finally(() => underWay.delete(connectionId))
    underWay.set(connectionId, work)
    return work
  }

  async function run(connectionId: string, waitMs: number): Promise<void> {
    let done: boolean
    do {
      done = false
      again.delete(connectionId)
      try {
        done = await advance(connectionId)
        if (problems.delete(connectionId)) changed(connectionId)
      } catch (error) {
        problems.set(connectionId, AppError.from(error))
        changed(connectionId)
      }
    } while (again.has(connectionId) && !closing.signal.aborted)
    if (!done) repeatLater(connectionId, waitMs)
  }

  function repeatLater(connectionId: string, waitMs: number): void {
    if (closing.signal.aborted) return
    const timer = setTimeout(() => {
      if (!closing.signal.aborted && !underWay.has(connectionId)) void begin(connectionId, Math.min(2 * waitMs, longestMs))
    }, waitMs)
    timer.unref()
    timers.set(connectionId, timer)
  }

  return {
    /** Resolves when there is nothing more to do now. Whoever comes while it runs has it run once more. */
    settle(connectionId: string): Promise<void> {
      const running = underWay.get(connectionId)
      if (running) {
        again.add(connectionId)
        return running
      }
      clearTimeout(timers.get(connectionId))
      timers.delete(connectionId)
      return begin(connectionId, retryMs)
    },
    /** Why a connection is not yet where it should be. */
    problem: (connectionId: string): AppError | null => problems.get(connectionId) ?? null,
    async close(): Promise<void> {
      closing.abort()
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.allSettled(underWay.values())
    },
  }
}
