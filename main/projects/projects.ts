import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { Visibility } from '../../core/app/visibility.ts'
import type { Json } from '../../core/json.ts'
import type { ChangeSet } from '../../core/plan.ts'
import { explainWriteError } from '../../host/files/atomic.ts'
import { appFolders, configFiles } from '../../host/app/folder.ts'
import { loadApp } from '../../host/app/load.ts'
import { templates, type Template } from '../../resources/templates/index.ts'
import { newAppId } from './app-id.ts'
import { editJsonText } from './edit-json.ts'
import { blobId } from './history/objects.ts'
import { openHistory, type FileChange, type History } from './history/history.ts'
import { scanFiles } from './history/worktree.ts'
import { checkPath, resolveInside } from './paths.ts'
import { openRegistry } from './registry.ts'
import { summarize, type AppFacts } from './summary.ts'
import { decodeText, encodeText } from './text.ts'
import { createTurns } from './turns.ts'

/** For the list of changes. */
const audienceWords: Record<Visibility, string> = {
  workspace: 'members of the workspace',
  private: 'people who are invited',
  public: 'anyone',
}

export type Projects = ReturnType<typeof createProjects>

/**
 * The apps of a home directory: their folders, files and history. Every write is one undoable step; what was edited outside is kept as a
 * step of its own first. Errors: not_found, validation (a path that leads out, damaged JSON), conflict, unavailable (disk).
 */
export function createProjects({ home, now = () => new Date() }: { home: string; now?: () => Date }) {
  const registry = openRegistry(home)
  const takeTurn = createTurns()
  const histories = new Map<string, History>()
  const listeners = new Set<(event: { appId: string }) => void>()

  /** One thing at a time per app, with its history at hand. A history is read once. */
  function inTurn<T>(appId: string, work: (history: History, root: string) => Promise<T>): Promise<T> {
    return takeTurn(appId, async () => {
      const root = registry.root(appId)
      const history = histories.get(root) ?? (await open(root))
      return work(history, root)
    })
  }

  async function open(root: string): Promise<History> {
    try {
      const history = await openHistory(root, { now })
      histories.set(root, history)
      return history
    } catch (error) {
      throw explain(error, root)
    }
  }

  function changed(appId: string): void {
    for (const listener of listeners) listener({ appId })
  }

  async function write(appId: string, title: string, by: 'chat' | 'you', changesOf: (root: string) => Promise<FileChange[]>) {
    const changeId = await inTurn(appId, async (history, root) => history.apply(title, by, await changesOf(root)))
    if (changeId !== null) changed(appId)
    return changeId
  }

  /** The bytes of a file; null when it is not there. */
  async function readBytes(root: string, path: string): Promise<Uint8Array | null> {
    const absolute = await resolveInside(root, path)
    return readFile(absolute).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return null
      throw new AppError('unavailable', `${path} cannot be read. Check its permissions.`, { cause: error })
    })
  }

  async function readExisting(root: string, path: string): Promise<Uint8Array> {
    const bytes = await readBytes(root, path)
    if (!bytes) throw new AppError('not_found', `${path} is not there any more.`)
    return bytes
  }

  async function editJson(appId: string, edit: { path: string; at: (string | number)[]; value: Json; title: string }): Promise<void> {
    const path = checkPath(edit.path)
    await write(appId, edit.title, 'you', async root => {
      const text = decodeText(await readExisting(root, path), path)
      return [{ path, bytes: encodeText(editJsonText(text, edit.at, edit.value, path), path) }]
    })
  }

  /** One key of the app's own file, which is made when there is none. */
  async function setConfig(appId: string, key: 'name' | 'visibility', value: string, title: string): Promise<void> {
    const root = registry.root(appId)
    const names: string[] = await readdir(root).catch(() => [])
    const path = configFiles.find(file => names.includes(file))
    if (path) return editJson(appId, { path, at: [key], value, title })
    const { name } = (await loadApp(appId, root)).config
    const text = `${JSON.stringify({ name, [key]: value }, null, 2)}\n`
    await write(appId, title, 'you', async () => [{ path: configFiles[0], bytes: encodeText(text, configFiles[0]) }])
  }

  return {
    root: registry.root,
    /** Newest first. */
    async list(): Promise<AppFacts[]> {
      const all = await Promise.all((await registry.all()).map(({ id, path }) => summarize(id, path)))
      return all.sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
    },

    async create({ name, template = 'blank' }: { name: string; template?: Template }): Promise<{ appId: string }> {
      return takeTurn('', async () => {
        const taken = await registry.takenIds()
        const appId = newAppId(name, id => taken.has(id))
        const building = join(registry.folder, `.new-${randomUUID()}`)
        try {
          for (const [path, text] of Object.entries(templates[template](name))) {
            await mkdir(dirname(join(building, path)), { recursive: true })
            await writeFile(join(building, path), text)
          }
          await rename(building, join(registry.folder, appId))
        } catch (error) {
          await rm(building, { recursive: true, force: true }).catch(() => {})
          throw explainWriteError(error, building)
        }
        changed(appId)
        return { appId }
      })
    },

    /**
     * Makes the folder of an app that comes from elsewhere with its id, or with `orLikeIt` one like it. Gives the id. Errors: `conflict` when the
     * id is taken.
     */
    async adopt(wish: string, files: ReadonlyMap<string, Uint8Array>, { orLikeIt = false } = {}): Promise<string> {
      return takeTurn('', async () => {
        const taken = await registry.takenIds()
        const appId = orLikeIt ? newAppId(wish, id => taken.has(id)) : wish
        if (taken.has(appId))
          throw new AppError('conflict', `“${appId}” is on this computer already, or in its trash. Open it from Home, or empty the trash.`)
        const building = join(registry.folder, `.new-${randomUUID()}`)
        try {
          for (const [path, bytes] of files) {
            const target = join(building, checkPath(path))
            await mkdir(dirname(target), { recursive: true })
            await writeFile(target, bytes)
          }
          await rename(building, join(registry.folder, appId))
        } catch (error) {
          await rm(building, { recursive: true, force: true }).catch(() => {})
          throw error instanceof AppError ? error : explainWriteError(error, building)
        }
        changed(appId)
        return appId
      })
    },

    /** Makes an app's files exactly these, as one step. Files that Plugboard does not read stay. */
    async replaceFiles(appId: string, title: string, files: ReadonlyMap<string, Uint8Array>): Promise<{ changeId: string | null }> {
      const changeId = await write(appId, title, 'you', async root => {
        const gone = [...(await scanFiles(root)).keys()].filter(path => !files.has(path))
        return [...Array.from(files, ([path, bytes]) => ({ path: checkPath(path), bytes })), ...gone.map(path => ({ path, bytes: null }))]
      })
      return { changeId }
    },

    /** The folder stays where it is. A project with its app below `base44/` is opened there. */
    async openFolder(path: string): Promise<{ appId: string }> {
      return takeTurn('', async () => {
        const root = await findApp(path)
        const known = await findKnown(root)
        if (known) return { appId: known }
        const { config } = await loadApp('opening', root)
        const taken = await registry.takenIds()
        const appId = newAppId(config.name, id => taken.has(id))
        await open(root)
        await registry.add(appId, root)
        changed(appId)
        return { appId }
      })
    },

    rename: (appId: string, name: string): Promise<void> => setConfig(appId, 'name', name, `Rename to “${name}”`),

    /** Who may use the app once it is published. */
    setVisibility: (appId: string, visibility: Visibility): Promise<void> =>
      setConfig(appId, 'visibility', visibility, `Open it to ${audienceWords[visibility]}`),

    /** To `trash/` in the home directory; an app opened from elsewhere is only forgotten. */
    async remove(appId: string): Promise<void> {
      const root = registry.root(appId)
      await takeTurn(appId, () => registry.remove(appId, now()))
      histories.delete(root)
      changed(appId)
    },

    /** `version` is to be handed back with `writeFile`. Line ends and a byte order mark are part of the text. */
    async readFile(appId: string, path: string): Promise<{ text: string; version: string }> {
      const bytes = await readExisting(registry.root(appId), checkPath(path))
      return { text: decodeText(bytes, path), version: blobId(bytes) }
    },

    async writeFile(
      appId: string,
      file: { path: string; text: string; baseVersion?: string; title?: string },
    ): Promise<{ version: string; changeId: string | null }> {
      const path = checkPath(file.path)
      const bytes = encodeText(file.text, path)
      const changeId = await write(appId, file.title ?? `Edit ${path}`, 'you', async root => {
        if (file.baseVersion !== undefined) {
          const current = await readBytes(root, path)
          if (!current || blobId(current) !== file.baseVersion)
            throw new AppError(
              'conflict',
              `${path} was ${current ? 'changed' : 'deleted'} meanwhile by someone else. Load it again before you save.`,
              { action: { kind: 'open', path } },
            )
        }
        return [{ path, bytes }]
      })
      return { version: blobId(bytes), changeId }
    },

    /** Sets one value of a JSONC file and keeps every other byte. */
    editJson,

    async deleteFile(appId: string, path: string): Promise<void> {
      checkPath(path)
      await write(appId, `Delete ${path}`, 'you', async root => {
        await readExisting(root, path)
        return [{ path, bytes: null }]
      })
    },

    /** All files or none, as one step. `changeId` is null when the files already are so. */
    async apply(appId: string, { title, files }: ChangeSet, by: 'chat' | 'you'): Promise<{ changeId: string | null }> {
      const changes = files.map(({ path, text }) => ({ path: checkPath(path), bytes: text === null ? null : encodeText(text, path) }))
      const twice = changes.find(({ path }, index) => changes.findIndex(other => other.path === path) !== index)
      if (twice) throw new AppError('validation', `${twice.path} is in this change twice.`)
      return { changeId: await write(appId, title, by, async () => changes) }
    },

    history: (appId: string) => inTurn(appId, history => history.list()),

    /** One change, or the latest. `conflict` when a later change touched the same file; `title` is null when there is nothing to undo. */
    async undo(appId: string, changeId?: string): Promise<{ title: string | null }> {
      const step = await inTurn(appId, history => history.undo(changeId))
      if (step) changed(appId)
      return { title: step?.title ?? null }
    },

    async redo(appId: string): Promise<{ title: string | null }> {
      const step = await inTurn(appId, history => history.redo())
      if (step) changed(appId)
      return { title: step?.title ?? null }
    },

    /** Told after each change that Plugboard makes to an app or to the list of apps. Returns how to stop. */
    onChange(listener: (event: { appId: string }) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }

  async function findKnown(root: string): Promise<string | null> {
    for (const { id, path } of await registry.all()) if ((await realpath(path).catch(() => path)) === root) return id
    return null
  }
}

async function findApp(path: string): Promise<string> {
  const root = await realpath(path).catch(() => null)
  if (root === null || !(await stat(root)).isDirectory()) throw new AppError('not_found', `There is no folder ${path}.`)
  for (const candidate of [root, join(root, 'base44')]) {
    const names: string[] = await readdir(candidate).catch(() => [])
    // A folder of pages alone may be that of any web site.
    if ([...configFiles, ...appFolders].some(name => name !== 'pages' && names.includes(name))) return candidate
  }
  throw new AppError(
    'validation',
    `${basename(root)} holds no app: it has no config.jsonc and no entities, functions or workflows. Create a new app instead.`,
  )
}

function explain(error: unknown, root: string): AppError {
  if (error instanceof AppError) return error
  return error instanceof Error && 'errno' in error ? explainWriteError(error, join(root, '.plugboard')) : AppError.from(error)
}
