import type { CommitObject } from 'isomorphic-git'
import { z } from 'zod'
import type { Objects } from './objects.ts'

const author = z.enum(['chat', 'you', 'outside', 'undo'])
export type StepAuthor = z.infer<typeof author>

const note = z.object({
  by: author,
  at: z.string(),
  files: z.array(z.string()),
  undoes: z.string().optional(),
  redoes: z.string().optional(),
})
type Note = z.infer<typeof note>

/** One step of an app's history: a commit. `id` is the commit's. Steps that undo or redo name the step they are about. */
export type Step = Note & { id: string; title: string; tree: string; parent: string | null }

const marker = 'Plugboard: '
const maxSteps = 2000

/** A step as git keeps it: the title as subject, and what Plugboard needs to know as one line of JSON below it. */
export function toCommit(tree: string, parent: string | null, title: string, about: Note): CommitObject {
  const person = {
    name: `Plugboard (${about.by})`,
    email: `${about.by}@plugboard.invalid`,
    timestamp: Math.floor(Date.parse(about.at) / 1000),
    timezoneOffset: 0,
  }
  const subject = title.replaceAll(/\s+/g, ' ').trim().slice(0, 200) || 'Change'
  return {
    tree,
    parent: parent ? [parent] : [],
    author: person,
    committer: person,
    message: `${subject}\n\n${marker}${JSON.stringify(about)}\n`,
  }
}

/** Newest first, the last 2,000. */
export async function readSteps(objects: Objects, head: string | null): Promise<Step[]> {
  const steps: Step[] = []
  for (let id = head; id !== null && steps.length < maxSteps;) {
    const step = toStep(id, await objects.readCommit(id))
    steps.push(step)
    id = step.parent
  }
  return steps
}

export function toStep(id: string, { message, tree, parent, author }: CommitObject): Step {
  const [title = '', ...rest] = message.split('\n')
  const line = rest.find(text => text.startsWith(marker))
  const fallback: Note = { by: 'outside', at: new Date(author.timestamp * 1000).toISOString(), files: [] }
  return { id, title, tree, parent: parent[0] ?? null, ...readNote(line?.slice(marker.length), fallback) }
}

function readNote(text: string | undefined, fallback: Note): Note {
  try {
    return note.parse(JSON.parse(text ?? ''))
  } catch {
    return fallback
  }
}

/** What can be undone and redone, latest last. The first step of all has nothing before it and stays. A new change ends what could be redone. */
export function undoStacks(newestFirst: readonly Step[]): { undo: Step[]; redo: Step[] } {
  const undo: Step[] = []
  let redo: Step[] = []
  for (const step of newestFirst.toReversed()) {
    const about = step.undoes ?? step.redoes
    if (about === undefined) {
      if (step.parent !== null) undo.push(step)
      redo = []
    } else {
      const [from, to] = step.undoes ? [undo, redo] : [redo, undo]
      const index = from.findIndex(({ id }) => id === about)
      if (index >= 0) to.push(...from.splice(index, 1))
    }
  }
  return { undo, redo }
}
