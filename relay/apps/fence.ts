import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Database, Steps } from '../../host/store/engine.ts'

/** Keeps a process that has lost the right to run an app's flows, without knowing it, from writing to their journal. */
export type Fence = {
  /** The app's database as flows see it: after `raise`, each transaction is one of the epoch, or fails with `conflict`. */
  database: Database
  /** Puts all who came before out. Waits for the transactions that they have under way. Throws `conflict` when somebody came later. */
  raise(epoch: number): Promise<void>
  /** Aborted when a transaction was refused. */
  lost: AbortSignal
}

/**
 * The epoch is a row of the app's own database, which each transaction holds on to until its end: the next owner's first write waits for
 * it, and what comes after that write sees that it is over.
 */
export async function openFence(database: Database): Promise<Fence> {
  const { integer, strict } = database.types
  await database.migrate('flow-owner', function* () {
    yield sql`create table flow_owner (one ${integer} primary key check (one = 1), epoch ${integer} not null) ${strict}`
    yield sql`insert into flow_owner (one, epoch) values (1, 0)`
  })
  const lost = new AbortController()
  let current: number | null = null

  function* check(): Steps<void> {
    if (current === null) return
    const [held] = yield sql`select epoch from flow_owner where epoch = ${current} ${database.forShare}`
    if (held) return
    lost.abort()
    throw passedOn()
  }

  return {
    database: {
      ...database,
      transaction: (work, options) =>
        database.transaction(function* () {
          yield* check()
          return yield* work()
        }, options),
    },
    async raise(epoch) {
      await database.transaction(function* () {
        const raised = yield sql`update flow_owner set epoch = ${epoch} where epoch < ${epoch} returning epoch`
        const [held] = raised.length ? raised : yield sql`select epoch from flow_owner where epoch = ${epoch}`
        if (!held) throw passedOn()
      })
      current = epoch
    },
    lost: lost.signal,
  }
}

function passedOn(): AppError {
  return new AppError('conflict', 'Another node of this relay runs the flows of this app now.')
}
