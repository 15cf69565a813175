import { AppError } from '../../core/errors.ts'

export type QueuedRun = { seq: number; id: string }

/** Which run goes on next. On one machine the journal's rows are the queue; a relay of many nodes puts pg-boss behind the same words. */
export type Queue = {
  /** Looks for due runs now. */
  wake(): void
  /** Stops the work on a run. False when nobody works on it. */
  abort(runId: string): boolean
  isActive(runId: string): boolean
  /** Takes no more runs, and waits for those under way: their steps are asked to stop after `graceMs`. */
  stop(options: { graceMs: number }): Promise<void>
}

type Options<Row extends QueuedRun> = {
  due: (limit: number) => Row[]
  work: (row: Row, signal: AbortSignal) => Promise<void>
  concurrency: number
  /** Work that threw has not moved its run, so the run has to be put aside. */
  onBroken: (row: Row, error: AppError) => void
}

/** At most `concurrency` runs at a time, longest waiting first, and never two workers on one run. */
export function createQueue<Row extends QueuedRun>({ due, work, concurrency, onBroken }: Options<Row>): Queue {
  const active = new Map<string, { controller: AbortController; done: Promise<void> }>()
  let isWaking = false
  let isStopped = false

  function wake(): void {
    if (isWaking || isStopped) return
    isWaking = true
    setImmediate(() => {
      isWaking = false
      fill()
    })
  }

  function fill(): void {
    if (isStopped || active.size >= concurrency) return
    // Rows of runs under way may still look due, so as many more are read.
    for (const row of due(concurrency + active.size)) {
      if (active.size >= concurrency) return
      if (!active.has(row.id)) start(row)
    }
  }

  function start(row: Row): void {
    const controller = new AbortController()
    const done = work(row, controller.signal)
      .catch(error => onBroken(row, AppError.from(error)))
      .finally(() => {
        active.delete(row.id)
        wake()
      })
    active.set(row.id, { controller, done })
  }

  return {
    wake,
    abort(runId) {
      const found = active.get(runId)
      found?.controller.abort()
      return found !== undefined
    },
    isActive: runId => active.has(runId),
    async stop({ graceMs }) {
      isStopped = true
      const all = [...active.values()]
      const timer = setTimeout(() => {
        for (const { controller } of all) controller.abort()
      }, graceMs)
      await Promise.allSettled(all.map(({ done }) => done))
      clearTimeout(timer)
    },
  }
}
