import { AppError } from '../../core/errors.ts'
import { bundleFunction, type Bundle } from './bundle.ts'

/** Bundles a function of an app. Throws `validation` with the first problem and its line. */
export async function compileFunction(root: string, name: string, file: string): Promise<Bundle> {
  const bundled = await bundleFunction(root, file)
  if (bundled.ok) return bundled.bundle
  const [problem] = bundled.problems
  throw new AppError('validation', `${name} does not compile: ${problem?.message ?? 'unknown error.'}`, {
    action: { kind: 'open', path: problem?.path ?? file, line: problem?.line },
    details: bundled.problems.map(({ path, line, message }) => `${path}:${line ?? 1} ${message}`).join('\n'),
  })
}
