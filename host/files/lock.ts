import { DatabaseSync } from 'node:sqlite'

export type Lock = { release(): void }

/**
 * Takes a file for this process until it releases it or dies; null when another process has it. The lock is the operating system's:
 * `kill -9` frees it, and the number of a process used again means nothing.
 */
export function takeLock(file: string): Lock | null {
  const database = new DatabaseSync(file)
  try {
    // A transaction that is never ended and writes nothing: the file stays empty, there is nothing in it to be damaged.
    database.exec('begin exclusive')
    return { release: () => database.close() }
  } catch (error) {
    database.close()
    if (error instanceof Error && /locked|busy/i.test(error.message)) return null
    throw error
  }
}
