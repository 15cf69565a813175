import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import { byPath, readManifest, type Manifest, type ReleaseFile } from '../../core/release/manifest.ts'
import { inParallel, sha256Of } from '../../host/files/release-folder.ts'
import { scanFiles } from '../projects/history/worktree.ts'

export type LocalRelease = {
  files: Manifest
  /** Errors: `conflict` when the file is not what it was. */
  bytesOf(file: Pick<ReleaseFile, 'path' | 'sha256'>): Promise<Uint8Array>
}

/**
 * An app's folder as a release: its own files, and those of the packages that its functions import. Links are left out. Errors:
 * `validation` for names that cannot be published, or too much of it; `unavailable`.
 */
export async function readLocalRelease(root: string, packages: readonly string[]): Promise<LocalRelease> {
  const found: ReleaseFile[] = []
  const paths = [...(await scanFiles(root)).keys(), ...packages]
  await inParallel(paths, async path => {
    const bytes = await readPlain(root, path)
    if (bytes) found.push({ path, sha256: sha256Of(bytes), size: bytes.length, mode: '100644' })
  })
  return {
    files: readManifest(found.sort(byPath)),
    async bytesOf({ path, sha256 }) {
      const bytes = await readPlain(root, path)
      if (bytes && sha256Of(bytes) === sha256) return bytes
      throw new AppError('conflict', `${path} was changed while it was being published. Publish again.`, { action: { kind: 'retry' } })
    },
  }
}

/** Null when it is gone, or no plain file any more. */
async function readPlain(root: string, path: string): Promise<Uint8Array | null> {
  const absolute = join(root, path)
  try {
    return (await lstat(absolute)).isFile() ? await readFile(absolute) : null
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw new AppError('unavailable', `${path} cannot be read. Check its permissions and try again.`, { cause })
  }
}
