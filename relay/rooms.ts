import type { RelayInfo } from '../core/contract/relay.ts'
import type { Database, Steps } from '../host/store/engine.ts'
import { createAudit, type Audit } from './audit/audit.ts'
import type { RelayConfig } from './config.ts'
import { createDesktops, type Desktops } from './desktops/desktops.ts'
import { createDesktopTables } from './desktops/tables.ts'
import { createEnvelope, type Envelope } from './keys/envelope.ts'
import type { MasterKeys } from './keys/master.ts'
import { publicKey, sessionSecret } from './keys/secrets.ts'
import { createKeyTables } from './keys/tables.ts'
import { createLimits, type Limits } from './limits.ts'
import type { Log } from './log.ts'
import { createAccounts, type Accounts } from './members/accounts.ts'
import { createInvitations, type Invitations } from './members/invitations.ts'
import { createMembers, firstWorkspace, type Members, type Workspace } from './members/members.ts'
import { createReset, type Reset } from './members/reset.ts'
import { createSessions, type Sessions } from './members/sessions.ts'
import { createSetup, type Setup } from './members/setup.ts'
import { createMemberTables } from './members/tables.ts'

/** All that requests are answered from. */
export type Rooms = {
  /** The public address: an origin without a slash at its end. */
  url: string
  info: RelayInfo
  trustedProxies: number
  workspace: Workspace
  database: Database
  log: Log
  envelope: Envelope
  audit: Audit
  limits: Limits
  accounts: Accounts
  members: Members
  setup: Setup
  invitations: Invitations
  reset: Reset
  sessions: Sessions
  desktops: Desktops
}

export type RoomsOptions = {
  config: Pick<RelayConfig, 'name' | 'oidc' | 'trustedProxies'>
  url: string
  version: string
  database: Database
  masters: MasterKeys
  log: Log
  now?: () => number
}

/** Makes the tables that are missing and puts the rooms together. Nodes may do this at the same time. */
export async function createRooms({ config, url, version, database, masters, log, now = Date.now }: RoomsOptions): Promise<Rooms> {
  await createKeyTables(database)
  await createMemberTables(database)
  await createDesktopTables(database)
  const audit = await createAudit(database, now)
  const limits = await createLimits(database, now)
  const envelope = createEnvelope(database, masters, now)
  const lost = await envelope.lost()
  if (lost > 0)
    log.warn(
      'Some keys cannot be opened with this master key. What they protect has to be connected again, unless the right key comes back.',
      { lost },
    )

  const workspace = await firstWorkspace(database, config.name, now)
  const desktops = createDesktops(database, audit, now)
  const sessions = createSessions(database, audit, now)
  function* endAccess(userId: string): Steps<void> {
    yield* sessions.endAllOf(userId)
    yield* desktops.endAllOf(userId)
  }
  const members = createMembers(database, audit, endAccess)
  const invitations = createInvitations(database, audit, now)
  const accounts = createAccounts({
    database,
    url,
    secret: await sessionSecret(database, envelope, now),
    oidc: config.oidc,
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
    url,
    info: { name: workspace.name, version, issuer: url, publicKey: await publicKey(database, envelope, now) },
    trustedProxies: config.trustedProxies,
    workspace,
    database,
    log,
    envelope,
    audit,
    limits,
    accounts,
    members,
    setup: createSetup(database, audit, workspace, now),
    invitations,
    reset: createReset(database, audit, members, endAccess, now),
    sessions,
    desktops,
  }
}
