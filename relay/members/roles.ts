import { AppError } from '../../core/errors.ts'
import type { Role } from '../../core/contract/relay.ts'

/** What can be done in a workspace, and the least role that may. */
const least = {
  'apps.see': 'viewer',
  'apps.publish': 'editor',
  'apps.people': 'editor',
  'runs.read': 'editor',
  'connections.share': 'editor',
  'connections.use': 'editor',
  'own-accounts.end': 'admin',
  'clients.change': 'admin',
  'members.see': 'viewer',
  'members.invite': 'admin',
  'members.change': 'admin',
  'audit.read': 'admin',
  'workspace.change': 'owner',
} as const satisfies Record<string, Role>

export type Action = keyof typeof least
export const actions = Object.keys(least) as Action[]

/** A person in a workspace. */
export type Member = { userId: string; workspaceId: string; name: string; email: string; role: Role }

const rank: Record<Role, number> = { owner: 3, admin: 2, editor: 1, viewer: 0 }

/** The one place that decides what a role allows. */
export const may = (member: Pick<Member, 'role'>, action: Action): boolean => rank[member.role] >= rank[least[action]]

/** Whether a member may give, change or take away a role: admins manage members, and never anyone above themselves. */
export const mayManage = (member: Pick<Member, 'role'>, role: Role): boolean =>
  may(member, 'members.change') && rank[member.role] >= rank[role]

const names = {
  'apps.see': 'see apps',
  'apps.publish': 'publish apps',
  'apps.people': 'change who uses apps',
  'runs.read': 'read what runs worked with',
  'connections.share': 'share connections',
  'connections.use': 'use shared accounts on a desktop',
  'own-accounts.end': 'end accounts of other people',
  'clients.change': 'change OAuth clients',
  'members.see': 'see members',
  'members.invite': 'invite people',
  'members.change': 'change members',
  'audit.read': 'read the audit log',
  'workspace.change': 'change the workspace',
} satisfies Record<Action, string>

/** Throws `forbidden` with who could do it instead. */
export function demand(member: Pick<Member, 'role'>, action: Action): void {
  if (may(member, action)) return
  throw new AppError(
    'forbidden',
    `As ${article(member.role)} you may not ${names[action]}. Ask ${article(least[action])} of this workspace.`,
  )
}

export const article = (role: Role): string => `${/^[aeo]/.test(role) ? 'an' : 'a'} ${role}`
