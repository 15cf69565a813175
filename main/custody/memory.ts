import { z } from 'zod'
import type { CustodyEntry } from './record.ts'

/** Small values that outlive a restore of the home directory, by name. `read` gives null where nothing can be kept, or nothing was. */
export type Memory = { read(name: string): Promise<string | null>; write(name: string, value: string): Promise<void> }

const reached = z.object({ turn: z.number(), seen: z.number(), changes: z.number() })
/** How far a connection had come. */
type Reached = z.infer<typeof reached>

/**
 * How far the custody of each connection has come, apart from the home directory: whoever knows less has been restored from a backup. It is
 * written after a change is durable, and before anyone hears of it.
 */
export function createProgress(memory: Memory) {
  const written = new Map<string, number>()
  const nameOf = (connectionId: string) => `custody ${connectionId}`

  return {
    async keep({ connectionId, changes, state }: CustodyEntry): Promise<void> {
      if (state.turn === 0 || (written.get(connectionId) ?? -1) >= changes) return
      const { turn, seen } = state
      await memory.write(nameOf(connectionId), JSON.stringify({ turn, seen, changes } satisfies Reached))
      written.set(connectionId, changes)
    },

    /** Null: nothing more is known than there is. */
    async reachedBeyond({ connectionId, changes }: CustodyEntry): Promise<Reached | null> {
      const text = await memory.read(nameOf(connectionId))
      const found = text === null ? null : reached.safeParse(parse(text)).data
      return found && found.changes > changes ? found : null
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
