import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '../../host/files/atomic.ts'
import { parseSealed, type Sealed } from './seal.ts'

export type SealedRecords = Awaited<ReturnType<typeof openRecords>>

/** The sealed records of a vault: one file each, so that a write to one can never harm another. All of them are held in memory, sealed. */
export async function openRecords(folder: string) {
  const records = new Map<string, Sealed>()
  let damaged = 0
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(folder)) {
    // What a crash left half-written was never promised to anyone.
    if (name.endsWith('.tmp')) await rm(join(folder, name), { force: true })
    if (!name.endsWith('.json')) continue
    const record = await readRecord(join(folder, name))
    if (record && fileName(record.id) === name) records.set(record.id, record)
    else damaged += 1
  }

  return {
    get: (id: string) => records.get(id),
    all: () => [...records.values()],
    /** Files that no key could open, because they are not what was written. */
    damaged: () => damaged,
    async put(record: Sealed): Promise<void> {
      await writeFileAtomically(join(folder, fileName(record.id)), `${JSON.stringify(record)}\n`)
      records.set(record.id, record)
    },
    async remove(id: string): Promise<void> {
      await rm(join(folder, fileName(id)), { force: true })
      records.delete(id)
    },
    /** Makes room for a new record without losing one that cannot be opened today. */
    async setAside(id: string): Promise<void> {
      const file = join(folder, fileName(id))
      await rename(file, `${file}.kept-${Date.now()}`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      })
      records.delete(id)
    },
  }
}

/** Ids may hold anything; file names may not. */
const fileName = (id: string): string => `${createHash('sha256').update(id).digest('hex')}.json`

async function readRecord(file: string): Promise<Sealed | null> {
  return parseSealed(await readFile(file, 'utf8').catch(() => ''))
}
