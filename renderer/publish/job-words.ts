import type { Job } from './publish-data.ts'

/** What a publish or a roll back is doing, or how it ended. */
export function titleOf({ kind, outcome }: Pick<Job, 'kind' | 'outcome'>): string {
  if (!outcome) return kind === 'publish' ? 'Publishing' : 'Rolling back'
  switch (outcome.type) {
    case 'live':
      return outcome.changed ? `Version ${outcome.version.number} is live` : `Version ${outcome.version.number} was live already`
    case 'failed':
      return kind === 'publish' ? 'Nothing was published' : 'Nothing was rolled back'
    case 'unknown':
      return 'The relay does not answer'
    case 'cancelled':
      return 'Cancelled. What was live stays live'
  }
}

/** What there is to know beside that. Null: nothing. */
export function remarkOn({ outcome, canCancel }: Pick<Job, 'outcome' | 'canCancel'>): string | null {
  if (!outcome) return canCancel ? null : 'It is being made live now and cannot be stopped any more.'
  if (outcome.type !== 'cancelled' || outcome.given.length === 0) return null
  const isOne = outcome.given.length === 1
  return `${list.format(outcome.given)} moved to the relay before that. You can take ${isOne ? 'it' : 'them'} back any time.`
}

const list = new Intl.ListFormat('en')
