import type { Catalogue } from '../../connectors/catalogue.ts'
import type { Credential, HeldAccount } from '../../core/contract/credentials.ts'
import { AppError } from '../../core/errors.ts'
import { ask, type Database } from '../../host/store/engine.ts'
import { explainReason } from '../../tokens/reason.ts'
import type { Tokens } from '../../tokens/tokens.ts'
import type { Audit } from '../audit/audit.ts'
import type { Parties } from '../oauth/parties.ts'
import { accountOf, accountsOf, agreedUsers, agreementsOf, type OwnAccount, type Person } from './rows.ts'

type Ground = { database: Database; renewing: Tokens; parties: Pick<Parties, 'forGrant'>; tools: Catalogue['tools']; audit: Audit }
type Wanted = {
  connector: string
  connection?: string | undefined
  flow?: string | undefined
  rejected?: { connectionId: string; generation: number } | undefined
}

export type OwnCredentials = ReturnType<typeof createOwnCredentials>

/** What the host asks about accounts of a user. Who it is for is always given: nothing here finds an account in another way. */
export function createOwnCredentials({ database, renewing, parties, tools, audit }: Ground) {
  const nameOf = (connector: string) => tools[connector]?.name ?? connector

  async function mayUse(person: Person, connector: string, flow: string): Promise<boolean> {
    return (await ask(database, agreementsOf(person))).some(each => each.connector === connector && each.flow === flow)
  }

  async function practiceOrigins({ workspaceId, appId, connector, practice, facts }: OwnAccount): Promise<Credential['practiceOrigins']> {
    const tool = tools[connector]
    if (!practice || !tool) return null
    return { ...(await parties.forGrant({ workspaceId, appId, practice }, tool, { clientId: '' }, facts)).practiceOrigins }
  }

  const countUse = ({ workspaceId, connectionId, appId, connector, email }: OwnAccount) => {
    const use = {
      workspaceId,
      connectionId,
      actor: null,
      appUser: email,
      action: 'own_account.used',
      subject: nameOf(connector),
      appId,
    } as const
    return database.transaction(() => audit.countUse(use))
  }

  return {
    async accessToken(person: Person, { connector, connection, flow, rejected }: Wanted): Promise<Credential> {
      const account = await ask(database, accountOf(person, connector))
      const action = { kind: 'connect', connector } as const
      if (!account || (connection !== undefined && connection !== account.connectionId && connection !== account.account.label))
        throw new AppError('needs_connection', `Connect your ${nameOf(connector)} account first.`, { action })
      if (flow !== undefined && !(await mayUse(person, connector, flow)))
        throw new AppError('needs_connection', `Its user has not agreed that this flow uses their ${nameOf(connector)} account.`, {
          action,
        })
      const { connectionId, facts } = account
      const access = await renewing.accessToken(connectionId, rejected?.connectionId === connectionId ? rejected.generation : undefined)
      switch (access.kind) {
        case 'token':
          await countUse(account)
          return {
            connectionId,
            generation: access.token.generation,
            accessToken: access.token.accessToken,
            expiresAt: access.token.accessExpiresAt === null ? null : new Date(access.token.accessExpiresAt).toISOString(),
            scopesGranted: access.token.scopes,
            account: account.account,
            mode: 'app-user',
            facts,
            practiceOrigins: await practiceOrigins(account),
          }
        case 'waiting':
          throw new AppError(
            'unavailable',
            `The access to your ${nameOf(connector)} account cannot be renewed at the time. It is tried again.`,
            { action: { kind: 'retry' } },
          )
        case 'elsewhere':
          throw new AppError('unavailable', `Your ${nameOf(connector)} account is just being disconnected.`)
        case 'ended':
        case 'unreadable':
        case 'missing': {
          const reason = access.kind === 'ended' ? access.status.reason : null
          const why = reason ? `: ${explainReason(reason, tools[connector]?.provider.name ?? connector)}` : '.'
          throw new AppError('unauthorized', `Your ${nameOf(connector)} account has to be connected again${why}`, {
            action: { kind: 'reconnect', connectionId },
          })
        }
      }
    },

    async accounts(person: Person): Promise<HeldAccount[]> {
      const [accounts, agreements] = await Promise.all([ask(database, accountsOf(person)), ask(database, agreementsOf(person))])
      return Promise.all(
        accounts.map(async ({ connectionId, connector, account, connectedAt }) => {
          const status = await renewing.status(connectionId)
          return {
            id: connectionId,
            connector,
            name: account.label,
            isDefault: true,
            state: status?.state ?? 'needs_reconnect',
            since: new Date(Math.max(connectedAt, status?.since ?? 0)).toISOString(),
            scopesGranted: status?.scopes ?? [],
            flows: agreements.filter(each => each.connector === connector).map(({ flow }) => flow),
          }
        }),
      )
    },

    agreedUsers: (appId: string, flow: string): Promise<string[]> => ask(database, agreedUsers(appId, flow)),
  }
}
