import { fillIn, type Facts } from '../core/addresses.ts'
import type { Provider } from '../core/provider.ts'
import type { Withdrawal } from './revoke.ts'

/**
 * What the user is told, with the page where the rest is done by hand if there is a rest. `keptBecause`: why it was not withdrawn, as in
 * “your other connection uses the same account”.
 */
export function explainWithdrawal(
  provider: Provider,
  facts: Facts,
  withdrawal: Withdrawal,
  keptBecause: string | null = null,
): { message: string; accountPageUrl: string | null } {
  const { name } = provider
  if (withdrawal === 'ended') return { message: `Disconnected, and ${name} has withdrawn the access.`, accountPageUrl: null }
  const page = fillIn(provider.accountPageUrl ?? '', facts)
  const accountPageUrl = page === '' || page.includes('{') ? null : page
  const where = accountPageUrl ? 'on your account page' : `in your settings at ${name}`
  const said = keptBecause
    ? `Disconnected here. ${name} keeps the access because ${keptBecause}`
    : {
        tokenOnly: `Disconnected, and ${name} has ended the access, but the app stays installed there`,
        unclear: `Disconnected, and ${name} has ended the access. The app may still be listed there`,
        unconfirmed: `Disconnected here. ${name} did not confirm that the access is withdrawn`,
        impossible: `Disconnected here. ${name} lets nobody withdraw the access from outside`,
      }[withdrawal]
  const rest = withdrawal === 'tokenOnly' || withdrawal === 'unclear' ? 'remove' : 'end'
  return { message: `${said}; you can ${rest} it ${where}.`, accountPageUrl }
}
