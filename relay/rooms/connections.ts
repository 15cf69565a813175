import type { Catalogue } from '../../connectors/catalogue.ts'
import { AppError } from '../../core/errors.ts'
import type { RelayConfig } from '../config.ts'
import type { Custody } from '../custody/custody.ts'
import { openCustody, type CustodySettings } from '../custody/open.ts'
import { createAccountRequests, type AccountRequests } from '../oauth/account-requests.ts'
import { createClients, type Clients } from '../oauth/clients.ts'
import { createParties, type Parties } from '../oauth/parties.ts'
import { createSignIns, type SignIns } from '../oauth/sign-ins.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { OwnCredentials } from '../own-accounts/credentials.ts'
import { ownAccountHolder } from '../own-accounts/holder.ts'
import { openOwnAccounts } from '../own-accounts/open.ts'
import type { OwnAccounts } from '../own-accounts/own-accounts.ts'
import type { AppUserPurposeOptions } from '../own-accounts/purpose.ts'
import { createRelayPractice, type RelayPractice } from '../practice.ts'
import type { Ground } from './ground.ts'
import type { People } from './people.ts'
import type { Publishing } from './publishing.ts'

/** The accounts that apps work with, shared ones and those of their users: how they come here, who holds them, who renews them. */
export type Connections = {
  catalogue: Catalogue
  clients: Clients
  practice: RelayPractice
  parties: Parties
  custody: Custody
  accountRequests: AccountRequests
  signIns: SignIns
  ownAccounts: OwnAccounts
  ownCredentials: OwnCredentials
}

type Options = {
  config: Pick<RelayConfig, 'dataFolder' | 'ledgerFolder' | 'lostLedger' | 'practiceUrl'>
  catalogue: Catalogue
  outbound: Pick<Outbound, 'allow'>
  /** Who renews connections, and how patiently. */
  tokens: Pick<CustodySettings, 'partyOf' | 'timing' | 'returningMs'> | undefined
  /** The accounts that an app works with have changed. */
  moved(appId: string): void

  emailIn: AppUserPurposeOptions['emailIn']
}

export async function openConnections(
  ground: Ground,
  { members }: Pick<People, 'members'>,
  { releases }: Pick<Publishing, 'releases'>,
  { config, catalogue, outbound, tokens, moved, emailIn }: Options,
): Promise<Connections> {
  const { database, envelope, audit, log, url, now } = ground
  const { tools } = catalogue
  const providers = new Map(Object.values(tools).map(({ provider }) => [provider.id, provider]))
  const clients = createClients({ database, envelope, audit, providers, now })
  const practice = createRelayPractice({
    url,
    redirectUri: `${url}/oauth/callback`,
    serviceUrl: config.practiceUrl,
    dataFolder: config.dataFolder,
    allow: outbound.allow,
    report: error => log.report(error),
  })
  const parties = createParties({ clients, practice })
  const custody = await openCustody({
    ...config,
    partyOf: (about, client, workspaceId) => {
      const tool = tools[about.connector]
      if (!tool) throw new AppError('not_found', `This relay does not know the tool “${about.connector}”. Update it.`)
      const { appId, practice, practiceAt, facts } = about
      return parties.forGrant({ workspaceId, appId, practice, practiceAt }, tool, client, facts)
    },
    ...tokens,
    database,
    envelope,
    audit,
    log,
    now,
    moved,
    others: [ownAccountHolder({ database, parties, tools })],
    async admit({ workspaceId }, about) {
      if (!(await releases.isKnown(workspaceId, about.appId)))
        throw new AppError('not_found', 'This app is not on the relay. Publish it, and its accounts go along.')
      const tool = tools[about.connector]
      if (about.practice && tool) await practice.endpoints(about.appId, tool.provider, about.practiceAt)
    },
  })
  const accountRequests = createAccountRequests({ database, envelope, audit, catalogue, parties, members, custody, now })
  const own = await openOwnAccounts({
    database,
    envelope,
    audit,
    clients,
    parties,
    tools,
    renewing: custody.renewing,
    signIns: () => signIns,
    url,
    emailIn,
    changed: moved,
    now,
  })
  const purposes = { shared: accountRequests.purpose, 'app-user': own.purpose }
  const signIns = createSignIns({ database, envelope, catalogue, parties, url, purposes, now })
  return {
    catalogue,
    clients,
    practice,
    parties,
    custody,
    accountRequests,
    signIns,
    ownAccounts: own.ownAccounts,
    ownCredentials: own.credentials,
  }
}
