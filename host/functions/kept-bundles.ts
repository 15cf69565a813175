import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { sha256, type Manifest } from '../../core/release/manifest.ts'
import { sha256Of } from '../files/release-folder.ts'
import { bundlerHash, type Bundle } from './bundle.ts'

/** `inputs`: the hash of each file that is in the bundle, by its path. */
const keptBundle = z.object({
  surroundings: sha256,
  inputs: z.record(z.string(), sha256),
  bundle: z.object({ hash: z.string(), code: z.string(), map: z.string(), files: z.array(z.string()), packages: z.array(z.string()) }),
})

/** Compiled functions of one release, kept for it and for those after it. Its functions are named by the path of their entry. */
export type KeptBundles = {
  /** What was compiled before from the very files that this release has. Null when it has to be compiled. */
  find(file: string): Promise<Bundle | null>
  /** What cannot be kept is compiled again, and nothing else. */
  keep(file: string, bundle: Bundle): Promise<void>
  /** Removes what belongs to no function of the release. */
  keepOnly(files: readonly string[]): Promise<void>
}

/**
 * Keeps the last bundle of each function in a folder of this machine that all releases of an app share. It may be emptied or damaged at any
 * time, and processes may write it at the same time: a bundle is taken only when it is whole and made of the same files.
 */
export function openKeptBundles(folder: string, release: Manifest): KeptBundles {
  const hashes = new Map(release.map(({ path, sha256 }) => [path, sha256]))
  const fileOf = (file: string) => `${sha256Of(file)}.json`
  let known: string | undefined
  const surroundings = () => (known ??= surroundingsOf(release))

  return {
    async find(file) {
      const text = await readFile(join(folder, fileOf(file)), 'utf8').catch(() => '')
      const end = text.indexOf('\n')
      const body = text.slice(end + 1)
      if (end < 0 || sha256Of(body) !== text.slice(0, end)) return null
      const read = keptBundle.safeParse(JSON.parse(body))
      if (!read.success || read.data.surroundings !== surroundings()) return null
      const isSame = Object.entries(read.data.inputs).every(([path, hash]) => hashes.get(path) === hash)
      return isSame ? read.data.bundle : null
    },

    async keep(file, bundle) {
      const inputs: Record<string, string> = {}
      for (const path of [...bundle.files, ...bundle.packages]) {
        const hash = hashes.get(path)
        // Made of more than the release has: nothing would tell when that changes.
        if (hash === undefined) return
        inputs[path] = hash
      }
      const body = JSON.stringify({ surroundings: surroundings(), inputs, bundle } satisfies z.infer<typeof keptBundle>)
      const target = join(folder, fileOf(file))
      const temporary = `${target}.${randomUUID()}.tmp`
      try {
        await mkdir(folder, { recursive: true })
        await writeFile(temporary, `${sha256Of(body)}\n${body}`)
        await rename(temporary, target)
      } catch {
        await rm(temporary, { force: true }).catch(() => {})
      }
    },

    async keepOnly(files) {
      const names = new Set(files.map(fileOf))
      const others = (await readdir(folder).catch((): string[] => [])).filter(name => !names.has(name))
      await Promise.all(others.map(name => rm(join(folder, name), { force: true }).catch(() => {})))
    },
  }
}

/** No import gives such a file: the bundler has nothing to make of it. */
const neverImported = /\.(jsonc|md)$/

/**
 * Names what decides where imports lead, so that an added or removed file is noticed although it is in no bundle: the bundler, the paths that
 * an import may mean, and what packages say of themselves.
 */
function surroundingsOf(release: Manifest): string {
  const importable = release.filter(({ path }) => !neverImported.test(path))
  // “./a.md” means `a.md.ts` while there is no `a.md`.
  const stems = new Set(importable.map(({ path }) => path.replace(/\.[^./]*$/, '')))
  const marks = release.flatMap(({ path, sha256 }) => {
    if (/(^|\/)package\.json$/.test(path)) return [`${path} ${sha256}`]
    return neverImported.test(path) && !stems.has(path) ? [] : [path]
  })
  return sha256Of([bundlerHash(), ...marks].join('\n'))
}
