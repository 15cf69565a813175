import type { Catalogue } from '../../connectors/catalogue.ts'
import type { Facts } from '../../core/addresses.ts'
import type { AppModel } from '../../core/app/model.ts'
import type { Tool } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import { ask, type Database, type Steps } from '../../host/store/engine.ts'
import { forgetGrant } from '../../tokens/grants.ts'
import type { Audit } from '../audit/audit.ts'
import { demand, may, type Member } from '../members/roles.ts'
import type { Clients } from '../oauth/clients.ts'
import type { Parties } from '../oauth/parties.ts'
import type { SignIns } from '../oauth/sign-ins.ts'
import type { OwnConnection } from '../../core/contract/own-connections.ts'
import type { Tokens } from '../../tokens/tokens.ts'
import { flowsWith, isOwn, wishOf } from './app-wishes.ts'
import { viewForMembers, type OverviewLine } from './overview.ts'
import {
  accountOf,
  accountsIn,
  accountsOf,
  agree,
  agreementsOf,
  disagree,
  dropAccount,
  findById,
  type OwnAccount,
  type Person,
} from './rows.ts'
import { showConnection } from './show.ts'
import type { TakeBack, TakenBack } from './take-back.ts'

export type OwnAccountsOptions = {
  database: Database
  renewing: Tokens
  clients: Pick<Clients, 'of'>
  parties: Pick<Parties, 'forSignIn'>
  signIns: () => Pick<SignIns, 'begin'>
  tools: Catalogue['tools']
  takeBack: TakeBack
  audit: Audit
  /** The relay's address. */
  url: string
  now: () => number
  /** The accounts that an app works with have changed. */
  changed(appId: string): void
}

/**
 * One app as it is live, and the user of it who asks, in a session. `workspace`: its name. `member`: who of the workspace this user is, if
 * anyone.
 */
export type Asking = Person & {
  workspaceId: string
  workspace: string
  sessionId: string
  member: Pick<Member, 'role'> | null
  model: Pick<AppModel, 'connectors' | 'flows' | 'functions'>
  ip: string | null
}

/** Who ends an account: a member, by their id, or its user. */
export type Ender = { member: string | null; ip: string | null }

export type OwnAccounts = ReturnType<typeof createOwnAccounts>

/** The accounts that users of published apps connect for themselves: what each user sees of their own, and does with it. */
export function createOwnAccounts(options: OwnAccountsOptions) {
  const { database, renewing, clients, parties, signIns, tools, takeBack, audit, url, now, changed } = options

  function toolOf({ model }: Asking, connector: string) {
    const tool = isOwn(model, connector) ? tools[connector] : undefined
    if (!tool) throw new AppError('not_found', `This app asks for no account of “${connector}”.`)
    return tool
  }

  /** Whether a practice account is what connecting leads to: where the workspace has no client of its own for the provider, and the relay has such accounts. */
  async function wayTo(asking: Asking, connector: string): Promise<Pick<OwnConnection, 'practice' | 'missing'>> {
    const tool = toolOf(asking, connector)
    if (await clients.of(asking.workspaceId, tool.provider)) return { practice: false, missing: null }
    const practice = await parties.forSignIn({ ...asking, practice: true }, tool).catch(() => null)
    if (practice) return { practice: true, missing: null }
    return { practice: false, missing: clientMissing(asking, tool) }
  }

  /** Its users cannot do anything about it, and members know what an OAuth client is. */
  function clientMissing({ member, workspace }: Asking, { name, provider }: Tool): NonNullable<OwnConnection['missing']> {
    if (!member) return { message: `${name} cannot be connected here yet. Ask the people of ${workspace} to set it up.`, mendUrl: null }
    const lack = `${name} cannot be connected yet: ${workspace} has no OAuth client for ${provider.name}.`
    return may(member, 'clients.change')
      ? { message: lack, mendUrl: `${url}/clients/${encodeURIComponent(provider.id)}` }
      : { message: `${lack} Ask an admin to add one on the relay.`, mendUrl: null }
  }

  /** What an account was connected with before, as far as its provider asks for it. */
  async function factsOf(asking: Asking, connector: string): Promise<Facts> {
    const facts = (await ask(database, accountOf(asking, connector)))?.facts ?? {}
    const asked = toolOf(asking, connector).provider.fields ?? []
    return Object.fromEntries(asked.flatMap(({ id }) => (Object.hasOwn(facts, id) ? [[id, facts[id] ?? '']] : [])))
  }

  /** Ends accounts of one user here, then at their providers: whatever those answer, nothing is left here by then. */
  async function end(person: Person, accounts: readonly OwnAccount[], by: Ender): Promise<TakenBack[]> {
    const held = await Promise.all(accounts.map(account => takeBack.hold(person, account.connector)))
    await database.transaction(function* (): Steps<void> {
      for (const account of accounts) {
        yield* dropAccount(account)
        yield* forgetGrant(account.connectionId)
        yield* disagree(person, account.connector)
        const { workspaceId, appId, connector, email } = account
        const subject = tools[connector]?.name ?? connector
        const who =
          by.member === null
            ? ({ actor: null, appUser: email, action: 'own_account.disconnected', detail: account.account.label } as const)
            : ({ actor: by.member, action: 'own_account.ended', detail: email } as const)
        yield* audit.note({ workspaceId, ...who, subject, appId, ip: by.ip })
      }
    })
    changed(person.appId)
    return Promise.all(held.filter(each => each !== null).map(takeBack.end))
  }

  return {
    /** What the app asks this user to connect, and what of it is connected. */
    async list(asking: Asking): Promise<OwnConnection[]> {
      const [accounts, agreements] = await Promise.all([ask(database, accountsOf(asking)), ask(database, agreementsOf(asking))])
      const own = asking.model.connectors.filter(({ connector: { type } }) => isOwn(asking.model, type) && tools[type])
      return Promise.all(
        own.map(async ({ connector: { type } }) => {
          const tool = toolOf(asking, type)
          const account = accounts.find(each => each.connector === type) ?? null
          const agreed = new Set(agreements.filter(each => each.connector === type).map(({ flow }) => flow))
          const status = account && (await renewing.status(account.connectionId))
          const inUse = { practice: account?.practice ?? false, missing: null }
          return showConnection({
            tool,
            account,
            status,
            // An account that is lost goes the way of a new one.
            way: status?.state === 'connected' || status?.state === 'retrying' ? inUse : await wayTo(asking, type),
            scopes: wishOf(asking.model, tool),
            flows: flowsWith(asking.model, type).map(({ name, title }) => ({ flow: name, title, agreed: agreed.has(name) })),
          })
        }),
      )
    },

    /**
     * Begins to connect, or to connect again. `flows`: those that may use the account with nobody present. Errors: `not_found`,
     * `needs_connection` where the workspace has no client, `validation` for an answer, `unavailable`.
     */
    async connect(
      asking: Asking,
      connector: string,
      { flows, answers, returnTo }: { flows: readonly string[]; answers?: Facts; returnTo: string },
    ) {
      const tool = toolOf(asking, connector)
      const { practice, missing } = await wayTo(asking, connector)
      if (missing) throw new AppError('needs_connection', missing.message)
      const known = flowsWith(asking.model, connector).map(({ name }) => name)
      const { workspaceId, appId, userId, sessionId } = asking
      return signIns().begin({
        purpose: 'app-user',
        workspaceId,
        appId,
        connector,
        practice,
        scopes: wishOf(asking.model, tool),
        payload: { userId, sessionId, flows: flows.filter(flow => known.includes(flow)) },
        answers: { ...(await factsOf(asking, connector)), ...answers },
        returnTo,
      })
    },

    /** Errors: `not_found`. */
    async disconnect(asking: Asking, connector: string): Promise<TakenBack> {
      const [account] = (await ask(database, accountsOf(asking))).filter(each => each.connector === connector)
      if (!account) throw new AppError('not_found', 'This account is not connected any more. Load the page again.')
      const [done] = await end(asking, [account], { member: null, ip: asking.ip })
      return done ?? { message: 'Disconnected here.', accountPageUrl: null }
    },

    /** Lets a flow use the account with nobody present, or no longer. Errors: `not_found`. */
    async agree(asking: Asking, connector: string, flow: string, agreed: boolean): Promise<void> {
      const { name } = toolOf(asking, connector)
      if (!flowsWith(asking.model, connector).some(each => each.name === flow))
        throw new AppError('not_found', `No flow of this app called “${flow}” uses ${name}.`)
      await database.transaction(() => (agreed ? agree(asking, connector, flow, now()) : disagree(asking, connector, flow)))
      changed(asking.appId)
    },

    /** The accounts of all users of a workspace's apps, for members. Errors: `forbidden`. */
    async overview(member: Member): Promise<OverviewLine[]> {
      demand(member, 'apps.see')
      const [accounts, uses] = await Promise.all([ask(database, accountsIn(member.workspaceId)), audit.lastUses(member.workspaceId)])
      return Promise.all(accounts.map(async account => viewForMembers(account, await renewing.status(account.connectionId), uses, tools)))
    },

    /** A member ends the account of an app's user, here and at its provider. Errors: `forbidden`, `not_found`. */
    async revoke(member: Member, connectionId: string, ip: string | null): Promise<void> {
      demand(member, 'own-accounts.end')
      const account = await findById(database, connectionId)
      if (account?.workspaceId !== member.workspaceId) throw new AppError('not_found', 'This account is not connected any more.')
      await end(account, [account], { member: member.userId, ip })
    },

    /** A user of an app is taken out by a member: so are their accounts, here and at the providers. */
    async endUser(person: Person, by: Ender): Promise<void> {
      await end(person, await ask(database, accountsOf(person)), by)
      await database.transaction(() => forgetAgreements(person))
    },
  }
}

function* forgetAgreements(person: Person): Steps<void> {
  for (const { connector } of yield* agreementsOf(person)) yield* disagree(person, connector)
}
