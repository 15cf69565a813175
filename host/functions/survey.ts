import type { AppModel, Problem } from '../../core/app/model.ts'
import { AppError } from '../../core/errors.ts'
import type { Bundle } from './bundle.ts'

/** What an app's functions need to run elsewhere: `packages` are files below the app's folder, with `/`. */
export type Survey = { problems: Problem[]; packages: string[] }

/** Bundles every function of an app, and tells what keeps some from compiling. */
export async function surveyFunctions(
  { functions }: Pick<AppModel, 'functions'>,
  bundle: (name: string, file: string) => Promise<Bundle>,
): Promise<Survey> {
  const problems: Problem[] = []
  const packages = new Set<string>()
  const work = functions.map(async ({ name, file }) => {
    try {
      for (const path of (await bundle(name, file)).packages) packages.add(path)
    } catch (error) {
      const { code, message, action } = AppError.from(error)
      if (code !== 'validation') throw error
      const at = action?.kind === 'open' ? action : { path: file, line: undefined }
      problems.push({ path: at.path, ...(at.line !== undefined && { line: at.line }), message })
    }
  })
  await Promise.all(work)
  return { problems: problems.sort((a, b) => (a.path < b.path ? -1 : 1)), packages: [...packages].sort() }
}
