import { AppError } from '../../core/errors.ts'

// Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html, and Node's own for sockets.
const beaten = new Set(['40001', '40P01'])
const away = new Set([
  '57P01',
  '57P02',
  '57P03',
  '53300',
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOENT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
const notFound = new Set(['ENOTFOUND', 'EAI_AGAIN', '3D000'])
const full = new Set(['53100', '53200'])
const readOnly = new Set(['25006', '42501'])
const stopped = '57014'
/** What pg says without a code when a connection ends, does not come about, or does not answer. */
const silence =
  /connection terminated|connection ended|client was closed|not queryable|connection error|timeout exceeded when trying|read timeout|timeout expired/i

/** True when another transaction was in the way and this one, run again, may well succeed. */
export function wasBeaten(error: unknown): boolean {
  return beaten.has(codeOf(error))
}

/** True when the connection is of no use any more. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof AppError) return error.cause !== undefined && isConnectionLost(error.cause)
  const code = codeOf(error)
  return (
    away.has(code) || notFound.has(code) || code.startsWith('08') || (code === '' && error instanceof Error && silence.test(error.message))
  )
}

/** Turns Postgres's own error into a sentence for the user; anything else comes back as it is. None tells the address or the password. */
export function explainPostgresError(error: unknown): unknown {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  const unavailable = (message: string) =>
    new AppError('unavailable', message, { cause: error, details: error instanceof Error ? error.message : undefined })
  if (notFound.has(code)) return unavailable('There is no such database. Check the host and the name in DATABASE_URL.')
  if (code.startsWith('28'))
    return unavailable('The database refused to let Plugboard in. Check the user and the password in DATABASE_URL.')
  if (isConnectionLost(error))
    return unavailable('The database cannot be reached. Plugboard goes on by itself when it is back; try again in a moment.')
  if (full.has(code)) return unavailable('The disk or the memory of the database is full. Make room there and try again; nothing was lost.')
  if (readOnly.has(code))
    return unavailable('Plugboard may not write to its database. Give its user the right to, and try again; nothing was lost.')
  if (wasBeaten(error)) return unavailable('Too many changes came at the same time. Try again; nothing was lost.')
  if (code === stopped)
    return new AppError('timeout', 'The database took too long. Ask for less at a time, or filter by a field of its own.', { cause: error })
  return error
}

/** The connection was lost while the answer to a commit was awaited: it may have been made. */
export function explainLostCommit(error: unknown): AppError {
  return new AppError('unavailable', 'The database went away while this was being saved. Look whether it is there before you try again.', {
    cause: error,
    details: error instanceof Error ? error.message : undefined,
  })
}

function codeOf(error: unknown): string {
  // A host with several addresses gives one error for all of them.
  if (error instanceof AggregateError && codeOfOne(error) === '') return codeOfOne(error.errors[0])
  return codeOfOne(error)
}

function codeOfOne(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
