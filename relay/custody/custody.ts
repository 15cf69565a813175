import { sql } from 'kysely'
import { isSure, workOn } from '../../core/custody/relay.ts'
import type { RelayAccount, Taken, TokenGiven } from '../../core/contract/shared-accounts.ts'
import type { AnswerKey, CustodyAnswer, CustodyRequest, Withdrawn } from '../../core/custody/messages.ts'
import { sealTo } from '../../core/custody/sealed.ts'
import { AppError } from '../../core/errors.ts'
import { explainReason } from '../../tokens/reason.ts'
import type { TokenStatus } from '../../tokens/row.ts'
import type { HeldToken, Tokens } from '../../tokens/tokens.ts'
import type { AuditEntry } from '../audit/audit.ts'
import { demand, type Action, type Member } from '../members/roles.ts'
import { changeHere, type Change, type Connected } from './change.ts'
import { withdraw, type Dropped } from './disconnect.ts'
import { handleRequest, type Caller, type CustodyGround } from './handle.ts'
import { lockRecord, toRecord, writeRecord, type CustodyRecord } from './record.ts'
import { listShared, type SharedAccount } from './shared.ts'
import { takeOver, toRelayAccount } from './sharing.ts'
import { explainStanding } from './standing.ts'
import { markOf } from './start.ts'
import { findRecord, type PartyOf } from './tokens.ts'
import type { Withdrawals } from './withdrawals.ts'

/** How long a token that was to be returned is kept aside for a desktop that does not come for it. */
const returningMs = 2 * 60_000

/**
 * What a request demands of the role. All others a desktop may send whatever its member became: what was begun has to settle, and who gave
 * an account may take back their own sign-in.
 */
const demanded: Partial<Record<CustodyRequest['kind'], Action>> = { Offer: 'connections.share', AccessToken: 'connections.use' }

export type CustodyOptions = CustodyGround & {
  renewing: Tokens
  withdrawals: Withdrawals
  returningMs?: number
  providerName(connector: string): string
  partyOf: PartyOf
  /** The accounts that an app on this relay works with have changed. */
  moved(appId: string): void
}

type GivenToken = { record: CustodyRecord; grantId: string; token: HeldToken }

export type Custody = ReturnType<typeof createCustody>

/** The relay's side of the custody of connections: what desktops ask, and the tokens for the apps that run here. */
export function createCustody(options: CustodyOptions) {
  const { renewing, withdrawals, returningMs: limitMs = returningMs, providerName, partyOf, moved, ...ground } = options
  const { database } = ground

  /** Flows do not wait for a closed laptop. */
  async function workOnAfterLimit(record: CustodyRecord): Promise<CustodyRecord> {
    if (record.state.role !== 'returning') return record
    const written = await database.transaction(function* () {
      const locked = yield* lockRecord(ground, record.connectionId)
      const next = locked.record && workOn(locked.record.state)
      if (!locked.record || !next || locked.now - locked.record.since < limitMs) return locked.record
      const changed = { ...locked.record, state: next, seq: locked.record.seq + 1, since: locked.now }
      yield* writeRecord(changed)
      return changed
    })
    if (written) await ground.ledger.reach(markOf(written))
    return written ?? record
  }

  async function currentToken(connectionId: string, rejected?: number): Promise<GivenToken> {
    const found = await findRecord(database, connectionId)
    const record = found && (await workOnAfterLimit(found))
    const name = record?.about?.name ?? 'This connection'
    if (!record) throw new AppError('needs_connection', `${name} is not on this relay. Publish it again.`)
    const hindrance = explainStanding(record)
    if (hindrance) throw hindrance
    const access = await renewing.accessToken(connectionId, rejected)
    const provider = providerName(record.about?.connector ?? '')
    switch (access.kind) {
      case 'token': {
        const [row] = await database.query(sql`select grant_id from connection_tokens where connection_id = ${connectionId}`)
        return { record, grantId: String(row?.['grant_id']), token: access.token }
      }
      case 'waiting':
        throw new AppError('unavailable', `The access of “${name}” cannot be renewed at the time. It is tried again.`, {
          action: { kind: 'retry' },
          details: access.status.reason ? explainReason(access.status.reason, provider) : undefined,
        })
      case 'elsewhere':
        throw new AppError('unavailable', `“${name}” is being moved. Try again in a minute.`, { action: { kind: 'retry' } })
      case 'ended':
      case 'unreadable':
      case 'missing': {
        const why = access.kind === 'ended' && access.status.reason ? `: ${explainReason(access.status.reason, provider)}` : '.'
        throw new AppError('unauthorized', `“${name}” has to be connected again${why}`, { action: { kind: 'reconnect', connectionId } })
      }
    }
  }

  const countUse = ({ workspaceId, connectionId, about }: CustodyRecord, use: Pick<AuditEntry, 'actor' | 'action' | 'detail'>) =>
    database.transaction(() =>
      ground.audit.countUse({ workspaceId, connectionId, subject: about?.name ?? connectionId, appId: about?.appId, ...use }),
    )

  async function sealToken(
    { member, desktop }: Caller,
    connectionId: string,
    key: AnswerKey,
    rejected: number | undefined,
  ): Promise<TokenGiven> {
    const { record, grantId, token } = await currentToken(connectionId, rejected)
    await countUse(record, { actor: member.userId, action: 'connection.token_given', detail: desktop.name })
    const sealed = await sealTo(key, { connectionId, grantId, direction: 'access' }, JSON.stringify(token))
    return { sealed, grantId, generation: token.generation, expiresAt: token.accessExpiresAt }
  }

  async function change(member: Member, connectionId: string, what: Change): Promise<Dropped> {
    const dropped = await changeHere(ground, member, connectionId, what)
    const { about } = dropped.record
    if (about) moved(about.appId)
    return dropped
  }

  return {
    /** A token for an app that runs here. Errors: `needs_connection`, `unauthorized` (connect again), `unavailable`. */
    async accessToken(connectionId: string, rejected?: number): Promise<GivenToken> {
      const given = await currentToken(connectionId, rejected)
      await countUse(given.record, { actor: null, action: 'connection.used' })
      return given
    },

    /** Null: nothing to say yet. Errors: `forbidden`, and those of `handleRequest` and of `accessToken`. */
    async answer(caller: Caller, request: CustodyRequest): Promise<CustodyAnswer | null> {
      const action = demanded[request.kind]
      if (action) demand(caller.member, action)
      const { answer, movedApp } = await handleRequest(ground, caller, request)
      if (movedApp !== null) moved(movedApp)
      const { connectionId } = request
      if (answer?.kind === 'Noted' && request.kind === 'Gone' && request.withdraw)
        return { ...answer, withdrawn: await withdrawals.finish(connectionId) }
      if (request.kind !== 'AccessToken' || answer?.kind !== 'Active') return answer
      const { turn, run, own } = answer
      return {
        kind: 'Token',
        turn,
        run,
        own,
        ...(await sealToken(caller, connectionId, request.sessionPublicKey, request.rejectedGeneration)),
      }
    },

    /** What the relay holds for the apps of a workspace, as a desktop of the member sees it. Errors: `forbidden`. */
    async forDesktop(member: Member): Promise<RelayAccount[]> {
      return (await listShared(ground, member)).flatMap(each => toRelayAccount(member, each) ?? [])
    },

    /**
     * A short-lived token of a shared account, for a desktop of any member who may use it. Errors: `forbidden`, `not_found`, and those of
     * `accessToken`.
     */
    async lend(caller: Caller, connectionId: string, key: AnswerKey, rejected?: number): Promise<TokenGiven> {
      demand(caller.member, 'connections.use')
      const record = await findRecord(database, connectionId)
      if (record?.workspaceId !== caller.member.workspaceId || record.about?.mode !== 'shared')
        throw new AppError('not_found', 'This account is not on the relay any more.')
      return sealToken(caller, connectionId, key, rejected)
    },

    /** Errors: those of `takeOver`. */
    async takeOver(caller: Caller, connectionId: string, desktopId: string): Promise<Taken> {
      const found = await findRecord(database, connectionId)
      if (found) await workOnAfterLimit(found)
      return takeOver(ground, caller, connectionId, desktopId)
    },

    /**
     * An account was connected on the relay itself: in place of what the connection held, or, with `birth`, as one that was nowhere else
     * before. Errors: `forbidden`, `not_found`.
     */
    async connect(member: Member, connectionId: string, connected: Connected, rest: Omit<Change, 'connected'> = {}): Promise<void> {
      await change(member, connectionId, { connected, ...rest })
    },
    /** An account is disconnected on the relay itself, and taken back at the provider where that is possible. Errors: `forbidden`, `not_found`. */
    async disconnect(member: Member, connectionId: string): Promise<Withdrawn> {
      const dropped = await change(member, connectionId, { connected: null })
      return withdraw(database, dropped, partyOf)
    },
    /** The accounts of a workspace that were given to this relay, for whoever may see its apps. Errors: `forbidden`. */
    list: (member: Member): Promise<SharedAccount[]> => listShared(ground, member),

    /** The connections of an app that were given to this relay, each with what may be told of its tokens. */
    async ofApp(workspaceId: string, appId: string): Promise<{ record: CustodyRecord; status: TokenStatus | null }[]> {
      const rows = await database.query(
        sql`select * from custody where workspace_id = ${workspaceId} and app_id = ${appId} order by connection_id`,
      )
      return Promise.all(rows.map(toRecord).map(async record => ({ record, status: await renewing.status(record.connectionId) })))
    },

    /** A connection of a workspace. Null when the relay has none of that id. */
    async find(workspaceId: string, connectionId: string): Promise<CustodyRecord | null> {
      const record = await findRecord(database, connectionId)
      return record?.workspaceId === workspaceId ? record : null
    },

    /** What may be told of the tokens of a connection. */
    statusOf: (connectionId: string): Promise<TokenStatus | null> => renewing.status(connectionId),

    /** The tokens of all connections that this relay renews. */
    renewing,
    isServing: (record: CustodyRecord): boolean => isSure(record.state),
    close: () => renewing.close(),
  }
}
