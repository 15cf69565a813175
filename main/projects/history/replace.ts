import { randomUUID } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../core/errors.ts'
import { explainWriteError, writeFileAtomically } from '../../../host/files/atomic.ts'
import { resolveInside } from '../paths.ts'
import { blobId, type Objects } from './objects.ts'

/** `before` and `after` are git ids, null for “no file”. */
export type Replacement = { path: string; before: string | null; after: string | null }

const pendingFile = z.object({
  commit: z.string(),
  files: z.array(z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
})

/**
 * Puts new content into several files and moves the branch to `commit`: all or nothing, whether it fails or the process dies in between.
 * What is under way is noted in `pending.json` first; `recover` takes back what a dead process left half done.
 */
export function openReplacer(root: string, local: string, objects: Objects) {
  const pending = join(local, 'history', 'pending.json')

  async function replace(commit: string, files: readonly Replacement[]): Promise<void> {
    const staging = join(local, 'staging', randomUUID())
    const targets = await Promise.all(files.map(({ path }) => resolveInside(root, path)))
    for (const [index, { path, before }] of files.entries()) {
      if ((await currentId(targets[index] ?? '')) !== before)
        throw new AppError('conflict', `${path} was changed at this very moment by another program. Try again.`, {
          action: { kind: 'retry' },
        })
    }
    try {
      // The disk is found to be full here, before any file of the app is touched.
      await mkdir(staging, { recursive: true, mode: 0o700 })
      for (const [index, { after }] of files.entries()) {
        if (after !== null) await stage(join(staging, String(index)), await objects.readBlob(after), targets[index])
      }
      await writeFileAtomically(pending, JSON.stringify({ commit, files }))
      try {
        for (const [index, { after }] of files.entries()) await move(join(staging, String(index)), targets[index] ?? '', after)
        await objects.setHead(commit)
      } catch (error) {
        await takeBack(files)
        throw error
      }
      await rm(pending, { force: true })
    } catch (error) {
      throw error instanceof AppError ? error : explainWriteError(error, join(root, 'config.jsonc'))
    } finally {
      await rm(staging, { recursive: true, force: true }).catch(() => {})
    }
    for (const { path, after } of files) if (after === null) await removeEmptyFolders(root, path)
  }

  async function takeBack(files: readonly Replacement[]): Promise<void> {
    for (const { path, before, after } of files) {
      const target = await resolveInside(root, path).catch(() => null)
      const current = target && (await currentId(target))
      // Anything else is someone's own edit from meanwhile: it stays.
      if (target === null || current !== after || current === before) continue
      if (before === null) {
        await rm(target, { force: true })
        await removeEmptyFolders(root, path)
      } else {
        await writeFileAtomically(target, await objects.readBlob(before), { mode: 0o644 })
      }
    }
    await rm(pending, { force: true })
  }

  return {
    replace,
    async recover(): Promise<void> {
      const text = await readFile(pending, 'utf8').catch(() => null)
      if (text === null) return
      const { commit, files } = pendingFile.parse(JSON.parse(text))
      if ((await objects.head()) === commit) await rm(pending, { force: true })
      else await takeBack(files)
      await rm(join(local, 'staging'), { recursive: true, force: true })
    },
  }
}

async function currentId(path: string): Promise<string | null> {
  const bytes = await readFile(path).catch(() => null)
  return bytes && blobId(bytes)
}

async function stage(path: string, bytes: Uint8Array, target: string | undefined): Promise<void> {
  const file = await open(path, 'wx', 0o644)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  const existing = target && (await stat(target).catch(() => null))
  if (existing) await chmod(path, existing.mode & 0o777)
}

async function move(staged: string, target: string, after: string | null): Promise<void> {
  if (after === null) return rm(target, { force: true })
  await mkdir(dirname(target), { recursive: true })
  await rename(staged, target)
}

async function removeEmptyFolders(root: string, path: string): Promise<void> {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    try {
      await rmdir(join(root, folder))
    } catch {
      return // Not empty: neither are those above it.
    }
  }
}
