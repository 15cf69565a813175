import { catalogue as everyTool, type Catalogue } from '../connectors/catalogue.ts'
import type { RelayInfo } from '../core/contract/relay.ts'
import { AppError } from '../core/errors.ts'
import type { AppsOptions } from './apps/apps.ts'
import type { RelayConfig } from './config.ts'
import type { CustodySettings } from './custody/open.ts'
import type { RelayDatabase } from './database.ts'
import type { MasterKeys } from './keys/master.ts'
import { publicKey, sessionSecret } from './keys/secrets.ts'
import type { Log } from './log.ts'
import { createOutbound, type Outbound } from './outbound/outbound.ts'
import { createBundle, type Bundle } from './published/bundle.ts'
import type { ReleaseHooks } from './releases/activate.ts'
import { openConnections, type Connections } from './rooms/connections.ts'
import { openGround, type Ground } from './rooms/ground.ts'
import { openPeople, type People } from './rooms/people.ts'
import { openPublishing, type Publishing } from './rooms/publishing.ts'
import { openRunning, type Running } from './rooms/running.ts'

/** All that requests are answered from. */
export type Rooms = Ground &
  People &
  Publishing &
  Connections &
  Running & {
    info: RelayInfo
    trustedProxies: number
    /** Where requests of the relay may go. What is not on the internet has to be allowed here first. */
    outbound: Pick<Outbound, 'allow'>
    /** The page that shows published apps. */
    bundle: Bundle
  }

export type RoomsOptions = {
  config: Pick<
    RelayConfig,
    'name' | 'oidc' | 'trustedProxies' | 'dataFolder' | 'ledgerFolder' | 'lostLedger' | 'practiceUrl' | 'versionsKept'
  >
  url: string
  version: string
  databases: Pick<RelayDatabase, 'database' | 'openApp'>
  masters: MasterKeys
  log: Log
  /** The guard of this process. Without it, as where relays share a process, nothing watches over where requests go. */
  outbound?: Outbound
  now?: () => number
  /** Who renews connections, and how patiently. */
  tokens?: Pick<CustodySettings, 'partyOf' | 'timing' | 'returningMs'>
  /** When apps fall asleep. */
  apps?: Pick<AppsOptions, 'idleMs'>
  /** Takes the place of what is done to a release before it goes live, and of who hears of it after. */
  hooks?: Partial<ReleaseHooks>
  /** The tools that accounts can be connected of. */
  catalogue?: Catalogue
  bundle?: Bundle
}

/**
 * Puts the relay together: each line needs what the lines above it opened. Apps come last, and two rooms tell them what is new: by then
 * they are there. Nodes may do this at the same time.
 */
export async function createRooms({
  config,
  url,
  version,
  databases,
  masters,
  log,
  outbound = createOutbound(),
  now = Date.now,
  tokens,
  hooks,
  apps: sleep,
  catalogue = everyTool,
  bundle = createBundle(),
}: RoomsOptions): Promise<Rooms> {
  const ground = await openGround({ name: config.name, url, databases, masters, log, now })
  const { database, envelope, workspace } = ground
  const secret = await sessionSecret(database, envelope, now)

  const people = await openPeople(ground, { oidc: config.oidc, secret })
  const publishing = openPublishing(ground, {
    config,
    hooks,
    announce: appId => running.apps.note(appId, 'release'),
    onActivated: async appId => running.apps.noted(appId, 'release'),
  })
  const connections = await openConnections(ground, people, publishing, {
    config,
    catalogue,
    outbound,
    tokens,
    moved: appId => void running.apps.changed(appId, 'accounts').catch((cause: unknown) => log.report(AppError.from(cause))),
    emailIn: (sessionId, { appId, userId }) =>
      running.apps.use(appId, async app => (await running.appUsers.of(app)).emailIn(sessionId, userId)),
  })
  const running = await openRunning(ground, publishing, connections, { secret, sleep })

  const info = { name: workspace.name, version, issuer: url, publicKey: await publicKey(database, envelope, now) }
  return { ...ground, ...people, ...publishing, ...connections, ...running, info, trustedProxies: config.trustedProxies, outbound, bundle }
}
