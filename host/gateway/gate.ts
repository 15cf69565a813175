export type Gate = ReturnType<typeof createGate>

type Options = {
  /** Most requests that may be through it and not answered yet. */
  most?: number
  /** Time between two requests, in milliseconds, after `burst` of them at once. */
  gapMs?: number
  burst?: number
}

/**
 * A place that requests pass: closed until some moment, so many at a time, so far apart. It narrows when the service refuses and widens
 * slowly while it does not, so that a pause does not end in a rush. Times are on the caller's clock, in milliseconds.
 */
export function createGate({ most = Infinity, gapMs = 0, burst = 1 }: Options = {}) {
  let closedUntil = -Infinity
  /** When the next request would come if all kept their distance (the theoretical arrival time of GCRA, ITU-T I.371). */
  let expectedAt = -Infinity
  let slow = { gapMs: 0, until: -Infinity }
  let width = most
  let underWay = 0
  let refusals = 0

  const gapAt = (now: number) => (now < slow.until ? Math.max(gapMs, slow.gapMs) : gapMs)

  return {
    gapAt,
    opensAt: () => Math.max(closedUntil, expectedAt - (burst - 1) * gapMs),
    isFull: () => underWay >= width,
    isIdle: (now: number) => underWay === 0 && closedUntil <= now && expectedAt <= now && slow.until <= now,
    enter(now: number): void {
      expectedAt = Math.max(expectedAt, now) + gapAt(now)
      underWay++
    },
    leave(): void {
      underWay--
    },
    /** The service refused a request. Answers how many times in a row it has; those that were under way together count as one. */
    refuse(now: number): number {
      if (now >= closedUntil) {
        width = Math.max(1, Math.floor(Math.min(width, underWay) / 2))
        refusals++
      }
      return refusals
    },
    accept(): void {
      refusals = 0
      if (width < most) width = Math.min(most, width + 1 / width)
    },
    close(until: number): void {
      closedUntil = Math.max(closedUntil, until)
    },
    /** Keeps requests further apart for a while. */
    slowDown(gapMs: number, until: number): void {
      slow = { gapMs, until }
    },
  }
}
