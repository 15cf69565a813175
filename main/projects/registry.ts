import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { appId } from '../../core/app/names.ts'
import { AppError } from '../../core/errors.ts'
import { explainWriteError, writeFileAtomically } from '../../host/files/atomic.ts'

const appsFile = z.looseObject({ apps: z.array(z.looseObject({ id: appId, path: z.string() })) })

/** Where the apps of a home directory are: `apps/<id>/`, and those opened from elsewhere in `apps.json`. */
export function openRegistry(home: string) {
  const folder = join(home, 'apps')
  const file = join(home, 'apps.json')
  const trash = join(home, 'trash')

  /** Null when the file is damaged: it is kept, its apps are out of sight, and nothing is written over it. */
  function readElsewhere(): z.infer<typeof appsFile> | null {
    if (!existsSync(file)) return { apps: [] }
    try {
      return appsFile.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch {
      return null
    }
  }

  async function writeElsewhere(change: (apps: { id: string; path: string }[]) => { id: string; path: string }[]): Promise<void> {
    const known = readElsewhere()
    if (!known)
      throw new AppError('unavailable', `${file} is damaged, so the apps opened from elsewhere cannot be listed. Mend it or move it away.`)
    await writeFileAtomically(file, `${JSON.stringify({ ...known, apps: change(known.apps) }, null, 2)}\n`)
  }

  function find(id: string): string | null {
    const elsewhere = readElsewhere()?.apps.find(app => app.id === id)
    if (elsewhere) return elsewhere.path
    return appId.safeParse(id).success && existsSync(join(folder, id)) ? join(folder, id) : null
  }

  return {
    folder,
    /** The app's folder. Throws `not_found`. */
    root(id: string): string {
      const path = find(id)
      if (path === null) throw new AppError('not_found', 'This app is not here any more. Go back to Home.')
      return path
    },
    async all(): Promise<{ id: string; path: string }[]> {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
      const here = entries.filter(entry => entry.isDirectory() && appId.safeParse(entry.name).success)
      return [...here.map(({ name }) => ({ id: name, path: join(folder, name) })), ...(readElsewhere()?.apps ?? [])]
    },
    /** Ids of removed apps stay taken: what else is kept under an id must never pass to another app. */
    async takenIds(): Promise<Set<string>> {
      const removed = await readdir(trash).catch(() => [])
      const apps = await this.all()
      return new Set([...apps.map(({ id }) => id), ...removed.map(name => name.split('.')[0] ?? name)])
    },
    add: (id: string, path: string) => writeElsewhere(apps => [...apps, { id, path }]),
    /** To the trash, whole; an app from elsewhere is only forgotten. */
    async remove(id: string, at: Date): Promise<void> {
      const path = this.root(id)
      if (path !== join(folder, id)) return writeElsewhere(apps => apps.filter(app => app.id !== id))
      try {
        await mkdir(trash, { recursive: true })
        await rename(path, join(trash, `${basename(path)}.${at.toISOString().replaceAll(/[:.]/g, '-')}`))
      } catch (error) {
        throw explainWriteError(error, path)
      }
    },
  }
}
