/** Time that only goes forward, in milliseconds, and what is to happen later. Tests have one of their own. */
export type Clock = {
  now(): number
  /** Does something once, later; the answer takes it back. */
  after(ms: number, work: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms)
    return () => clearTimeout(timer)
  },
}
