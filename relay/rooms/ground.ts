import type { Database } from '../../host/store/engine.ts'
import { createAudit, type Audit } from '../audit/audit.ts'
import type { RelayDatabase } from '../database.ts'
import { createDesktopTables } from '../desktops/tables.ts'
import { createHookTables } from '../hooks/tables.ts'
import { createEnvelope, type Envelope } from '../keys/envelope.ts'
import type { MasterKeys } from '../keys/master.ts'
import { createKeyTables } from '../keys/tables.ts'
import { createLimits, type Limits } from '../limits.ts'
import type { Log } from '../log.ts'
import { firstWorkspace, type Workspace } from '../members/members.ts'
import { createMemberTables } from '../members/tables.ts'
import { createOAuthTables } from '../oauth/tables.ts'
import { createOwnAccountTables } from '../own-accounts/tables.ts'
import { createReleaseTables } from '../releases/tables.ts'

export type GroundOptions = {
  /** What the workspace is called when it is made. */
  name: string
  url: string
  databases: Pick<RelayDatabase, 'database' | 'openApp'>
  masters: MasterKeys
  log: Log
  now: () => number
}

/** What every room stands on. `url`: the public address, an origin without a slash at its end. */
export type Ground = {
  url: string
  database: Database
  openApp: RelayDatabase['openApp']
  envelope: Envelope
  audit: Audit
  limits: Limits
  workspace: Workspace
  log: Log
  now: () => number
}

/** Makes the tables that are missing, opens all data keys, and says it when some are lost. Errors: `unavailable` when the master key was replaced. */
export async function openGround({ name, url, databases: { database, openApp }, masters, log, now }: GroundOptions): Promise<Ground> {
  for (const createTables of [
    createKeyTables,
    createMemberTables,
    createDesktopTables,
    createReleaseTables,
    createHookTables,
    createOAuthTables,
    createOwnAccountTables,
  ])
    await createTables(database)
  const envelope = createEnvelope(database, masters, now)
  const lost = await envelope.openAll()
  if (lost > 0)
    log.warn(
      'Some keys cannot be opened with this master key. What they protect has to be connected again, unless the right key comes back.',
      { lost },
    )
  const workspace = await firstWorkspace(database, name, now)
  // Its first data key: made now, it is there when the master key is changed while this node runs.
  await envelope.sealerOf(workspace.id)
  return {
    url,
    database,
    openApp,
    envelope,
    audit: await createAudit(database, now),
    limits: await createLimits(database, now),
    workspace,
    log,
    now,
  }
}
