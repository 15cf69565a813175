import { AppError } from '../../core/errors.ts'
import type { Engine } from '../../host/store/engine.ts'

/** An engine whose transactions fail after `left` more, `before` or after they are stored: an answer may be lost on its way. */
export function unsteady(engine: Engine) {
  const state = { left: Infinity, before: true, failed: 0 }
  const away = () => new AppError('unavailable', 'The database cannot be reached.')
  const transaction: Engine['transaction'] = async (work, options) => {
    const { before } = state
    const isAway = state.left-- <= 0
    if (isAway) state.failed += 1
    if (isAway && before) throw away()
    const done = await engine.transaction(work, options)
    if (isAway) throw away()
    return done
  }
  return { state, engine: { ...engine, transaction } }
}
