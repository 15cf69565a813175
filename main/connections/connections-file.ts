import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import { openDatabase, type AppDatabase } from '../../host/store/database.ts'

// https://sqlite.org/rescode.html
const damagedCodes = new Set([11, 26])

/** `connections.db` in the home directory: who is connected, and the tokens, sealed. A damaged one is kept aside and reported. */
export function openConnectionsFile(home: string, report: (error: AppError) => void): AppDatabase {
  const file = join(home, 'connections.db')
  try {
    return openDatabase(file)
  } catch (error) {
    if (!(error instanceof AppError) || !isDamage(error.cause)) throw error
    const kept = `${file}.damaged-${Date.now()}`
    for (const part of ['', '-wal', '-shm']) if (existsSync(`${file}${part}`)) renameSync(`${file}${part}`, `${kept}${part}`)
    report(
      new AppError('unavailable', `The list of connections was damaged. It is kept as ${kept}; connect your tools again.`, {
        cause: error,
      }),
    )
    return openDatabase(file)
  }
}

const isDamage = (cause: unknown): boolean =>
  cause instanceof Error && 'errcode' in cause && typeof cause.errcode === 'number' && damagedCodes.has(cause.errcode & 0xff)
