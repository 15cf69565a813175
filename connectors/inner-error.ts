import { AppError } from '../core/errors.ts'

/**
 * An SDK wraps what its fetch throws. The first AppError inside is the one that says what happened: a connection to renew, a
 * provider that is down.
 */
export function innerAppError(error: unknown): AppError | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; depth++) {
    if (at instanceof AppError) return at
    at = at.cause ?? ('original' in at ? at.original : undefined)
  }
  return null
}
