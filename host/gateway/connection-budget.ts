import { AppError } from '../../core/errors.ts'
import type { Pace, RateLimits } from '../../core/rate-limit.ts'
import type { Clock } from './clock.ts'
import { createGate, type Gate } from './gate.ts'
import type { Told } from './read-limits.ts'

/** A request that wants to be sent. Times are on the clock. */
export type Asked = {
  url: URL
  body: unknown
  /** On whose behalf: callers take turns. */
  caller: string
  /** It is not begun later than this. */
  until: number
  signal: AbortSignal
}
/** The right to send one request. `end` hands it back, with what the answer told. */
export type Turn = { end(told: Told): void }
export type ConnectionBudget = ReturnType<typeof createConnectionBudget>

/** `counted` is the gate that the service's own counting is about. */
type Way = { gates: readonly Gate[]; counted: Gate }
type Waiting = { asked: Asked; gates: readonly Gate[]; begin: () => void; refuse: (error: AppError) => void }

const usuallyConcurrent = 10
/** Below this share of a window requests are spread over the rest of it, but never further apart than `longestGapMs`. */
const lowShare = 0.1
const lowCount = 10
const longestGapMs = 2000
const firstBackoffMs = 500
const longestBackoffMs = 60_000
const mostGates = 200

/**
 * What one connection may ask of its service at the moment, for all its callers. Requests wait for their turn, callers one after another;
 * a request that could not begin in time is refused at once with `rate_limited` and when to go on, and nothing was sent for it then.
 */
export function createConnectionBudget(limits: RateLimits, serviceName: string, clock: Clock) {
  const { concurrent = usuallyConcurrent, kinds, paces = [] } = limits
  const all = createGate({ most: concurrent })
  const others = new Map<string, Gate>()
  /** In the order in which callers have their next turn. */
  const waiting = new Map<string, Waiting[]>()
  let stopTimer = () => {}

  function gate(key: string, options?: Parameters<typeof createGate>[0]): Gate {
    const known = others.get(key)
    if (known) return known
    if (others.size >= mostGates) for (const [other, { isIdle }] of others) if (isIdle(clock.now())) others.delete(other)
    const made = createGate(options)
    others.set(key, made)
    return made
  }

  function wayOf({ url, body }: Asked): Way {
    const kind = kinds?.exec(url.pathname)?.[1]
    const counted = kind === undefined ? all : gate(`kind ${kind}`)
    const paced = paces.flatMap(pace => {
      const value = pace.path.test(url.pathname) ? fieldIn(body, pace) : null
      return value === null ? [] : [gate(`${pace.path.source} ${value}`, pace)]
    })
    return { gates: [...new Set([all, counted, ...paced])], counted }
  }

  /** Begins what may begin, refuses what cannot begin in time, and comes back when the next one may. */
  function advance(): void {
    stopTimer()
    const now = clock.now()
    for (let next = takeNext(now); next; next = takeNext(now)) {
      for (const gate of next.gates) gate.enter(now)
      next.begin()
    }
    let wakeAt = Infinity
    const ahead = new Map<Gate, number>()
    const late: [Waiting, number][] = []
    for (const each of inTurns()) {
      const opensAt = each.gates.map(gate => gate.opensAt() + gate.gapAt(now) * (ahead.get(gate) ?? 0))
      const beginsAt = Math.max(now, ...opensAt)
      if (beginsAt >= each.asked.until) late.push([each, beginsAt - now])
      else {
        for (const gate of each.gates) ahead.set(gate, (ahead.get(gate) ?? 0) + 1)
        wakeAt = Math.min(wakeAt, beginsAt > now ? beginsAt : each.asked.until)
      }
    }
    stopTimer = wakeAt === Infinity ? () => {} : clock.after(wakeAt - now, advance)
    for (const [each, waitMs] of late) {
      leave(each)
      each.refuse(slowDown(serviceName, waitMs))
    }
  }

  /** All that wait, in the order in which they would go if nothing else were in their way. */
  function* inTurns(): Generator<Waiting> {
    const longest = Math.max(0, ...[...waiting.values()].map(queue => queue.length))
    for (let place = 0; place < longest; place++) {
      for (const queue of waiting.values()) {
        const each = queue[place]
        if (each) yield each
      }
    }
  }

  function takeNext(now: number): Waiting | undefined {
    for (const [caller, queue] of waiting) {
      const index = queue.findIndex(({ gates }) => gates.every(gate => gate.opensAt() <= now && !gate.isFull()))
      const [taken] = index < 0 ? [] : queue.splice(index, 1)
      if (!taken) continue
      waiting.delete(caller)
      if (queue.length > 0) waiting.set(caller, queue)
      return taken
    }
    return undefined
  }

  function leave(each: Waiting): void {
    const { caller } = each.asked
    const queue = (waiting.get(caller) ?? []).filter(other => other !== each)
    if (queue.length > 0) waiting.set(caller, queue)
    else waiting.delete(caller)
  }

  function learn(counted: Gate, { refused, left }: Told): void {
    const now = clock.now()
    if (refused) {
      const meant = refused.everything ? all : counted
      const inARow = meant.refuse(now)
      meant.close(now + waitAfter(inARow, refused.waitMs))
    } else for (const each of new Set([all, counted])) each.accept()
    if (!left) return
    if (left.count === 0) counted.close(now + left.resetMs)
    else if (left.count <= (left.limit === null ? lowCount : left.limit * lowShare))
      counted.slowDown(Math.min(left.resetMs / left.count, longestGapMs), now + left.resetMs)
  }

  return {
    /** Waits until the request may be sent. Throws `rate_limited` when that is too late, and the signal's reason when it aborts. */
    turn(asked: Asked): Promise<Turn> {
      const { promise, resolve, reject } = Promise.withResolvers<Turn>()
      if (asked.signal.aborted) return Promise.reject(asked.signal.reason)
      const { gates, counted } = wayOf(asked)
      const onAbort = () => {
        leave(mine)
        reject(asked.signal.reason)
      }
      const done = () => asked.signal.removeEventListener('abort', onAbort)
      const mine: Waiting = {
        asked,
        gates,
        begin() {
          done()
          resolve({
            end(told) {
              for (const gate of gates) gate.leave()
              learn(counted, told)
              advance()
            },
          })
        },
        refuse(error) {
          done()
          reject(error)
        },
      }
      asked.signal.addEventListener('abort', onAbort, { once: true })
      waiting.set(asked.caller, [...(waiting.get(asked.caller) ?? []), mine])
      advance()
      return promise
    },
    /** True when nothing is known that a new budget would not know. */
    isIdle: () => waiting.size === 0 && [all, ...others.values()].every(gate => gate.isIdle(clock.now())),
  }
}

/** What the service says, but longer each time when it goes on refusing; a little different for each, where it says nothing. */
function waitAfter(inARow: number, saidMs: number | null): number {
  const backoffMs = Math.min(firstBackoffMs * 2 ** (inARow - 1), longestBackoffMs)
  if (saidMs === null) return backoffMs * (0.75 + Math.random() / 2)
  return Math.max(saidMs, inARow > 1 ? backoffMs / 2 : 0)
}

export function slowDown(serviceName: string, waitMs: number): AppError {
  const retryAfterMs = Math.max(1000, Math.ceil(waitMs))
  return new AppError('rate_limited', `${serviceName} asks to slow down. Try again in ${inWords(retryAfterMs)}.`, { retryAfterMs })
}

function inWords(ms: number): string {
  const [count, unit] = ms < 90_000 ? [ms / 1000, 'second'] : ms < 90 * 60_000 ? [ms / 60_000, 'minute'] : [ms / 3_600_000, 'hour']
  const whole = Math.ceil(count)
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`
}

/** The text of one field in a body that is a form or JSON. */
function fieldIn(body: unknown, { field }: Pace): string | null {
  if (body instanceof URLSearchParams) return body.get(field)
  if (typeof body !== 'string') return null
  if (!body.startsWith('{')) return new URLSearchParams(body).get(field)
  try {
    const value: unknown = (JSON.parse(body) as Record<string, unknown>)[field]
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}
