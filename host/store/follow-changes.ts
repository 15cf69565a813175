import { AppError } from '../../core/errors.ts'
import { newestChange, readChanges, type Change } from './changes.ts'
import { ask, type Database, type Peers } from './engine.ts'

type Options = { database: Pick<Database, 'query'>; peers: Peers; tell: (change: Change) => void; report: (error: AppError) => void }

/** Tells the changes of a database that other processes work on too: all from `start` on, whoever made them, in order and each once. */
export type Follower = {
  /** Errors: those of the database. Called again, it does nothing. */
  start(): Promise<void>
  /** There may be new changes of this process. */
  look(): void
  /** Nothing is told after it resolves. */
  stop(): Promise<void>
}

const batch = 200

export function followChanges({ database, peers, tell, report }: Options): Follower {
  let cursor: number | null = null
  let looking: Promise<void> | null = null
  let again = false
  let isStopped = false
  let isAway = false
  const stopHearing = peers.onWake(look)

  function look(): void {
    again = true
    if (cursor === null || isStopped) return
    looking ??= readAll(cursor)
      .then(() => {
        isAway = false
      })
      .catch(error => {
        // Said once for as long as the database is away; the next look goes on from the same place.
        if (!isAway) report(AppError.from(error))
        isAway = true
      })
      .finally(() => {
        looking = null
      })
  }

  async function readAll(from: number): Promise<void> {
    let seq = from
    for (;;) {
      if (!again || isStopped) return
      again = false
      const changes = await readChanges(database, seq, batch)
      for (const change of changes) {
        if (isStopped) return
        cursor = seq = change.seq
        tell(change)
      }
      if (changes.length === batch) again = true
    }
  }

  return {
    async start() {
      cursor ??= await ask(database, newestChange())
    },
    look,
    async stop() {
      isStopped = true
      stopHearing()
      await looking
    },
  }
}
