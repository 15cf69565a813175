import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { isAppPath } from '../../core/app/paths.ts'
import { AppError } from '../../core/errors.ts'

/** Throws `validation` unless `path` is a plain relative one (`a/b.jsonc`) to a file that belongs to the app. */
export function checkPath(path: string): string {
  if (isAppPath(path)) return path
  throw new AppError(
    'validation',
    `“${path.slice(0, 240)}” is not a file of this app. Use a path inside its folder, such as entities/Ticket.jsonc.`,
  )
}

/** The absolute path of a file of the app. Throws `validation` when a link stands in the way, as it may lead out of the folder. */
export async function resolveInside(root: string, path: string): Promise<string> {
  let absolute = root
  for (const name of checkPath(path).split('/')) {
    absolute = join(absolute, name)
    const info = await lstat(absolute).catch(() => null)
    if (info?.isSymbolicLink())
      throw new AppError('validation', `“${path}” goes through a link. Plugboard only changes files that are in the app’s own folder.`)
    if (!info) break
  }
  return join(root, path)
}
