import type { Context } from 'hono'
import { AppError } from '../../core/errors.ts'
import type { Desktops } from '../desktops/desktops.ts'
import type { PublishTokens } from '../desktops/publish-tokens.ts'
import type { Member } from '../members/roles.ts'
import type { RelayEnv } from './request.ts'

const bearerOf = (c: Context<RelayEnv>): string => /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''

/** Whom a request publishes for: a desktop's member, or that of a publish token. Errors: `unauthorized`. */
export async function publisherOf(
  c: Context<RelayEnv>,
  { desktops, publishTokens }: { desktops: Desktops; publishTokens: Pick<PublishTokens, 'isOne' | 'check'> },
): Promise<Member> {
  const token = bearerOf(c)
  if (!publishTokens.isOne(token)) return (await desktopOf(c, desktops)).member
  const member = await publishTokens.check(token)
  if (member) return member
  throw new AppError('unauthorized', 'This publish token is not good any more. Make another one on your account page of the relay.')
}

/** Whom the access token of a request stands for. Errors: `unauthorized`. RFC 6750 §2.1 */
export async function desktopOf(c: Context<RelayEnv>, desktops: Desktops): Promise<NonNullable<Awaited<ReturnType<Desktops['check']>>>> {
  const found = await desktops.check(bearerOf(c))
  if (!found) throw new AppError('unauthorized', 'This desktop is not signed in to the relay any more. Sign in again.')
  return found
}
