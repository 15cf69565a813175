import { visibilityOf } from '../../core/app/visibility.ts'
import type { AppUser } from '../../core/contract/published.ts'
import type { RunningApp } from '../../host/running-app.ts'
import { admits, roleIn } from '../appusers/access.ts'
import type { Member } from '../members/roles.ts'
import type { Site } from './env.ts'
import type { PublishedRooms } from './published.ts'

/** Who asks for something of an app. `member`: who of the workspace the user is now. */
export type Visitor = { user: AppUser | null; member: Member | null; sessionId: string | null; admitted: boolean; cookies: string[] }

/** By the cookie of this app alone. Whether a member may still be here is looked up each time. */
export async function findVisitor(
  { appUsers, members }: Pick<PublishedRooms, 'appUsers' | 'members'>,
  app: RunningApp,
  { base, workspaceId }: Site,
  headers: Headers,
): Promise<Visitor> {
  const visibility = visibilityOf(app.model().config)
  const found = await (await appUsers.of(app)).accounts(base).current(headers)
  if (!found) return { user: null, member: null, sessionId: null, admitted: admits(visibility, null), cookies: [] }
  const { user, sessionId, cookies } = found
  const known = user.memberId ? await members.of(user.memberId) : null
  const member = known?.workspaceId === workspaceId ? known : null
  const { id, email, name } = user
  return { user: { id, email, name, role: roleIn(member) }, member, sessionId, admitted: admits(visibility, { user, member }), cookies }
}
