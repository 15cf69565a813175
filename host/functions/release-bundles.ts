import type { Manifest } from '../../core/release/manifest.ts'
import type { BundleCache } from './bundle-cache.ts'
import type { Bundle } from './bundle.ts'
import { compileFunction } from './compile.ts'
import { openKeptBundles, type KeptBundles } from './kept-bundles.ts'

/**
 * The functions of a release that lies at `root`, where nobody changes it. One is compiled when it, or something it imports, is not what it was
 * in the release before: `keptIn` is the folder of this machine where the app's releases find what is compiled.
 */
export function openReleaseBundles(root: string, release: Manifest, keptIn: string): BundleCache & Pick<KeptBundles, 'keepOnly'> {
  const kept = openKeptBundles(keptIn, release)
  const held = new Map<string, Promise<Bundle>>()

  async function load(name: string, file: string): Promise<Bundle> {
    const known = await kept.find(file)
    if (known) return known
    const bundle = await compileFunction(root, name, file)
    await kept.keep(file, bundle)
    return bundle
  }

  return {
    get(name, file) {
      const known = held.get(name)
      if (known) return known
      const loading = load(name, file)
      held.set(name, loading)
      loading.catch(() => held.delete(name))
      return loading
    },
    // What compiled when it was published compiles.
    lastGood: () => undefined,
    forget: name => void held.delete(name),
    keepOnly: kept.keepOnly,
  }
}
