import type { AppDatabase } from './database.ts'

/**
 * Group commit: writes that come in the same turn of the event loop share one transaction, and so one wait for the disk. A write is
 * durable when its promise resolves. When one of them fails the others are not taken down with it.
 */
export type Commits = { write<T>(work: () => T): Promise<T> }

type Pending = { work(): void; done(): void; fail(error: unknown): void }

export function createCommits(database: Pick<AppDatabase, 'transaction'>): Commits {
  let pending: Pending[] = []

  function flush(): void {
    const group = pending
    pending = []
    if (group.length === 0) return
    try {
      database.transaction(() => {
        for (const { work } of group) work()
      })
      for (const { done } of group) done()
    } catch (error) {
      const [only] = group
      if (only && group.length === 1) only.fail(error)
      else for (const one of group) alone(one)
    }
  }

  function alone({ work, done, fail }: Pending): void {
    try {
      database.transaction(work)
      done()
    } catch (error) {
      fail(error)
    }
  }

  return {
    write: work =>
      new Promise((resolve, reject) => {
        let result: ReturnType<typeof work>
        if (pending.length === 0) setImmediate(flush)
        pending.push({
          work: () => {
            result = work()
          },
          done: () => resolve(result),
          fail: reject,
        })
      }),
  }
}
