import { stat } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { watch as watchFiles, type FSWatcher } from 'chokidar'
import type { AppModel } from '../../core/app/model.ts'
import { appFolders, configFiles } from './folder.ts'
import { openLastGood } from './last-good.ts'
import { loadApp } from './load.ts'

export type AppWatcher = {
  /** The folder as it was last read. */
  model(): AppModel
  /** Reads the folder again now. `onChange` is not called for it. */
  reload(): Promise<AppModel>
  close(): Promise<void>
}

/** An editor writes a file in several steps, and a change set writes several files: both become one reading. */
const quietMs = 60
const lookAgainMs = 500
const maxLevels = 10

/**
 * Reads an app's folder and reads it again after each change to the app's own files, whoever made it. A folder that is deleted or moved
 * away keeps its last model, with a problem, and is picked up again when it comes back.
 */
export async function watchApp(id: string, root: string, onChange: (model: AppModel) => void): Promise<AppWatcher> {
  const lastGood = openLastGood(root)
  let model = await lastGood.read()
  let reading: Promise<unknown> = Promise.resolve()
  let watcher: FSWatcher | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function read(): Promise<AppModel> {
    const next = reading.then(async () => {
      const found = await loadApp(id, root, model)
      model = found
      if (!isAbsent(found)) await lastGood.write(found)
      return found
    })
    reading = next
    return next
  }

  function changed(): void {
    if (isClosed) return
    clearTimeout(timer)
    timer = setTimeout(() => void readAndTell(), quietMs)
  }

  async function readAndTell(): Promise<void> {
    const next = await read()
    if (!isClosed) onChange(next)
  }

  async function follow(): Promise<void> {
    const started = watchFiles(root, {
      ignored: path => !isOfApp(relative(root, path)),
      ignoreInitial: true,
      followSymlinks: false,
      depth: maxLevels,
    })
    watcher = started
    started.on('all', (event, path) => {
      changed()
      if (event === 'unlinkDir' && path === root) void lookForReturn(started)
    })
    // Too many watched files on this machine, or a folder without permission: what is watched goes on, and `reload` reads the rest.
    started.on('error', changed)
    await new Promise<void>(resolve => started.once('ready', resolve))
  }

  async function lookForReturn(old: FSWatcher | undefined): Promise<void> {
    await old?.close()
    if (isClosed) return
    if (await isFolder(root)) {
      await follow()
      changed()
    } else {
      setTimeout(() => void lookForReturn(undefined), lookAgainMs).unref()
    }
  }

  if (await isFolder(root)) await follow()
  else void lookForReturn(undefined)
  const first = await read()

  return {
    model: () => model ?? first,
    reload: read,
    async close() {
      isClosed = true
      clearTimeout(timer)
      await watcher?.close()
      await reading
    },
  }
}

/** Whether a path, relative to the root, can change the model. Everything else is not watched, however large it is. */
function isOfApp(path: string): boolean {
  if (path === '') return true
  const names = path.split(sep)
  if (names.some(name => name.startsWith('.') || name === 'node_modules')) return false
  const [top = ''] = names[0] === 'base44' ? names.slice(1) : names
  return top === '' || [...appFolders, ...configFiles].some(name => name === top)
}

/** A folder that is not there must not be made again only to hold what is remembered of it. */
function isAbsent({ problems }: AppModel): boolean {
  return problems.some(({ path }) => path === '')
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}
