import { AppError } from '../../core/errors.ts'

export type QueuedRun = { seq: number; id: string }

/** Which run goes on next: the journal's rows are the queue. Which process works on an app's runs at all is decided outside. */
export type Queue = {
  /** Looks for due runs now. */
  wake(): void
  /** Stops the work on a run. False when nobody works on it. */
  abort(runId: string): boolean
  isActive(runId: string): boolean
  /** True when nothing is worked on. */
  isIdle(): boolean
  /** Takes no more runs, and waits for those under way: their steps are asked to stop after `graceMs`. */
  stop(options: { graceMs: number }): Promise<void>
}

type Options<Row extends QueuedRun> = {
  /** May be out of date when it arrives: `work` looks again. */
  due: (limit: number) => Promise<Row[]>
  work: (row: Row, signal: AbortSignal) => Promise<void>
  concurrency: number
  /** Work that threw has not moved its run, so the run has to be put aside. */
  onBroken: (row: Row, error: AppError) => Promise<void>
  /** Due runs could not be read. */
  onError: (error: unknown) => void
}

/** At most `concurrency` runs at a time, longest waiting first, and never two workers on one run. */
export function createQueue<Row extends QueuedRun>({ due, work, concurrency, onBroken, onError }: Options<Row>): Queue {
  const active = new Map<string, { controller: AbortController; done: Promise<void> }>()
  let looking: Promise<void> | null = null
  let again = false
  let isStopped = false

  const hasRoom = () => !isStopped && active.size < concurrency

  function wake(): void {
    again = true
    looking ??= new Promise(resolve => setImmediate(resolve))
      .then(async () => {
        while (again && hasRoom()) {
          again = false
          await fill()
        }
      })
      .catch(onError)
      .finally(() => {
        looking = null
        if (again && hasRoom()) wake()
      })
  }

  async function fill(): Promise<void> {
    // Rows of runs under way may still look due, so as many more are read.
    for (const row of await due(concurrency + active.size)) {
      if (!hasRoom()) return
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
    isIdle: () => active.size === 0 && looking === null,
    async stop({ graceMs }) {
      isStopped = true
      await looking
      const all = [...active.values()]
      const timer = setTimeout(() => {
        for (const { controller } of all) controller.abort()
      }, graceMs)
      await Promise.allSettled(all.map(({ done }) => done))
      clearTimeout(timer)
    },
  }
}
