import { sql } from 'kysely'
import { z } from 'zod'
import type { Catalogue } from '../../connectors/catalogue.ts'
import { accountRequest, type AccountAnswer, type AccountKeep, type AccountRequest } from '../../core/contract/account-requests.ts'
import { relayRun, type SharedConnection } from '../../core/custody/messages.ts'
import { AppError, errorCodes } from '../../core/errors.ts'
import type { Database } from '../../host/store/engine.ts'
import { revoke } from '../../oauth/revoke.ts'
import type { Party } from '../../oauth/server.ts'
import type { Audit } from '../audit/audit.ts'
import type { Custody } from '../custody/custody.ts'
import type { Envelope } from '../keys/envelope.ts'
import { newToken } from '../members/links.ts'
import type { Members } from '../members/members.ts'
import { demand, type Member } from '../members/roles.ts'
import type { Parties } from './parties.ts'
import { cameIn, heldGrant, type HeldGrant } from './held-grant.ts'
import { otherUseOf, type Connected } from './same-account.ts'
import type { NewSignIn, PurposeHandler, SignedIn } from './sign-ins.ts'
import { signInLimitMs } from './under-way.ts'

/** Who asks: a desktop of the member, or the member on the relay's own pages. */
export type Asker = { member: Member; desktop: { id: string; name: string } | null }

/** `connectionId`: the connection whose account is connected anew. Null: a desktop says which one it is when it keeps what came. */
const wish = accountRequest.extend({ practice: z.boolean(), connectionId: z.string().nullable(), desktopName: z.string().nullable() })
export type Wish = z.infer<typeof wish>

const kept = z.object({ own: z.number(), run: relayRun })
const failure = z.object({ code: z.enum(errorCodes), message: z.string() })
const payload = z.object({ requestId: z.string() })

/** A request as its page shows it. `came`: whose account it is, while that waits to be kept. */
export type ShownRequest = {
  id: string
  wish: Wish
  state: AccountAnswer['state']
  came: HeldGrant['account'] | null
  message: string | null
  byDesktop: boolean
}

export type AccountRequests = ReturnType<typeof createAccountRequests>

type Unwanted = Omit<Connected, 'connectionId'> & { party: Party; grant: HeldGrant['grant'] }

type Options = {
  database: Database
  envelope: Envelope
  audit: Pick<Audit, 'note'>
  catalogue: Catalogue
  parties: Parties
  members: Pick<Members, 'of'>
  custody: Pick<Custody, 'connect' | 'find'>
  now: () => number
}

const context = (id: string): string => JSON.stringify(['account-request', id])

type Found = {
  id: string
  workspaceId: string
  userId: string
  desktopId: string | null
  state: AccountAnswer['state']
  wish: Wish
  sealed: string | null
  outcome: unknown
}

/**
 * Wishes for a shared account that is connected on the relay, each for ten minutes: a member signs in, what comes is held, and whoever asked
 * says whether it is kept. Then the relay has custody of it.
 */
export function createAccountRequests({ database, envelope, audit, catalogue, parties, members, custody, now }: Options) {
  async function find(id: string, userId: string): Promise<Found> {
    const [row] = await database.query(sql`select * from account_requests where id = ${id} and user_id = ${userId}`)
    if (!row) throw gone()
    const isLate = Number(row['expires_at']) <= now() && row['state'] !== 'kept'
    return {
      id,
      workspaceId: String(row['workspace_id']),
      userId,
      desktopId: row['desktop_id'] === null ? null : String(row['desktop_id']),
      state: isLate ? 'failed' : z.enum(['waiting', 'signed_in', 'kept', 'failed']).parse(row['state']),
      wish: wish.parse(JSON.parse(String(row['wish']))),
      sealed: row['sealed'] === null ? null : String(row['sealed']),
      outcome: isLate ? { code: 'timeout', message: tooLate } : row['outcome'] === null ? null : JSON.parse(String(row['outcome'])),
    }
  }

  /** The same for who asked alone: another desktop of the same member has nothing to do with it. */
  async function findOf({ member, desktop }: Asker, id: string): Promise<Found> {
    const found = await find(id, member.userId)
    if (found.desktopId !== (desktop?.id ?? null)) throw gone()
    return found
  }

  async function open({ id, workspaceId, sealed }: Found): Promise<HeldGrant> {
    const text = sealed === null ? null : await envelope.open(workspaceId, context(id), sealed)
    if (text === null) throw gone()
    return heldGrant.parse(JSON.parse(text))
  }

  async function ask({ member, desktop }: Asker, asked: AccountRequest & Pick<Wish, 'practice' | 'connectionId'>) {
    demand(member, 'connections.share')
    const { workspaceId, userId } = member
    const tool = await catalogue.load(asked.connector)
    // What cannot begin is said at once, before a browser opens.
    await parties.forSignIn({ workspaceId, appId: asked.appId, practice: asked.practice }, tool, asked.answers)
    const [id, at] = [newToken(), now()]
    const kept = JSON.stringify({ ...asked, desktopName: desktop?.name ?? null } satisfies Wish)
    await database.transaction(function* () {
      yield sql`delete from account_requests where expires_at <= ${at - signInLimitMs}`
      yield sql`insert into account_requests (id, workspace_id, user_id, desktop_id, state, wish, expires_at)
        values (${id}, ${workspaceId}, ${userId}, ${desktop?.id ?? null}, 'waiting', ${kept}, ${at + signInLimitMs})`
    })
    return { id, expiresAt: at + signInLimitMs }
  }

  /** What came is dropped. */
  async function discard(found: Found): Promise<void> {
    if (found.sealed === null) return
    const { grant, client, facts, account } = await open(found)
    const { workspaceId, wish } = found
    const tool = await catalogue.load(wish.connector)
    const party = await parties.forGrant({ workspaceId, appId: wish.appId, practice: wish.practice }, tool, client, facts).catch(() => null)
    if (party) await decline({ ...wish, workspaceId, account, grant, party })
  }

  /** Takes back a fresh grant that nobody wants, unless someone is connected to the same account: with one token for both, at some providers. */
  async function decline({ party, grant: { accessToken, refreshToken }, ...use }: Unwanted): Promise<void> {
    // The connection that it was for, too, goes on with what it has.
    const inUse = await otherUseOf(database, { ...use, connectionId: null }, catalogue.tools)
    if (inUse === null) await revoke({ ...party, accessToken, refreshToken })
  }

  const fail = ({ id }: Pick<Found, 'id'>, { code, message }: Pick<AppError, 'code' | 'message'>) =>
    database.query(sql`update account_requests set state = 'failed', sealed = null, outcome = ${JSON.stringify({ code, message })}
      where id = ${id} and state in ('waiting', 'signed_in') returning user_id, wish`)

  /** The one place where a held grant comes into use: with it, and in the same commit, the request ends. */
  async function adopt(found: Found, connectionId: string, named: Pick<AccountKeep, 'name' | 'isDefault'> | null): Promise<void> {
    const { id, wish, userId } = found
    const member = await members.of(userId)
    if (!member) throw new AppError('forbidden', 'You are not a member of this workspace any more.')
    const { grant, client, account, facts, at } = await open(found)
    const { appId, connector, mode, practice, desktopName } = wish
    const about: SharedConnection | null = named && { appId, connector, mode, practice, account, facts, ...named }
    await custody.connect(
      member,
      connectionId,
      // Practice accounts have the same client everywhere.
      { grant, client, account, facts, at, stays: !practice },
      {
        ...(about && { birth: { about, desktop: desktopName ?? '' } }),
        *alongside(outcome) {
          const [mine] = yield sql`update account_requests set state = 'kept', sealed = null, outcome = ${JSON.stringify(outcome)}
          where id = ${id} and state = 'signed_in' returning id`
          if (!mine) throw gone()
        },
      },
    )
  }

  const purpose: PurposeHandler = {
    async finish(signedIn: SignedIn) {
      const { requestId } = payload.parse(signedIn.payload)
      const sealed = await envelope.seal(signedIn.workspaceId, context(requestId), JSON.stringify(cameIn(signedIn)))
      const [row] = await database.query(sql`update account_requests set state = 'signed_in', sealed = ${sealed}
        where id = ${requestId} and state = 'waiting' and expires_at > ${now()} returning user_id`)
      if (!row) {
        await decline({ ...signedIn, connector: signedIn.connector.id })
        throw new AppError('cancelled', 'This was cancelled where it was begun. Nothing was connected.')
      }
      const found = await find(requestId, String(row['user_id']))
      const { connectionId } = found.wish
      if (connectionId === null) return
      // The same account as before needs no question.
      const before = (await custody.find(found.workspaceId, connectionId))?.about?.account
      if (!before || before.id === signedIn.account.id) await adopt(found, connectionId, null)
    },
    async failed({ workspaceId, ip, ...signIn }, error) {
      const [row] = await fail({ id: payload.parse(signIn.payload).requestId }, error)
      if (!row) return
      const { connector, appId } = wish.parse(JSON.parse(String(row['wish'])))
      const subject = catalogue.tools[connector]?.name ?? connector
      const line = { workspaceId, actor: String(row['user_id']), subject, detail: error.message, appId, ip }
      await database.transaction(() => audit.note({ ...line, action: 'connection.sign_in_failed' }))
    },
  }

  return {
    purpose,

    /** A desktop, or a member for a connection that is there. Errors: `forbidden`, `not_found`, `validation` when the workspace has no client. */
    ask,

    /** How a member goes to the provider for a request that is theirs. Errors: `not_found`, `conflict` once it is over. */
    async signIn(member: Member, id: string): Promise<NewSignIn> {
      const { wish, state, workspaceId } = await find(id, member.userId)
      if (state !== 'waiting') throw new AppError('conflict', 'This sign-in is over. Start it again.')
      const { appId, connector, practice, scopes, answers } = wish
      return {
        purpose: 'shared',
        workspaceId,
        appId,
        connector,
        practice,
        scopes,
        answers,
        payload: { requestId: id },
        returnTo: pageOf(id),
      }
    },

    /** For the page of a request. Errors: `not_found` for who did not ask. */
    async show(member: Member, id: string): Promise<ShownRequest> {
      const found = await find(id, member.userId)
      const came = found.state === 'signed_in' ? (await open(found)).account : null
      const message = found.state === 'failed' ? failure.parse(found.outcome).message : null
      return { id, wish: found.wish, state: found.state, came, message, byDesktop: found.desktopId !== null }
    },

    /** Errors: `not_found` for who did not ask. */
    async answer(asker: Asker, id: string): Promise<AccountAnswer> {
      const found = await findOf(asker, id)
      switch (found.state) {
        case 'waiting':
          return { state: 'waiting' }
        case 'kept':
          return { state: 'kept', ...kept.parse(found.outcome) }
        case 'failed':
          return { state: 'failed', ...failure.parse(found.outcome) }
        case 'signed_in': {
          const { grant, account, client, facts } = await open(found)
          const { scopesGranted, refreshToken, accessExpiresAt, refreshExpiresAt } = grant
          const told = { scopesGranted, renewable: refreshToken !== null, accessExpiresAt, refreshExpiresAt }
          return { state: 'signed_in', account, clientId: client.clientId, facts, grant: told }
        }
      }
    },

    /** What came is kept as this connection. Doing it again answers the same. Errors: `not_found`, `forbidden`, `conflict` when nothing came. */
    async keep(asker: Asker, id: string, as: AccountKeep): Promise<AccountAnswer> {
      const found = await findOf(asker, id)
      if (found.state === 'waiting' || found.state === 'failed')
        throw new AppError('conflict', 'There is no account to keep: the sign-in is not finished, or over.')
      if (found.state === 'signed_in') await adopt(found, as.connectionId, { name: as.name, isDefault: as.isDefault })
      return { state: 'kept', ...kept.parse((await findOf(asker, id)).outcome) }
    },

    /** A member decides on the relay's page about another account than the one before. Errors: `not_found`. */
    async decide(member: Member, id: string, choice: 'new' | 'kept'): Promise<void> {
      const found = await findOf({ member, desktop: null }, id)
      const { connectionId } = found.wish
      if (found.state !== 'signed_in' || connectionId === null) return
      if (choice === 'new') await adopt(found, connectionId, null)
      else if ((await fail(found, { code: 'cancelled', message: 'The account that was in use stays.' })).length > 0) await discard(found)
    },

    /** Whoever asked does not want it any more. What came is dropped. Errors: `not_found`. */
    async cancel(asker: Asker, id: string): Promise<void> {
      const found = await findOf(asker, id)
      if ((await fail(found, { code: 'cancelled', message: 'This was cancelled where it was begun.' })).length > 0) await discard(found)
    },
  }
}

/** The page of a request, on the relay. */
export const pageOf = (id: string): string => `/connect/${id}`

const tooLate = 'Nobody finished the sign-in in time. Start it again.'
const gone = () => new AppError('not_found', 'This sign-in is not there any more, or it is someone else’s. Start it again.')
