import { AppError } from '../../core/errors.ts'
import type { CustodyRecord } from './record.ts'

/** Why the relay may not use an account that it knows of, and what helps. Null: as far as custody goes, it may. */
export function explainStanding({ state, about, desktop }: Pick<CustodyRecord, 'state' | 'about' | 'desktop'>): AppError | null {
  const name = about ? `“${about.name}”` : 'This account'
  if (state.unsure)
    return new AppError(
      'unavailable',
      `This relay was restored from a backup. ${name} works again once ${desktop || 'the desktop that it is from'} is opened, or when it is connected again here.`,
    )
  switch (state.role) {
    case 'none':
    case 'off':
      return new AppError('needs_connection', `${name} is not on this relay. Publish it again.`)
    case 'released':
      return new AppError(
        'unavailable',
        state.pendingTurn === null
          ? `${name} was taken back to ${desktop}. Publish it again to use it here.`
          : `The hand-over of ${name} from ${desktop} was not finished: open it, or connect again here.`,
      )
    default:
      return null
  }
}
