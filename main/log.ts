import { appendFile, mkdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppError } from '../core/errors.ts'
import { maskSecrets } from '../core/secrets.ts'

const limitBytes = 5_000_000

/** `logs/plugboard.log` in the home directory, one older file kept. Errors with their causes; never a value that passed through a call: `scrub` cleans every text. */
export function openLog(home: string, scrub: (text: string) => string = maskSecrets) {
  const folder = join(home, 'logs')
  const file = join(folder, 'plugboard.log')
  let writing: Promise<void> = Promise.resolve()

  async function append(text: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const sizeBytes = await stat(file).then(
      found => found.size,
      () => 0,
    )
    if (sizeBytes > limitBytes) await rename(file, `${file}.1`)
    await appendFile(file, text, { mode: 0o600 })
  }

  /** A log that cannot be written must not take the app down with it. */
  const write = (text: string): void => {
    writing = writing.then(() => append(scrub(text))).catch(() => {})
  }

  return {
    write,
    report(error: AppError): void {
      const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : ''
      write(`${new Date().toISOString()} ${error.code} ${error.message}${cause ? `\n${cause}` : ''}\n`)
    },
    /** Waits until all that was reported is on disk. */
    flush: () => writing,
  }
}
