import { createHash, randomUUID } from 'node:crypto'
import { link, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import { manifestText, readManifest, type Manifest, type ReleaseFile } from '../../core/release/manifest.ts'
import { explainWriteError } from './atomic.ts'

const atOnce = 16

export const sha256Of = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/** The id of a release: two that hold the same files are one. */
export const releaseIdOf = (files: Manifest): string => sha256Of(manifestText(files))

/** A release in a folder of which every byte has been checked. */
export type WholeFolder = { folder: string; files: Manifest }

/**
 * Writes the files of a release to a folder of its own, read-only: whole, or not at all. What is the same in `before` is linked from there;
 * for the rest, `bytesOf` is checked against the hash that each file has to have. A folder that is there and whole is left as it is.
 * Errors: `unavailable` (disk), `validation` (other bytes than it says).
 */
export async function writeReleaseFolder(
  folder: string,
  given: Manifest,
  bytesOf: (file: ReleaseFile) => Promise<Uint8Array>,
  before?: WholeFolder,
): Promise<void> {
  // Read again, wherever it was kept: nothing is written that its names would put elsewhere.
  const files = readManifest(given)
  if (await holdsRelease(folder, files)) return
  const building = `${folder}.${randomUUID()}.tmp`
  try {
    await mkdir(building, { recursive: true })
    await inParallel([...new Set(files.map(({ path }) => dirname(path)))], async inner => {
      await mkdir(join(building, inner), { recursive: true })
    })
    const same = new Map(before?.files.map(({ sha256, path }) => [sha256, join(before.folder, path)]))
    await inParallel(files, async file => {
      const target = join(building, file.path)
      const known = same.get(file.sha256)
      if (known === undefined || !(await linked(known, target))) await writeNew(target, await checked(file, bytesOf))
    })
    await replaceFolder(building, folder, files)
  } catch (error) {
    await rm(building, { recursive: true, force: true }).catch(() => {})
    throw error instanceof AppError ? error : explainWriteError(error, folder)
  }
}

async function checked(file: ReleaseFile, bytesOf: (file: ReleaseFile) => Promise<Uint8Array>): Promise<Uint8Array> {
  const bytes = await bytesOf(file)
  if (bytes.length !== file.size || sha256Of(bytes) !== file.sha256)
    throw new AppError('validation', `${file.path} is not what it was when it was published. Publish the app again.`)
  return bytes
}

/** False where it is gone, or the file system has no links. */
const linked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    () => false,
  )

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o444)
  try {
    await file.writeFile(bytes)
  } finally {
    await file.close()
  }
}

/** Another that wrote the same release at the same time may have been first: its folder is as good. */
async function replaceFolder(building: string, folder: string, files: Manifest): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await rename(building, folder).catch(async (error: unknown) => {
    if (!(await holdsRelease(folder, files))) throw error
    await rm(building, { recursive: true, force: true })
  })
}

/** Whether a folder holds these files, byte for byte, and no link in the place of one. */
async function holdsRelease(folder: string, files: Manifest): Promise<boolean> {
  const top = await readdir(folder).catch(() => null)
  if (!top) return false
  let whole = true
  await inParallel(files, async ({ path, size, sha256 }) => {
    if (!whole) return
    const info = await lstat(join(folder, path)).catch(() => null)
    const bytes = info?.isFile() && info.size === size ? await readFile(join(folder, path)).catch(() => null) : null
    whole &&= bytes !== null && sha256Of(bytes) === sha256
  })
  return whole
}

/** Some at a time: thousands of open files are more than a process may have. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const take = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, take))
}
