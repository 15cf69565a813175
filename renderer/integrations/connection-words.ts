import type { ConnectionRow } from '../app-data.ts'
import { stateWord } from '../ui/state-words.ts'

type Row = Pick<ConnectionRow, 'state' | 'reason' | 'nextTryAt' | 'renewable' | 'accessExpiresAt'>

/** “2 flows, 1 function”. */
export function usedByWords(usedBy: ConnectionRow['usedBy'], between = ', '): string {
  const words = (['flow', 'function'] as const).flatMap(kind => {
    const count = usedBy.filter(use => use.kind === kind).length
    return count === 0 ? [] : [`${count} ${kind}${count === 1 ? '' : 's'}`]
  })
  return words.join(between)
}

/** The account works again only after the user does something. */
export const needsUser = (state: ConnectionRow['state']): boolean => isBroken(state) || state === 'locked'

/** The provider takes its token no more. */
export const isBroken = (state: ConnectionRow['state']): boolean => state === 'needs_reconnect'

/** Why an account does not work now and what happens next, or null. */
export function reasonOf(row: Row, now: number): string | null {
  switch (row.state) {
    case 'locked':
      return row.reason ?? 'It cannot be read before your sign-ins are unlocked. It is kept.'
    case 'retrying':
      return [row.reason, nextTryWords(row.nextTryAt, now), 'Nothing is lost.'].filter(Boolean).join(' ')
    case 'disconnected':
      return null
    case 'connected':
      if (row.renewable || !row.accessExpiresAt) return row.reason
      return `It has to be connected again on ${new Date(row.accessExpiresAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}.`
    default:
      return row.reason
  }
}

/** “Next try in 40 s.” */
function nextTryWords(nextTryAt: string | null, now: number): string | null {
  if (!nextTryAt) return null
  const seconds = Math.round((Date.parse(nextTryAt) - now) / 1000)
  if (seconds < 1) return 'Trying again now.'
  if (seconds < 90) return `Next try in ${seconds} s.`
  return seconds < 90 * 60 ? `Next try in ${Math.round(seconds / 60)} min.` : `Next try in ${Math.round(seconds / 3600)} h.`
}

/** Whose account it is, without saying the tenant twice. */
export function accountWords({ account, practice }: Pick<ConnectionRow, 'account' | 'practice'>): string {
  const { label, tenant } = account ?? { label: 'No account yet' }
  const place = tenant && !label.toLowerCase().includes(tenant.toLowerCase()) ? tenant : null
  return [label, place, practice && 'practice account'].filter(Boolean).join(' · ')
}

/** Whether the user has given it a name that says more than the account itself. */
export const hasOwnName = ({ name, account }: Pick<ConnectionRow, 'name' | 'account'>): boolean => name !== account?.label

/** Whether each word of a filter is in what the row shows. */
export function matchesConnection(row: ConnectionRow, toolName: string, filter: string): boolean {
  const text = [toolName, row.name, accountWords(row), stateWord(row.state)].join(' ').toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
}

/** Those that need the user, then the shared ones, then those of app users; in each, what is troubled first and what is off last. */
export function groupConnections(rows: readonly ConnectionRow[]): {
  needing: ConnectionRow[]
  shared: ConnectionRow[]
  own: ConnectionRow[]
} {
  const rank = ({ state }: ConnectionRow): number => (state === 'retrying' ? 0 : state === 'disconnected' ? 2 : 1)
  const sorted = rows.toSorted((a, b) => rank(a) - rank(b) || Number(b.isDefault) - Number(a.isDefault))
  const fine = sorted.filter(({ state }) => !needsUser(state))
  return {
    needing: sorted.filter(({ state }) => needsUser(state)),
    shared: fine.filter(({ mode }) => mode === 'shared'),
    own: fine.filter(({ mode }) => mode === 'app-user'),
  }
}

/** What is wrong with a new name for an account, in one sentence, or null. `taken`: names of the tool's other accounts in this app. */
export function nameProblem(name: string, toolName: string, taken: readonly string[]): string | null {
  const wanted = name.trim()
  if (wanted === '') return 'Give it a name.'
  return taken.includes(wanted) ? `Another ${toolName} account is called “${wanted}”. Choose another name.` : null
}
