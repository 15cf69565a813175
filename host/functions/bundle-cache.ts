import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Bundle } from './bundle.ts'
import { compileFunction } from './compile.ts'

type Held = { file: string; bundling: Promise<Bundle>; isCurrent(): boolean }

/** File systems tell times in steps of some milliseconds: a file as young as this may still change without its time changing. */
const timeStepMs = 20

export type BundleCache = {
  /** The function as its files are now. Throws `validation` with the first problem and its line. */
  get(name: string, file: string): Promise<Bundle>
  /** The last version that compiled since the app was opened. */
  lastGood(name: string): Bundle | undefined
  forget(name: string): void
}

/** Keeps what is bundled until one of its files changes: who saves and runs at once runs what was saved, whatever a watcher knows. */
export function createBundleCache(root: string): BundleCache {
  const held = new Map<string, Held>()
  const good = new Map<string, Bundle>()

  function start(name: string, file: string): Promise<Bundle> {
    const startedAt = Date.now()
    const bundling = compileFunction(root, name, file)
    const entry: Held = { file, bundling, isCurrent: () => true }
    held.set(name, entry)
    bundling.then(
      bundle => {
        good.set(name, bundle)
        entry.isCurrent = watchStamps(
          bundle.files.map(path => join(root, path)),
          startedAt - timeStepMs,
        )
      },
      () => held.get(name) === entry && held.delete(name),
    )
    return bundling
  }

  return {
    get(name, file) {
      const known = held.get(name)
      return known?.file === file && known.isCurrent() ? known.bundling : start(name, file)
    },
    lastGood: name => good.get(name),
    forget(name) {
      held.delete(name)
      good.delete(name)
    },
  }
}

/** Tells whether files are still as they are now. Never true for one that changed since `since`: its change may have been missed. */
function watchStamps(files: readonly string[], since: number): () => boolean {
  const before = files.map(file => ({ file, stamp: stampOf(file) }))
  if (before.some(({ stamp }) => stamp === null || stamp.mtimeMs >= since)) return () => false
  return () =>
    before.every(({ file, stamp }) => {
      const now = stampOf(file)
      return now !== null && now.mtimeMs === stamp?.mtimeMs && now.size === stamp.size && now.ino === stamp.ino
    })
}

function stampOf(file: string) {
  try {
    return statSync(file, { throwIfNoEntry: false }) ?? null
  } catch {
    return null
  }
}
