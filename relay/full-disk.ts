import { AppError } from '../core/errors.ts'

/** SQLite's result code, Postgres' code, and those of the operating system. */
const sqliteFull = 13
const codes = new Set(['ENOSPC', 'EDQUOT', '53100'])

function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === sqliteFull) return true
  if ('code' in error && typeof error.code === 'string' && codes.has(error.code)) return true
  return isFull(error.cause)
}

/** An error as it is told to whoever uses a relay from elsewhere: whose disk is full is the first thing they have to know. */
export function tellError(cause: unknown): AppError {
  if (!isFull(cause)) return AppError.from(cause)
  return new AppError(
    'unavailable',
    'The disk of the relay is full. What was there is still in use; free some space on its server, then try again.',
    {
      cause,
      action: { kind: 'retry' },
    },
  )
}
