import type { Flow } from '../../core/app/flow.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { holds } from './expressions.ts'
import type { Jq } from './jq.ts'

/** What the condition of a flow's trigger says to a run: null lets it begin, `skip` does not, an error says why nobody can tell. */
export async function refusalOf({ trigger: { condition } }: Flow, trigger: Json, jq: Jq, at: number): Promise<AppError | 'skip' | null> {
  if (!condition?.trim()) return null
  try {
    return (await holds(condition, { trigger, now: new Date(at).toISOString() }, jq)) ? null : 'skip'
  } catch (error) {
    const { code, message } = AppError.from(error)
    return new AppError(code, `The condition of the trigger could not be checked. ${message}`, { cause: error })
  }
}
