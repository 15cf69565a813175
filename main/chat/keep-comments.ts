import { parse } from 'jsonc-parser'
import { connectorFile } from '../../core/app/connector-file.ts'
import { page } from '../../core/app/page.ts'
import type { Json } from '../../core/json.ts'
import type { ChangeSet } from '../../core/plan.ts'
import { editJsonText } from '../projects/edit-json.ts'

/**
 * A change set whose connector and page files are edits of what is there: comments, order and unknown keys of a file that a person wrote stay.
 * `read` gives a file's text, or null when there is none.
 */
export async function keepComments(changeSet: ChangeSet, read: (path: string) => Promise<string | null>): Promise<ChangeSet> {
  const files = await Promise.all(
    changeSet.files.map(async file => {
      const [, folder = ''] = /(?:^|\/)(connectors|pages)\/[^/]+\.jsonc?$/.exec(file.path) ?? []
      const edit = edits[folder]
      if (file.text === null || !edit) return file
      const known = await read(file.path)
      return known === null ? file : { ...file, text: edit(known, parse(file.text), file.path) }
    }),
  )
  return { ...changeSet, files }
}

/** By the folder: the text that is there, with what a plan changes in a file of it. */
const edits: Record<string, (known: string, wanted: unknown, path: string) => string> = {
  connectors(known, wanted, path) {
    const { scopes, mode } = connectorFile.parse(wanted)
    return editJsonText(editJsonText(known, ['scopes'], scopes, path), ['mode'], mode, path)
  },
  /** Plans add blocks behind those that are there. */
  pages(known, wanted, path) {
    const there = page.parse(parse(known)).blocks.length
    const added = page.parse(wanted).blocks.slice(there)
    return added.reduce((text, block, at) => editJsonText(text, ['blocks', there + at], block as Json, path), known)
  },
}
