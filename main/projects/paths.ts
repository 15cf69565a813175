import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'

const untracked = new Set(['node_modules', 'site'])
const maxLength = 240

/**
 * Whether Plugboard reads, writes and remembers this name within an app. Left out: hidden names (`.plugboard`, `.git`, and `.env` with its
 * secrets), packages, and the site, which has a repository and tools of its own. Also what editors leave beside a file while they save it.
 */
export function isAppName(name: string, isAtTop: boolean): boolean {
  if (name === '' || name.startsWith('.') || name.endsWith('~') || name.endsWith('.swp') || name.endsWith('.tmp')) return false
  const plain = name.toLowerCase()
  return plain !== 'node_modules' && !(isAtTop && untracked.has(plain))
}

/** Throws `validation` unless `path` is a plain relative one (`a/b.jsonc`) to a file that belongs to the app. */
export function checkPath(path: string): string {
  const names = path.split('/')
  const isPlain = path.length <= maxLength && path.isWellFormed() && !/[\\:*?"<>|\p{Cc}]/u.test(path)
  if (isPlain && names.every((name, level) => isAppName(name, level === 0) && name.trim() === name && !name.endsWith('.'))) return path
  throw new AppError(
    'validation',
    `“${path.slice(0, maxLength)}” is not a file of this app. Use a path inside its folder, such as entities/Ticket.jsonc.`,
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
