import type { AppModel } from '../../core/app/model.ts'
import type { AppWatcher } from './watch.ts'

/** The files of a release, which nobody changes: read once, and not watched. */
export const unchanging = (model: AppModel): AppWatcher => ({
  model: () => model,
  reload: async () => model,
  close: async () => {},
})
