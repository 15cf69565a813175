import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../core/errors.ts'

/**
 * Replaces a file so that after a crash at any moment either the old or the new content is there, whole. Makes the folder if needed.
 * Throws `unavailable` in the user's words when the disk is full or read-only.
 */
export async function writeFileAtomically(
  path: string,
  data: string | Uint8Array,
  { mode = 0o600 }: { mode?: number } = {},
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(data)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw explainWriteError(error, path)
  }
}

/** The name of a file is durable only once its folder is. Windows cannot open a folder, and needs no such step. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** What a failed write means for the user. */
export function explainWriteError(error: unknown, path: string): AppError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('unavailable', 'The disk is full. Free some space and try again; nothing was lost.', { cause: error })
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
    return new AppError(
      'unavailable',
      `Plugboard may not write to ${dirname(path)}. Change its permissions, or set PLUGBOARD_HOME to another folder.`,
      { cause: error },
    )
  return new AppError('unavailable', `${path} could not be saved. Try again.`, { cause: error })
}
