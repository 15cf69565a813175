import type { Clock } from './clock.ts'
import type { ConnectionBudget } from './connection-budget.ts'
import type { Writes } from './count-writes.ts'
import { readLimits, retryAfterMs } from './read-limits.ts'
import type { RateLimits } from '../../core/rate-limit.ts'
import type { TimeLimit } from './time-limit.ts'

const mostOutages = 3

type Options = {
  budget: ConnectionBudget
  limits: RateLimits
  /** On whose behalf, for the turns that callers take. */
  caller: string
  /** Whether a request may be sent again though it may have been carried out. */
  mayRepeat: boolean
  writes: Writes
  limit: TimeLimit
  clock: Clock
}

/**
 * A `fetch` that keeps to the connection's budget and tells it what answers say. A request that was refused because of a limit was not
 * carried out: it waits and goes again, also a write, as long as that fits the call's time limit. An outage (503) or a connection that
 * broke may have been carried out, so those go again only where it does no harm: a broken connection once, for it may be a kept one that
 * the other side has just closed.
 */
export function sendPaced(send: typeof fetch, { budget, limits, caller, mayRepeat, writes, limit, clock }: Options): typeof fetch {
  return async (input, init) => {
    const { signal } = limit
    const url = new URL(input instanceof Request ? input.url : String(input))
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET')
    const isSentOnce = isStream(init?.body)
    let outages = 0
    let hasBroken = false
    for (;;) {
      const turn = await budget.turn({ url, body: init?.body, caller, until: limit.lastStart, signal })
      const wasRefused = writes.leaves(method)
      const response = await send(input instanceof Request ? input.clone() : input, init).catch((error: unknown) => {
        turn.end({})
        if (!mayRepeat || isSentOnce || hasBroken || signal.aborted || !(error instanceof TypeError)) throw error
      })
      if (!response) {
        hasBroken = true
        continue
      }
      const told = await readLimits(response, limits).catch((error: unknown) => {
        turn.end({})
        throw error
      })
      turn.end(told)
      if (told.refused || response.status === 401) wasRefused()
      if (isSentOnce) return response
      if (!told.refused) {
        if (response.status !== 503 || !mayRepeat || outages === mostOutages) return response
        outages++
        const waitMs = retryAfterMs(response) ?? 250 * 2 ** outages
        if (clock.now() + waitMs > limit.lastStart) return response
        await response.body?.cancel()
        await sleep(clock, waitMs, signal)
      } else await response.body?.cancel()
    }
  }
}

function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const cancel = clock.after(ms, resolve)
  return promise.finally(() => {
    cancel()
    signal.removeEventListener('abort', onAbort)
  })
}

/** A body that can be sent once only. */
function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && (body instanceof ReadableStream || Symbol.asyncIterator in body)
}
