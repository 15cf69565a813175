import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A folder that is still being built is younger than this; an older one was left by a process that was killed. */
const abandonedMs = 60 * 60_000

/**
 * Removes the unpacked releases of an app that nobody can make live any more, and what was never finished. `kept`: the names that stay, asked
 * for once it is known what is there: what comes meanwhile is left alone. Gives the paths that are gone.
 */
export async function sweepReleases(folder: string, kept: () => Promise<ReadonlySet<string>>, now: number): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => [])
  const stay = await kept()
  const gone: string[] = []
  for (const name of names) {
    if (stay.has(name)) continue
    const path = join(folder, name)
    if (name.endsWith('.tmp')) {
      const since = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => now,
      )
      if (now - since < abandonedMs) continue
    }
    await rm(path, { recursive: true, force: true })
    gone.push(path)
  }
  return gone
}
