import { maskSecrets } from '../core/secrets.ts'
import type { AppError } from '../core/errors.ts'

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

export type Log = {
  info(message: string, fields?: LogFields): void
  /** For what an operator should look at. */
  warn(message: string, fields?: LogFields): void
  /** An error with its causes. */
  report(error: AppError, fields?: LogFields): void
}

/** One JSON object a line. Whatever looks like a credential is hidden, in every field. */
export function createLog(write: (line: string) => void = line => void process.stdout.write(line), now: () => number = Date.now): Log {
  const line = (level: string, message: string, fields: LogFields = {}) =>
    write(
      `${JSON.stringify({ at: new Date(now()).toISOString(), level, message, ...fields }, (_, value: unknown) => (typeof value === 'string' ? maskSecrets(value) : value))}\n`,
    )
  return {
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    report: (error, fields) => {
      const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : undefined
      line('error', error.message, { code: error.code, details: error.details, cause, ...fields })
    },
  }
}
