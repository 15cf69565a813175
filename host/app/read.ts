import type { z } from 'zod'
import type { Problem } from '../../core/app/model.ts'
import { explainIssues } from './explain.ts'
import type { Folder } from './folder.ts'
import { parseJsonc } from './jsonc.ts'

/** Reads one file against its schema. A file that cannot be used becomes a problem, and `lastGood` stands in for it. */
export type ReadDeclared = <T>(file: string, schema: z.ZodType<T>, lastGood: T | undefined) => Promise<T | undefined>

/** Reads from one folder; what is wrong is added to `problems`. */
export function declaredReader(folder: Folder, problems: Problem[]): ReadDeclared {
  return async (file, schema, lastGood) => {
    let text: string | null
    try {
      text = await folder.read(file)
    } catch (error) {
      problems.push({ path: file, message: error instanceof Error ? error.message : String(error) })
      return lastGood
    }
    if (text === null) return undefined
    const { value, error, repeated, locate } = parseJsonc(text)
    if (error) {
      problems.push({ path: file, ...error })
      return lastGood
    }
    for (const { key, ...position } of repeated)
      problems.push({ path: file, ...position, message: `“${key}” is here twice. The last one counts.` })
    const checked = schema.safeParse(value)
    if (checked.success) return checked.data
    for (const { path, message } of explainIssues(checked.error.issues, value)) problems.push({ path: file, ...locate(path), message })
    return lastGood
  }
}
