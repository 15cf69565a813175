import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Manifest } from '../../core/release/manifest.ts'
import { inParallel } from '../files/release-folder.ts'
import { isOfApp } from './fingerprint.ts'
import { decode, maxFileBytes, tooLarge, type Entry, type Folder } from './folder.ts'

/**
 * The folder of a release, of which every file is known: nothing has to be looked for, and no link can lead outside. What the model is made
 * of is read at once, many files at a time. Throws when such a file is not there.
 */
export async function openReleaseFolder(root: string, release: Manifest): Promise<Folder> {
  const files = new Map(release.filter(({ path }) => !path.includes('node_modules/')).map(({ path, size }) => [path, size]))
  const folders = new Map<string, Map<string, Entry>>([['.', new Map()]])
  for (const path of files.keys()) enter(path, false)
  const texts = new Map<string, Uint8Array>()
  const ofModel = Array.from(files).filter(([path, size]) => size <= maxFileBytes && isOfApp(path.split('/')))
  await inParallel(ofModel, async ([path]) => void texts.set(path, await readFile(join(root, path))))

  function enter(path: string, isFolder: boolean): void {
    const [above, name] = [posix.dirname(path), posix.basename(path)]
    const entries = folders.get(above) ?? new Map<string, Entry>()
    entries.set(name, { name, isFolder })
    if (folders.has(above)) return
    folders.set(above, entries)
    enter(above, true)
  }

  return {
    list: async path => Array.from(folders.get(plain(path))?.values() ?? []).sort((a, b) => (a.name < b.name ? -1 : 1)),
    async read(given) {
      const path = plain(given)
      const size = files.get(path)
      if (size === undefined) return null
      if (size > maxFileBytes) throw tooLarge()
      return decode(texts.get(path) ?? (await readFile(join(root, path))))
    },
  }
}

/** `base44/` → `base44`, and nothing → `.`, the top. */
const plain = (path: string) => posix.normalize(path).replace(/(?<=.)\/$/, '')
