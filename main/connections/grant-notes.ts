import type { GrantTold } from '../../core/contract/account-requests.ts'
import type { Provider } from '../../core/provider.ts'

const onDay = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' at ')} UTC`

/** What the user should know about how long a fresh grant lasts, each a sentence. Nothing when it lasts as expected. */
export function grantNotes({ name, refreshToken, shortLife }: Provider, grant: GrantTold, now: number): string[] {
  if (!grant.renewable) {
    if (grant.accessExpiresAt !== null)
      return [`${name} gave no lasting access: connect again when it ends on ${onDay(grant.accessExpiresAt)}.`]
    return refreshToken === 'always' ? [`${name} gave no lasting access and does not say when it ends: connect again then.`] : []
  }
  const { refreshExpiresAt } = grant
  if (!shortLife || refreshExpiresAt === null || refreshExpiresAt - now > shortLife.days * 86_400_000) return []
  return [`This connection ends on ${onDay(refreshExpiresAt)}: ${shortLife.advice}.`]
}
