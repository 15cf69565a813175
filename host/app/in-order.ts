import type { Problem } from '../../core/app/model.ts'
import { inParallel } from '../files/release-folder.ts'

/** Reads many things at a time; they, and what is wrong with them, come in their own order. What is `undefined` is left out. */
export async function inOrder<A, T>(
  items: readonly A[],
  problems: Problem[],
  load: (item: A, problems: Problem[]) => Promise<T | undefined>,
): Promise<T[]> {
  const all = items.map(item => ({ item, problems: [] as Problem[], loaded: undefined as T | undefined }))
  await inParallel(all, async each => {
    each.loaded = await load(each.item, each.problems)
  })
  problems.push(...all.flatMap(each => each.problems))
  return all.flatMap(({ loaded }) => (loaded === undefined ? [] : [loaded]))
}
