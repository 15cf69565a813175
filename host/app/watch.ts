import { relative, sep } from 'node:path'
import { setInterval } from 'node:timers/promises'
import { watch as watchFiles, type FSWatcher } from 'chokidar'
import type { AppModel } from '../../core/app/model.ts'
import { fingerprint, isOfApp, maxLevels } from './fingerprint.ts'
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
/** The system's own notices can be missed: a folder made while it is being looked at, a network drive, too many watched files. */
const lookEveryMs = 1000

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
  let seen = ''
  const closing = new AbortController()

  function read(): Promise<AppModel> {
    const next = reading.then(async () => {
      seen = await fingerprint(root)
      const found = await loadApp(id, root, model)
      model = found
      await lastGood.write(found)
      return found
    })
    reading = next
    return next
  }

  function changed(): void {
    if (isClosed) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      timer = undefined
      void readAndTell()
    }, quietMs)
  }

  async function readAndTell(): Promise<void> {
    const next = await read()
    if (!isClosed) onChange(next)
  }

  async function follow(): Promise<void> {
    await watcher?.close()
    const ignored = (path: string) => !isOfApp(relative(root, path).split(sep))
    const started = watchFiles(root, { ignored, ignoreInitial: true, followSymlinks: false, depth: maxLevels })
    watcher = started
    started.on('all', changed)
    started.on('error', changed)
    await new Promise<void>(resolve => started.once('ready', resolve))
  }

  /** Reads what the watcher has missed, and makes it look at the folder afresh. */
  async function lookOnce(): Promise<void> {
    if ((await fingerprint(root)) === seen || isClosed) return
    await readAndTell()
    if (!isClosed) await follow()
  }

  async function keepLooking(): Promise<void> {
    for await (const _ of setInterval(lookEveryMs, undefined, { signal: closing.signal, ref: false })) {
      if (timer === undefined) await lookOnce()
    }
  }

  await follow()
  const first = await read()
  const looking = keepLooking().catch(() => {})

  return {
    model: () => model ?? first,
    reload: read,
    async close() {
      isClosed = true
      closing.abort()
      clearTimeout(timer)
      await looking
      await watcher?.close()
      await reading
    },
  }
}
