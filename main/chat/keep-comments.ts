import { parse } from 'jsonc-parser'
import { connectorFile } from '../../core/app/connector-file.ts'
import type { ChangeSet } from '../../core/plan.ts'
import { editJsonText } from '../projects/edit-json.ts'

/**
 * A change set whose connector files are edits of what is there: comments, order and unknown keys of a file that a person wrote stay.
 * `read` gives a file's text, or null when there is none.
 */
export async function keepComments(changeSet: ChangeSet, read: (path: string) => Promise<string | null>): Promise<ChangeSet> {
  const files = await Promise.all(
    changeSet.files.map(async file => {
      if (file.text === null || !/(?:^|\/)connectors\/[^/]+\.jsonc?$/.test(file.path)) return file
      const known = await read(file.path)
      if (known === null) return file
      const { scopes, mode } = connectorFile.parse(parse(file.text))
      const withScopes = editJsonText(known, ['scopes'], scopes, file.path)
      return { ...file, text: editJsonText(withScopes, ['mode'], mode, file.path) }
    }),
  )
  return { ...changeSet, files }
}
