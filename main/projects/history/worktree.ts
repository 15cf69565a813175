import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAppName } from '../../../core/app/paths.ts'
import { AppError } from '../../../core/errors.ts'
import { blobId } from './objects.ts'

/** Size and times of a file: as long as they stay, so does its content. */
type Stamp = { mark: string; modifiedMs: number }
type Known = Stamp & { oid: string; lookedMs: number }

const maxFiles = 5000
const maxBytes = 5 * 1024 * 1024
const maxLevels = 16
const atOnce = 32
/** A file changed this shortly before it was read may change again without its times showing it: file systems keep coarse times. */
const coarseMs = 2000

/** The app's files and when each was last changed. Links and files over 5 MB are no part of the app. Throws `validation` beyond 5,000 files. */
export async function scanFiles(root: string): Promise<Map<string, Stamp>> {
  const all = new Map<string, Stamp>()
  await visit('', 0)
  return all

  async function visit(folder: string, level: number): Promise<void> {
    const entries = await readdir(join(root, folder), { withFileTypes: true })
    const files = entries.filter(entry => entry.isFile() && isAppName(entry.name, level === 0))
    if (all.size + files.length > maxFiles)
      throw new AppError(
        'validation',
        `This folder holds more than ${maxFiles.toLocaleString('en')} files. Open the folder of the app alone.`,
      )
    await Promise.all(
      files.map(async ({ name }) => {
        const stamp = await stampOf(join(root, folder, name))
        if (stamp) all.set(folder + name, stamp)
      }),
    )
    for (const entry of entries) {
      if (entry.isDirectory() && isAppName(entry.name, level === 0) && level < maxLevels) await visit(`${folder}${entry.name}/`, level + 1)
    }
  }
}

async function stampOf(path: string): Promise<Stamp | null> {
  const info = await lstat(path, { bigint: true }).catch(() => null)
  if (!info?.isFile() || info.size > maxBytes) return null
  return { mark: `${info.size} ${info.mtimeNs} ${info.ctimeNs} ${info.ino}`, modifiedMs: Number(info.mtimeMs) }
}

/** What the app's files are now, as git ids. Reads a file again only when its size or times have changed. */
export function watchWorktree(root: string) {
  let known = new Map<string, Known>()

  return {
    async read(): Promise<Map<string, string>> {
      const now = new Map<string, Known>()
      const stamps = await scanFiles(root)
      const changed: string[] = []
      for (const [path, stamp] of stamps) {
        const before = known.get(path)
        if (before?.mark === stamp.mark && stamp.modifiedMs < before.lookedMs - coarseMs) now.set(path, before)
        else changed.push(path)
      }
      for (let at = 0; at < changed.length; at += atOnce) {
        await Promise.all(
          changed.slice(at, at + atOnce).map(async path => {
            const stamp = stamps.get(path)
            const lookedMs = Date.now()
            const bytes = await readIfThere(join(root, path))
            if (stamp && bytes) now.set(path, { ...stamp, oid: blobId(bytes), lookedMs })
          }),
        )
      }
      known = now
      return new Map(Array.from(now, ([path, { oid }]) => [path, oid]))
    },
  }
}

/** Null when it is gone. A file that is there but cannot be read must not count as deleted. */
async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw new AppError('unavailable', `${path} cannot be read. Check its permissions and try again.`, { cause })
  }
}
