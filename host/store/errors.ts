import { AppError } from '../../core/errors.ts'

/** What the caller sent cannot be used; the sentence says which part and why. */
export function invalid(message: string): AppError {
  return new AppError('validation', message)
}

// Primary result codes, https://sqlite.org/rescode.html
const busy = 5
const readOnly = 8
const ioError = 10
const corrupt = 11
const full = 13
const cannotOpen = 14
const notADatabase = 26

/** Turns SQLite's own error into a sentence for the user; anything else comes back as it is. `file` is the database's path. */
export function explainDatabaseError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error
  const unavailable = (message: string) => new AppError('unavailable', message, { cause: error, details: error.message })
  switch (error.errcode & 0xff) {
    case corrupt:
    case notADatabase:
      return unavailable(
        `The records of this app cannot be read: ${file} is damaged. The file was kept; put a backup in its place, or move it away to start empty.`,
      )
    case full:
      return unavailable('The disk is full. Free some space and try again; nothing was lost.')
    case readOnly:
      return unavailable(`Plugboard may not write to ${file}. Change its permissions and try again; nothing was lost.`)
    case cannotOpen:
      return unavailable(`${file} cannot be opened. Check that its folder exists and may be written to.`)
    case ioError:
      return unavailable(`${file} could not be read or written. Check the disk and try again.`)
    case busy:
      return unavailable(`Another program is using ${file}. Close it and try again.`)
    default:
      return error
  }
}
