import type { Visibility } from '../../core/app/visibility.ts'
import type { AppUser } from '../../core/contract/published.ts'
import { may, type Member } from '../members/roles.ts'
import type { UserRow } from './accounts.ts'

/** Who stands before an app. `member`: who of the workspace this is now; null for someone who has left it, or never was in it. */
export type Visitor = { user: Pick<UserRow, 'isInvited'>; member: Member | null } | null

/** The one place that decides who may use a published app. What they may do with its records, the rules of its entities say. */
export function admits(visibility: Visibility, visitor: Visitor): boolean {
  switch (visibility) {
    case 'public':
      return true
    case 'private':
      return visitor !== null && visitor.user.isInvited === 1
    case 'workspace':
      return visitor?.member != null
  }
}

/** Members who publish an app are admins of it. */
export const roleIn = (member: Member | null): AppUser['role'] => (member && may(member, 'apps.publish') ? 'admin' : 'user')
