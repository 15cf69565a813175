const untracked = new Set(['node_modules', 'site'])
const maxLength = 240
/** Names that Windows keeps for devices, whatever ending follows. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/**
 * Whether Plugboard reads, writes and remembers this name within an app. Left out: hidden names (`.plugboard`, `.git`, and `.env` with its
 * secrets), packages, and the site, which has a repository and tools of its own. Also what editors leave beside a file while they save it.
 */
export function isAppName(name: string, isAtTop: boolean): boolean {
  if (name === '' || name.startsWith('.') || name.endsWith('~') || name.endsWith('.swp') || name.endsWith('.tmp')) return false
  const plain = name.toLowerCase()
  return plain !== 'node_modules' && !(isAtTop && untracked.has(plain))
}

/** Whether a path is relative, leads nowhere but down, and can be written as it is on every file system (device names aside). */
export function isPlainPath(path: string): boolean {
  if (path.length > maxLength || !path.isWellFormed() || /[\\:*?"<>|\p{Cc}]/u.test(path)) return false
  return path.split('/').every(name => name !== '' && !name.startsWith('.') && name.trim() === name && !name.endsWith('.'))
}

/** Whether `path` names a file that belongs to an app, such as `entities/Ticket.jsonc`. */
export const isAppPath = (path: string): boolean =>
  isPlainPath(path) && path.split('/').every((name, level) => isAppName(name, level === 0))

/** Whether a name on the way of `path` is one that Windows cannot have. */
export const hasDeviceName = (path: string): boolean => path.split('/').some(name => device.test(name))
