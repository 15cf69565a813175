import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Account, Call } from '../../core/connector.ts'

/** What every Google connection asks for, so that it can say whose it is. */
export const googleIdentityScopes = ['openid', 'email'] as const

export const identityScopeWords = {
  openid: 'Know which Google account this is',
  email: 'See the email address of the account',
} as const

const userinfo = z.object({ sub: z.string(), email: z.string(), hd: z.string().optional(), picture: z.string().nullish() })

/** OpenID Connect UserInfo. */
export async function googleIdentity(call: Call): Promise<Account> {
  const response = await call.fetch('https://openidconnect.googleapis.com/v1/userinfo', { signal: call.signal })
  if (response.status === 401) throw new AppError('unauthorized', 'Google no longer accepts this connection. Reconnect it.')
  const user = userinfo.safeParse(response.ok ? await response.json().catch(() => null) : null)
  if (!user.success)
    throw new AppError('unavailable', 'Google did not say which account this is. Try again in a minute.', {
      details: `HTTP ${response.status}`,
    })
  const { sub, email, hd, picture } = user.data
  return { id: sub, label: email, ...(hd && { tenant: hd }), ...(picture && { avatarUrl: picture }) }
}

/** The connection's own address, for “send me”. */
export async function ownAddress(call: Call): Promise<string> {
  return (call.account ?? (await googleIdentity(call))).label
}
