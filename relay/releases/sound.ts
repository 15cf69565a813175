import type { Problem } from '../../core/app/model.ts'
import { AppError } from '../../core/errors.ts'

/** Throws `validation` with the first problem: on a relay there is no last good version that could stand in for a broken file. */
export function demandSound([problem]: readonly Problem[]): void {
  if (!problem) return
  const where = problem.line === undefined ? problem.path : `${problem.path}, line ${problem.line}`
  throw new AppError('validation', `${where}: ${problem.message} Put it right and publish again.`, {
    action: { kind: 'open', path: problem.path, ...(problem.line !== undefined && { line: problem.line }) },
  })
}
