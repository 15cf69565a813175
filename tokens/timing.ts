/** How long things take. The defaults are those that the protocol was checked with; tests make them short. */
export type Timing = {
  /** An attempt that was opened longer ago than this is not sent any more: another process may soon count it as over. */
  sendWithinMs: number
  /** How long one exchange may take. */
  exchangeMs: number
  /** How long a request whose answer was lost may still be on its way to the provider. */
  drainMs: number
  /** How often a caller looks whether another process is done. */
  pollMs: number
  /** First wait after a failure; doubles up to `longestRetryMs`. */
  retryMs: number
  longestRetryMs: number
  /** A token refused by the service this soon after the provider gave it is not exchanged again: the next one would fare no better. */
  unwelcomeMs: number
  /** At the end of this process: how long an exchange under way is waited for. */
  closeMs: number
}

export const usualTiming: Timing = {
  sendWithinMs: 5_000,
  exchangeMs: 60_000,
  drainMs: 90_000,
  pollMs: 250,
  retryMs: 15_000,
  longestRetryMs: 15 * 60_000,
  unwelcomeMs: 60_000,
  closeMs: 5_000,
}

const dayMs = 24 * 60 * 60_000

/** How long before its end a token is renewed: a tenth of its life, at most five minutes. Spread, so that many do not come at once. */
export const earlyMs = (lifeMs: number): number => Math.min(lifeMs / 10, 5 * 60_000) * spread(0.8, 1)

/** When a refresh token that dies with time, or when nobody uses it, is used although nobody asks: a week after the last time at the latest. */
export function keepAliveMs({ lifeMs, idleDays }: { lifeMs: number | null; idleDays: number | null }): number | null {
  const limits = [lifeMs, idleDays === null ? null : idleDays * dayMs].filter(limit => limit !== null)
  return limits.length === 0 ? null : Math.min(7 * dayMs, Math.min(...limits) / 2) * spread(0.8, 1)
}

/** The wait after so many failures in a row. */
export const backoffMs = ({ retryMs, longestRetryMs }: Timing, failures: number): number =>
  Math.min(retryMs * 2 ** Math.min(failures - 1, 30), longestRetryMs) * spread(0.8, 1.2)

const spread = (from: number, to: number): number => from + Math.random() * (to - from)
