type Options = {
  tick: () => Promise<void>
  /** When something is next to be done, in epoch milliseconds, or null. */
  nextAt: () => Promise<number | null>
  everyMs: number
  now: () => number
  onError: (error: unknown) => void
}

export type Ticker = {
  /** Ticks now, and then again and again. */
  start(): Promise<void>
  /** There is something to do at this time. */
  soon(at: number): void
  /** No tick begins after it, and the last one has ended when it resolves. */
  stop(): Promise<void>
}

/** Looks at the clock every so often, and sooner for what is due sooner. It may jump, so nothing sleeps until a far moment. */
export function createTicker({ tick, nextAt, everyMs, now, onError }: Options): Ticker {
  let timer: NodeJS.Timeout | undefined
  let plannedFor = Infinity
  let ticking: Promise<void> | null = null
  let isStopped = false

  function plan(inMs: number): void {
    clearTimeout(timer)
    if (isStopped) return
    plannedFor = performance.now() + inMs
    timer = setTimeout(() => void turn(), inMs)
  }

  function turn(): Promise<void> {
    ticking ??= (async () => {
      let inMs = everyMs
      try {
        await tick()
        const dueInMs = ((await nextAt()) ?? Infinity) - now()
        // What is due already is worked on, and ends by itself.
        if (dueInMs > 0) inMs = Math.min(everyMs, dueInMs)
      } catch (error) {
        if (!isStopped) onError(error)
      } finally {
        ticking = null
        plan(inMs)
      }
    })()
    return ticking
  }

  return {
    start: turn,
    soon(at) {
      const inMs = Math.max(1, at - now())
      if (timer !== undefined && performance.now() + inMs < plannedFor) plan(inMs)
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await ticking
    },
  }
}
