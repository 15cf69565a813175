import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../core/errors.ts'
import { blobId, openObjects, type TreeChange } from './objects.ts'
import { openReplacer, type Replacement } from './replace.ts'
import { readSteps, toCommit, toStep, undoStacks, type Step, type StepAuthor } from './steps.ts'
import { watchWorktree } from './worktree.ts'

/** `bytes: null` deletes the file. */
export type FileChange = { path: string; bytes: Uint8Array | null }

/**
 * The append-only history of an app's files, in `.plugboard/history`. Whatever was edited outside becomes a step of its own before any of
 * ours, and undoing is a new step: no content that was ever seen is lost. Not safe to call twice at once; the caller takes turns.
 */
export type History = Awaited<ReturnType<typeof openHistory>>

export async function openHistory(root: string, { now = () => new Date() }: { now?: () => Date } = {}) {
  const local = join(root, '.plugboard')
  await mkdir(join(local, 'history'), { recursive: true, mode: 0o700 })
  // Local state is in no repository, whatever the app's own .gitignore says.
  await writeFile(join(local, '.gitignore'), '*\n')

  const objects = openObjects(join(local, 'history'))
  const replacer = openReplacer(root, local, objects)
  const worktree = watchWorktree(root)
  await objects.init()
  await replacer.recover()
  let { steps, files } = await readAll()

  /** A history that cannot be read, as after a loss of power, is put aside and a new one begins: the app's files are what counts. */
  async function readAll(): Promise<{ steps: Step[]; files: Map<string, string> }> {
    try {
      const steps = await readSteps(objects, await objects.head())
      return { steps, files: steps[0] ? await objects.filesOf(steps[0].tree) : new Map() }
    } catch (error) {
      // A disk or a permission that fails now may work later.
      if (error instanceof Error && 'errno' in error) throw error
      await rename(join(local, 'history'), join(local, `history-damaged-${now().getTime()}`))
      await mkdir(join(local, 'history'), { mode: 0o700 })
      await objects.init()
      return { steps: [], files: new Map() }
    }
  }

  async function commit(title: string, by: StepAuthor, changes: readonly TreeChange[], about: { undoes?: string; redoes?: string } = {}) {
    const [last] = steps
    const tree = await objects.changeTree(last?.tree ?? null, changes)
    const object = toCommit(tree, last?.id ?? null, title, {
      by,
      at: now().toISOString(),
      files: changes.map(({ path }) => path),
      ...about,
    })
    const id = await objects.writeCommit(object)
    const move = () => {
      steps = [toStep(id, object), ...steps]
      for (const { path, oid } of changes) {
        if (oid === null) files.delete(path)
        else files.set(path, oid)
      }
    }
    return { id, move }
  }

  /** Makes what was edited outside a step of its own. */
  async function recordOutside(): Promise<void> {
    await replacer.recover()
    const found = await worktree.read()
    const changes: TreeChange[] = []
    for (const [path, oid] of found) {
      if (files.get(path) === oid) continue
      const bytes = await readFile(join(root, path)).catch(() => null)
      if (bytes) changes.push({ path, oid: await objects.writeBlob(bytes) })
    }
    for (const path of files.keys()) if (!found.has(path)) changes.push({ path, oid: null })
    if (steps.length && !changes.length) return
    const { id, move } = await commit(steps.length ? outsideTitle(changes) : 'Start', 'outside', changes)
    await objects.setHead(id)
    move()
  }

  async function write(
    title: string,
    by: StepAuthor,
    replacements: readonly Replacement[],
    about?: { undoes?: string; redoes?: string },
  ): Promise<string> {
    const { id, move } = await commit(
      title,
      by,
      replacements.map(({ path, after }) => ({ path, oid: after })),
      about,
    )
    await replacer.replace(id, replacements)
    move()
    return id
  }

  /** Brings a step's files from what they were on one side of it to the other. */
  async function turn(step: Step, direction: 'undo' | 'redo'): Promise<void> {
    const before = step.parent === null ? null : (await objects.readCommit(step.parent)).tree
    const replacements: Replacement[] = []
    for (const path of step.files) {
      const sides = [await objects.fileIn(before, path), await objects.fileIn(step.tree, path)] as const
      const [to, from] = direction === 'undo' ? sides : [sides[1], sides[0]]
      const current = files.get(path) ?? null
      if (current === to) continue
      if (current !== from)
        throw new AppError('conflict', `${path} was changed after “${step.title}”. Undo that change first, or edit the file by hand.`, {
          action: { kind: 'open', path },
        })
      replacements.push({ path, before: current, after: to })
    }
    const title = direction === 'undo' ? `Undo “${step.title}”` : `Redo “${step.title}”`
    await write(title, 'undo', replacements, direction === 'undo' ? { undoes: step.id } : { redoes: step.id })
  }

  await recordOutside()

  return {
    /** Writes all files or none as one step. Null when they already are so. */
    async apply(title: string, by: 'chat' | 'you', changes: readonly FileChange[]): Promise<string | null> {
      await recordOutside()
      const replacements: Replacement[] = []
      for (const { path, bytes } of changes) {
        const before = files.get(path) ?? null
        const after = bytes && blobId(bytes)
        if (before === after) continue
        if (bytes) await objects.writeBlob(bytes)
        replacements.push({ path, before, after })
      }
      return replacements.length ? write(title, by, replacements) : null
    },
    /** Undoes one step, or the latest. Null when there is nothing to undo. `conflict` when a later change touched the same file. */
    async undo(id?: string): Promise<Step | null> {
      await recordOutside()
      const { undo } = undoStacks(steps)
      const step = id === undefined ? undo.at(-1) : undo.find(step => step.id === id)
      if (id !== undefined && !step) throw new AppError('conflict', 'This change was undone already, or cannot be undone.')
      if (step) await turn(step, 'undo')
      return step ?? null
    },
    async redo(): Promise<Step | null> {
      await recordOutside()
      const step = undoStacks(steps).redo.at(-1)
      if (step) await turn(step, 'redo')
      return step ?? null
    },
    /** Newest first. */
    async list() {
      await recordOutside()
      const { undo, redo } = undoStacks(steps)
      const undoable = new Set(undo)
      return {
        changes: steps
          .slice(0, 200)
          .map(step => ({ id: step.id, at: step.at, title: step.title, by: step.by, files: step.files, undoable: undoable.has(step) })),
        canUndo: undo.length > 0,
        canRedo: redo.length > 0,
      }
    },
  }
}

function outsideTitle(changes: readonly TreeChange[]): string {
  const [only] = changes
  if (changes.length !== 1 || !only) return `Edited ${changes.length} files outside Plugboard`
  return `${only.oid === null ? 'Deleted' : 'Edited'} ${only.path} outside Plugboard`
}
