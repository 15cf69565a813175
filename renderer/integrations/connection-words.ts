import type { ConnectionRow } from '../app-data.ts'

/** “2 flows, 1 function”. */
export function usedByWords(usedBy: ConnectionRow['usedBy'], between = ', '): string {
  const words = (['flow', 'function'] as const).flatMap(kind => {
    const count = usedBy.filter(use => use.kind === kind).length
    return count === 0 ? [] : [`${count} ${kind}${count === 1 ? '' : 's'}`]
  })
  return words.join(between) || 'Not used yet'
}

/** Why an account does not work now and what happens next, or null. */
export function reasonOf(
  row: Pick<ConnectionRow, 'state' | 'reason' | 'nextTryAt' | 'renewable' | 'accessExpiresAt'>,
  now = Date.now(),
): string | null {
  if (row.state === 'locked') return 'It cannot be read before your sign-ins are unlocked. It is kept.'
  if (row.state === 'retrying') {
    const seconds = row.nextTryAt ? Math.max(1, Math.round((Date.parse(row.nextTryAt) - now) / 1000)) : null
    return [
      row.reason,
      seconds !== null && `Next try in ${seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`}.`,
      'Nothing is lost.',
    ]
      .filter(Boolean)
      .join(' ')
  }
  if (row.state === 'connected' && !row.renewable && row.accessExpiresAt)
    return `It has to be connected again on ${new Date(row.accessExpiresAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}.`
  return row.state === 'disconnected' ? null : row.reason
}
