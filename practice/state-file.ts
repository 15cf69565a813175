import { readFile, rename } from 'node:fs/promises'
import { z } from 'zod'
import { writeFileAtomically } from '../host/files/atomic.ts'
import type { Emulated } from './emulated.ts'

const state = z.object({
  version: z.literal(1),
  store: z.looseObject({ collections: z.record(z.string(), z.unknown()), data: z.record(z.string(), z.unknown()) }),
  tokens: z.array(z.tuple([z.string(), z.object({ login: z.string(), id: z.number(), scopes: z.array(z.string()) })])),
})

/** The state of one practice account in one file: written after each change and before it is answered, whole or not at all. */
export function createStateFile(path: string, emulated: Emulated, isInternal: (token: string) => boolean) {
  let writing: Promise<void> | null = null
  let next: Promise<void> | null = null

  async function write(): Promise<void> {
    const tokens = [...emulated.tokens].filter(([token]) => !isInternal(token))
    await writeFileAtomically(path, JSON.stringify({ version: 1, store: emulated.store.snapshot(), tokens }))
  }

  return {
    /** Resolves when a snapshot taken after this call is on the disk. Calls during a write share the one that follows. */
    save(): Promise<void> {
      if (!writing) return (writing = write().finally(() => (writing = null)))
      return (next ??= writing
        .catch(() => {})
        .then(() => {
          next = null
          return (writing = write().finally(() => (writing = null)))
        }))
    },
    /** Takes up the saved state; false when there is none. A file that cannot be read is set aside, not lost. */
    async restore(): Promise<boolean> {
      const text = await readFile(path, 'utf8').catch(() => null)
      if (text === null) return false
      try {
        const saved = state.parse(JSON.parse(text))
        emulated.store.restore(saved.store)
        emulated.tokens.clear()
        for (const [token, owner] of saved.tokens) emulated.tokens.set(token, owner)
        return true
      } catch {
        await rename(path, `${path}.damaged`)
        return false
      }
    },
  }
}
