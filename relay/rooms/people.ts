import type { Steps } from '../../host/store/engine.ts'
import type { Oidc } from '../config.ts'
import { createDesktops, type Desktops } from '../desktops/desktops.ts'
import { openPublishTokens, type PublishTokens } from '../desktops/publish-tokens.ts'
import { createAccounts, type Accounts } from '../members/accounts.ts'
import { createInvitations, type Invitations } from '../members/invitations.ts'
import { createMembers, type Members } from '../members/members.ts'
import { createReset, type Reset } from '../members/reset.ts'
import { createSessions, type Sessions } from '../members/sessions.ts'
import { createSetup, type Setup } from '../members/setup.ts'
import type { Ground } from './ground.ts'

/** Who may do what here: members, how they come in, and what acts for them. */
export type People = {
  members: Members
  accounts: Accounts
  setup: Setup
  invitations: Invitations
  reset: Reset
  sessions: Sessions
  desktops: Desktops
  publishTokens: PublishTokens
}

/** `secret` signs the sessions. */
export async function openPeople(ground: Ground, { oidc, secret }: { oidc: Oidc | null; secret: string }): Promise<People> {
  const { database, audit, log, url, workspace, now } = ground
  const desktops = createDesktops(database, audit, now)
  const publishTokens = await openPublishTokens(database, audit, now)
  const sessions = createSessions(database, audit, now)
  function* endAccess(userId: string): Steps<void> {
    yield* sessions.endAllOf(userId)
    yield* desktops.endAllOf(userId)
    yield* publishTokens.endAllOf(userId)
  }
  const members = createMembers(database, audit, endAccess)
  const invitations = createInvitations(database, audit, now)
  const accounts = createAccounts({
    database,
    url,
    secret,
    oidc,
    mayJoin: invitations.isInvited,
    admit: async userId => (await members.of(userId)) !== null || invitations.admit(userId),
    async signedIn(userId, ip) {
      const member = await members.of(userId)
      if (member)
        await database.transaction(() =>
          audit.note({ workspaceId: member.workspaceId, actor: userId, action: 'member.signed_in', subject: member.email, ip }),
        )
    },
    warn: message => log.warn(message),
  })
  return {
    members,
    accounts,
    setup: createSetup(database, audit, workspace, now),
    invitations,
    reset: createReset(database, audit, members, endAccess, now),
    sessions,
    desktops,
    publishTokens,
  }
}
