import { failedSince } from '../../host/flows/journal.ts'
import { nextWorkAt } from '../../host/flows/next-work.ts'
import { createFlowTables } from '../../host/flows/tables.ts'
import { ask, type Engine } from '../../host/store/engine.ts'

export type Peek = {
  /** When the flows of an app that has run before have something to do next, in epoch ms. Null: nothing is known to come. */
  nextAt(appId: string): Promise<number | null>
  /** How many runs of an app have failed since a time, in epoch ms. */
  failedSince(appId: string, since: number): Promise<number>
}

/** Looks into what apps keep, without waking them. */
export function createPeek(openDatabase: (appId: string) => Promise<{ engine: Engine; close(): Promise<void> }>): Peek {
  const withTables = new Set<string>()

  async function look<T>(appId: string, read: (engine: Engine) => Promise<T>): Promise<T> {
    const { engine, close } = await openDatabase(appId)
    try {
      return await read(engine)
    } finally {
      await close()
    }
  }

  return {
    nextAt: appId => look(appId, engine => ask(engine, nextWorkAt())),
    failedSince: (appId, since) =>
      look(appId, async engine => {
        // It may have been published a moment ago and never run. Tables once made stay.
        if (!withTables.has(appId)) await createFlowTables(engine)
        withTables.add(appId)
        return ask(engine, failedSince(since))
      }),
  }
}
