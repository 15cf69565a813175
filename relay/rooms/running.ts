import { AppError } from '../../core/errors.ts'
import { createApps, type Apps, type AppsOptions } from '../apps/apps.ts'
import { openWork } from '../apps/work.ts'
import { createAppUsers, type AppUsers } from '../appusers/appusers.ts'
import { createPeopleOfApps, type PeopleOfApps } from '../appusers/people.ts'
import { createCredentials } from '../credentials.ts'
import { createDeliveries, type ListDeliveries } from '../hooks/deliveries.ts'
import { createInbox, type Inbox } from '../hooks/inbox.ts'
import { createReceive, type Receive } from '../hooks/receive.ts'
import { createRefusals } from '../hooks/refusals.ts'
import { openEntryCodes, type EntryCodes } from '../published/entry-codes.ts'
import { createSites, type Sites } from '../published/sites.ts'
import type { Connections } from './connections.ts'
import type { Ground } from './ground.ts'
import type { Publishing } from './publishing.ts'

/** The published apps as they run: their flows, who uses them, where they are found, and what is sent to their addresses. */
export type Running = {
  apps: Apps
  appUsers: AppUsers
  peopleOfApps: PeopleOfApps
  sites: Sites
  entryCodes: EntryCodes
  inbox: Inbox
  receiveDelivery: Receive
  deliveries: ListDeliveries
}

type Options = {
  /** Of the relay: each app signs the sessions of its users with another one that is made of it. */
  secret: string
  /** When apps fall asleep. */
  sleep: Pick<AppsOptions, 'idleMs'> | undefined
}

export async function openRunning(
  ground: Ground,
  { activation, webhooks }: Pick<Publishing, 'activation' | 'webhooks'>,
  { custody, ownAccounts, ownCredentials, practice }: Pick<Connections, 'custody' | 'ownAccounts' | 'ownCredentials' | 'practice'>,
  { secret, sleep }: Options,
): Promise<Running> {
  const { database, openApp, audit, limits, log, url, now } = ground
  const report = (error: AppError) => log.report(error)
  const apps = await createApps({
    database,
    work: await openWork({ database, report, now }),
    openDatabase: openApp,
    report,
    now,
    ...sleep,
    async place(appId) {
      const live = await activation.unpackLive(appId)
      if (!live) throw new AppError('not_found', 'This app is not published here.')
      const credentials = createCredentials({ custody, own: ownCredentials, practice, workspaceId: live.workspaceId, appId })
      return { ...live, credentials }
    },
  })
  const appUsers = createAppUsers({
    secret,
    url,
    warn: message => log.warn(message),
    report,
    endAccounts: (person, by) => ownAccounts.endUser(person, by),
    now,
  })
  const sites = createSites(database)
  const inbox = createInbox({ database, apps, hooks: webhooks, log, now })
  const refusals = createRefusals(database, now)
  return {
    apps,
    appUsers,
    peopleOfApps: createPeopleOfApps({ apps, appUsers, sites, audit, database, url }),
    sites,
    entryCodes: await openEntryCodes(database, now),
    inbox,
    receiveDelivery: createReceive({ hooks: webhooks, inbox, limits, refusals, report, now }),
    deliveries: createDeliveries({ database, hooks: webhooks, refusals, apps, url }),
  }
}
