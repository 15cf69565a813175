/**
 * What a service says of its limits, as data. What is left out is what most services do: status 429, `Retry-After`, and headers that count
 * what is left (`x-ratelimit-remaining`, `ratelimit-remaining`).
 */
export type RateLimits = {
  /** Most requests of one connection under way at once. */
  concurrent?: number
  /** Answers besides status 429 that mean “slow down”. Nothing was done then. */
  signals?: readonly LimitSignal[]
  /** For a service that counts kinds of requests apart: the first group of a request's path names its kind. */
  kinds?: RegExp
  /** What the service asks for without saying it in its answers. */
  paces?: readonly Pace[]
}

export type LimitSignal = {
  status: number
  /** What the body's text has in it, where the status alone means something else too. */
  body?: RegExp
  /** A header that has such a value. */
  header?: readonly [name: string, value: RegExp]
  /** How long to wait where the answer does not say. */
  waitMs?: number
  /** It is meant for all requests of the connection, also where kinds are counted apart. */
  everything?: boolean
}

/** Requests to one path with the same value in one field of their body (a form or JSON): so far apart, after so many at once. */
export type Pace = { path: RegExp; field: string; gapMs: number; burst: number }
