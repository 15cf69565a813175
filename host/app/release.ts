import { loadApp } from './load.ts'
import type { AppWatcher } from './watch.ts'

/** Reads an app's folder that nobody changes, as that of a release: once, without watching it. */
export async function readRelease(id: string, root: string): Promise<AppWatcher> {
  let model = await loadApp(id, root, undefined)
  return {
    model: () => model,
    reload: async () => (model = await loadApp(id, root, model)),
    close: async () => {},
  }
}
