import { setTimeout as delay } from 'node:timers/promises'
import type { TimeLimit } from './time-limit.ts'

const mostTries = 4

type Options = { mayRepeat: boolean; limit: TimeLimit }

/**
 * A `fetch` that waits when the provider asks to (429, or 503; RFC 9110 §10.2.3) and tries again, within the call's time limit. A 429 was
 * not carried out, so writes are repeated too; a 503, or a connection that broke, may have been, so those are repeated only where it does
 * no harm: a broken connection once, for it may be a kept one that the other side has just closed.
 */
export function waitWhenAsked(send: typeof fetch, { mayRepeat, limit }: Options): typeof fetch {
  return async (input, init) => {
    const isSentOnce = isStream(init?.body)
    for (let tries = 1; ; tries++) {
      const response = await send(input instanceof Request ? input.clone() : input, init).catch((error: unknown) => {
        if (!mayRepeat || isSentOnce || tries > 1 || limit.signal.aborted || !(error instanceof TypeError)) throw error
      })
      if (!response) continue
      const waitMs = waitOf(response, mayRepeat, tries)
      if (waitMs === null || tries === mostTries || performance.now() + waitMs > limit.deadline || isSentOnce) return response
      await response.body?.cancel()
      await delay(waitMs, undefined, { signal: limit.signal })
    }
  }
}

function waitOf(response: Response, mayRepeat: boolean, tries: number): number | null {
  const asked = retryAfterMs(response.headers.get('retry-after'))
  if (response.status === 429) return asked ?? 500 * 2 ** tries
  if (response.status === 503 && mayRepeat) return asked ?? 250 * 2 ** tries
  return null
}

/** Seconds or a date. */
export function retryAfterMs(header: string | null): number | null {
  if (header === null) return null
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}

/** A body that can be sent once only. */
function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && (body instanceof ReadableStream || Symbol.asyncIterator in body)
}
