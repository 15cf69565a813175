import { statSync } from 'node:fs'
import { AppError } from '../../core/errors.ts'
import { bundleFunction, type Bundle } from './bundle.ts'

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

  async function compile(name: string, file: string): Promise<Bundle> {
    const bundled = await bundleFunction(root, file)
    if (bundled.ok) return bundled.bundle
    const [problem] = bundled.problems
    throw new AppError('validation', `${name} does not compile: ${problem?.message ?? 'unknown error.'}`, {
      action: { kind: 'open', path: problem?.path ?? file, line: problem?.line },
      details: bundled.problems.map(({ path, line, message }) => `${path}:${line ?? 1} ${message}`).join('\n'),
    })
  }

  function start(name: string, file: string): Promise<Bundle> {
    const startedAt = Date.now()
    const bundling = compile(name, file)
    const entry: Held = { file, bundling, isCurrent: () => true }
    held.set(name, entry)
    bundling.then(
      bundle => {
        good.set(name, bundle)
        entry.isCurrent = watchStamps(bundle.files, startedAt - timeStepMs)
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
