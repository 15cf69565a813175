import { AppError } from '../../core/errors.ts'
import type { Standstill } from './move.ts'
import type { CustodyEntry } from './record.ts'

/** Why a connection cannot be offered to the relay now. */
export function whyStill({ heldBy, isBusy, canMove }: Standstill): AppError {
  if (!canMove) return new AppError('unauthorized', 'This account has to be connected again before it can be given to the relay.')
  return new AppError(
    'unavailable',
    heldBy && isBusy
      ? `This account is just being renewed by ${heldBy}. The hand-over waits for it; end that process if it does not answer.`
      : 'This account is just being renewed. The hand-over waits for it.',
    { action: { kind: 'retry' } },
  )
}

/** Why a connection that is not the relay's, or not known to be, gives no token here. */
export function whyNot({ state, connectionId }: CustodyEntry): AppError {
  if (state.behind)
    return new AppError(
      'unavailable',
      'This computer’s files were restored from a backup. This account works again as soon as the relay can say where it is; or connect it again.',
      { action: { kind: 'retry' } },
    )
  if (state.role === 'needs_reconnect')
    return new AppError('unauthorized', 'The relay does not have this account any more. Connect it again.', {
      action: { kind: 'reconnect', connectionId },
    })
  if (state.role === 'gone')
    return new AppError('needs_connection', 'This account was disconnected. Connect it again.', {
      action: { kind: 'reconnect', connectionId },
    })
  return new AppError('unavailable', 'This account is being moved between this computer and the relay. Try again in a minute.', {
    action: { kind: 'retry' },
  })
}
