import { randomBytes } from 'node:crypto'

/** Makes ids of 24 hex digits that sort in the order in which they were made, even when the clock is set back: 12 of time, 4 counted, 8 random. */
export function createIds(now: () => number): () => string {
  let last = 0
  let counted = 0
  return () => {
    const time = now()
    if (time > last) [last, counted] = [time, 0]
    else if (++counted > 0xffff) [last, counted] = [last + 1, 0]
    return hex(last, 12) + hex(counted, 4) + randomBytes(4).toString('hex')
  }
}

function hex(value: number, digits: number): string {
  return Math.trunc(value).toString(16).padStart(digits, '0')
}
