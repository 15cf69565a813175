import type { LimitSignal, RateLimits } from '../../core/rate-limit.ts'

/** What an answer tells about limits. Milliseconds from now. */
export type Told = {
  /** Present when the request was refused because of a limit; `waitMs` is null where the answer does not say how long. */
  refused?: { waitMs: number | null; everything: boolean }
  /** What is left of the window that is closest to its end. `limit` is null where it is not told. */
  left?: { count: number; limit: number | null; resetMs: number }
}

/** Sent by most services, and by those that speak GraphQL (Linear answers 400 then). */
const usualSignals: readonly LimitSignal[] = [{ status: 429 }, { status: 400, body: /"code"\s*:\s*"RATELIMITED"/ }]
/** The common header, the coming standard (draft-ietf-httpapi-ratelimit-headers), and Linear's two. */
const windows = ['x-ratelimit', 'ratelimit', 'x-ratelimit-requests', 'x-ratelimit-complexity'].map(name => ({
  remaining: `${name}-remaining`,
  limit: `${name}-limit`,
  reset: `${name}-reset`,
}))
/** A longer wait than this is a misunderstanding. */
const longestResetMs = 24 * 3_600_000

/** Reads what an answer says of the service's limits. The body is looked at only where its status may mean a limit, and stays readable. */
export async function readLimits(response: Response, { signals = [] }: RateLimits): Promise<Told> {
  const left = tightest(response)
  const signal = await find(response, [...signals, ...usualSignals])
  if (!signal) return left ? { left } : {}
  const reset = left?.count === 0 ? left.resetMs : null
  const waitMs = retryAfterMs(response) ?? reset ?? signal.waitMs ?? null
  return { refused: { waitMs, everything: signal.everything ?? false }, ...(left && { left }) }
}

async function find(response: Response, signals: readonly LimitSignal[]): Promise<LimitSignal | undefined> {
  let text: string | undefined
  for (const signal of signals) {
    if (signal.status !== response.status) continue
    const [name = '', value] = signal.header ?? []
    if (value && !value.test(response.headers.get(name) ?? '')) continue
    if (signal.body && !signal.body.test((text ??= await response.clone().text()))) continue
    return signal
  }
  return undefined
}

function tightest({ headers }: Response): Told['left'] {
  let found: Told['left']
  for (const { remaining, limit, reset } of windows) {
    const count = numberIn(headers.get(remaining))
    const resetMs = count === null ? null : untilMs(headers.get(reset), headers)
    if (count === null || resetMs === null || resetMs > longestResetMs || (found && found.count <= count)) continue
    found = { count, limit: numberIn(headers.get(limit)), resetMs }
  }
  return found
}

/** RFC 9110 §10.2.3: seconds, also with a fraction, or a date. Null where there is none. */
export function retryAfterMs({ headers }: Pick<Response, 'headers'>): number | null {
  const header = headers.get('retry-after')
  const seconds = numberIn(header)
  return seconds === null ? untilMs(header, headers) : seconds * 1000
}

/** Services give a moment as seconds from now, as seconds or milliseconds since 1970, or as a date: which one, its size tells. */
function untilMs(header: string | null, headers: Headers): number | null {
  const number = numberIn(header)
  if (number !== null && number < 1e9) return number * 1000
  // Date.parse takes nearly every word with a number in it for a year.
  const at = number === null ? Date.parse(header?.includes(':') ? header : '') : number < 1e12 ? number * 1000 : number
  // By the service's own clock where it tells: ours may be wrong.
  const now = Date.parse(headers.get('date') ?? '')
  const ms = at - (Number.isFinite(now) ? now : Date.now())
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}

const numberIn = (header: string | null): number | null => (header !== null && /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) : null)
