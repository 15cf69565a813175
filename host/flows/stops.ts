import { AppError } from '../../core/errors.ts'
import type { Step } from './definition.ts'
import type { RunRow } from './journal-rows.ts'

// Why a run is stopped, where no step says so itself.

/** How many steps one run may take: a `then` that leads back would otherwise go round for ever. */
export const maxSteps = 1000
/** A step during which the process ended this often is not begun again by itself. */
export const maxInterruptions = 5

export function cancelled(): AppError {
  return new AppError('cancelled', 'Cancelled.')
}

export function tooManySteps({ title }: Step): AppError {
  return new AppError(
    'validation',
    `Stopped after ${maxSteps} steps at “${title}”: this flow goes round in a circle. Check where its steps go on to.`,
  )
}

export function interrupted({ title }: Step): AppError {
  return new AppError(
    'internal',
    `Plugboard ended ${maxInterruptions} times while “${title}” was running, so it is not begun again. Choose Retry when the cause is found.`,
  )
}

export function tooLarge({ title }: Step): AppError {
  return new AppError(
    'validation',
    `“${title}” gave more than 8 MB. Return less from it, for example only the fields that later steps use.`,
  )
}

export function hasEnded({ state }: Pick<RunRow, 'state'>): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}
