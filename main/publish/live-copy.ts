import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '../../core/release/manifest.ts'
import { loadApp } from '../../host/app/load.ts'
import { writeReleaseFolder } from '../../host/files/release-folder.ts'
import type { Side } from '../../host/app/release-changes.ts'
import type { LocalRelease } from './local-release.ts'
import type { RelayReleases } from './relay-releases.ts'
import { fetchPieces } from './transfer.ts'

const impatient = { waiting: () => {}, pause: async (): Promise<void> => {} }

/**
 * The live release as a folder on this desktop, in the app's local state: what is the same here is taken from here, the rest is fetched.
 * Only the newest one is kept.
 */
export async function copyLive(
  relay: RelayReleases,
  appId: string,
  { releaseId, files }: { releaseId: string; files: Manifest },
  root: string,
  local: LocalRelease,
): Promise<Side> {
  const copies = join(root, '.plugboard', 'published')
  const folder = join(copies, releaseId)
  const here = new Map(local.files.map(file => [file.sha256, file]))
  const pieces = new Map<string, Uint8Array>()
  const lacking = new Map(files.filter(({ sha256 }) => !here.has(sha256)).map(file => [file.sha256, file]))
  const names = await readdir(copies).catch((): string[] => [])
  if (!names.includes(releaseId))
    await fetchPieces(relay, appId, [...lacking.values()], (hash, bytes) => void pieces.set(hash, bytes), impatient)
  await writeReleaseFolder(folder, files, async file => {
    const same = here.get(file.sha256)
    if (same) return local.bytesOf(same)
    if (!pieces.has(file.sha256)) await fetchPieces(relay, appId, [file], (hash, bytes) => void pieces.set(hash, bytes), impatient)
    return pieces.get(file.sha256) ?? new Uint8Array(0)
  })
  for (const name of names) if (name !== releaseId) await rm(join(copies, name), { recursive: true, force: true })
  return sideOf(folder, files)
}

/** A folder as one side of a comparison. */
export async function sideOf(folder: string, files: Manifest, id = 'published'): Promise<Side> {
  return { model: await loadApp(id, folder), files, read: path => readText(folder, files, path) }
}

/** Null for what is not there, or is no text. */
export async function readText(folder: string, files: Manifest, path: string): Promise<string | null> {
  if (!files.some(file => file.path === path)) return null
  const bytes = await readFile(join(folder, path)).catch(() => null)
  if (!bytes) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
