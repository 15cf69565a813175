import { join } from 'node:path'
import { sql } from 'kysely'
import type { Facts } from '../../core/addresses.ts'
import type { SharedConnection } from '../../core/custody/messages.ts'
import type { AppError } from '../../core/errors.ts'
import type { Database, Steps } from '../../host/store/engine.ts'
import type { OAuthClient, Party } from '../../oauth/server.ts'
import { refresh } from '../../oauth/refresh.ts'
import type { TokenDatabase } from '../../tokens/database.ts'
import { enterProcess } from '../../tokens/processes.ts'
import type { Takeover } from '../../tokens/rotation.ts'
import { usualTiming, type Timing } from '../../tokens/timing.ts'
import { createTokens, type Tokens } from '../../tokens/tokens.ts'
import type { Envelope } from '../keys/envelope.ts'
import { toRecord, type CustodyRecord } from './record.ts'

/** Whoever keeps one kind of the connections that this relay renews. */
export type Holder = {
  /** Null: it is none of theirs. */
  find(connectionId: string): Promise<{ workspaceId: string; partyFor(client: OAuthClient): Promise<Party> } | null>
  /** In a transaction: whether this relay may renew it now. */
  isHere(connectionId: string): Steps<boolean>
  /** A refresh may tell that the account has moved to another address. */
  keepFacts(connectionId: string, facts: Facts): Promise<void>
}

/** Whom a connection of a workspace is renewed with: the provider's own server, or what stands in for it. */
export type PartyOf = (connection: SharedConnection, client: OAuthClient, workspaceId: string) => Promise<Party>

const minuteMs = 60_000
/** Longer than any stop of a process that is planned for (10 min) and a request's last moment together. */
const nodesTakeover: Takeover = { by: 'patience', freezeMs: 10 * minuteMs, patienceMs: 12 * minuteMs }

export type RelayTokensOptions = {
  database: Database
  tokens: TokenDatabase
  envelope: Envelope
  dataFolder: string
  /** The same for all processes of one machine. */
  nodeId: string
  holders: readonly Holder[]
  timing?: Partial<Timing>
  changed(connectionId: string): void
  report(error: AppError): void
}

/** A connection by its id. Null when the relay has never heard of it. */
export async function findRecord(database: Database, connectionId: string): Promise<CustodyRecord | null> {
  const [row] = await database.query(sql`select * from custody where connection_id = ${connectionId}`)
  return row ? toRecord(row) : null
}

/** In a transaction: whether one of these has the connection here. */
export function* isWithAny(holders: readonly Holder[], connectionId: string): Steps<boolean> {
  for (const holder of holders) if (yield* holder.isHere(connectionId)) return true
  return false
}

/** The connections in custody: only what is active here and sure is renewed. */
export function custodyHolder(database: Database, partyOf: PartyOf): Holder {
  return {
    async find(connectionId) {
      const record = await findRecord(database, connectionId)
      if (!record) return null
      const { workspaceId, about } = record
      return {
        workspaceId,
        async partyFor(client) {
          if (!about) throw new Error(`Nothing is known of the connection ${connectionId}.`)
          return partyOf(about, client, workspaceId)
        },
      }
    },
    *isHere(connectionId) {
      const rows = yield sql`select 1 as one from custody where connection_id = ${connectionId} and role = 'active' and unsure = 0`
      return rows.length > 0
    },
    async keepFacts(connectionId, facts) {
      await database.transaction(function* () {
        const [row] = yield sql`select * from custody where connection_id = ${connectionId} ${database.forUpdate}`
        const about = row ? toRecord(row).about : null
        if (!about || Object.entries(facts).every(([name, value]) => about.facts[name] === value)) return
        const next = JSON.stringify({ ...about, facts: { ...about.facts, ...facts } })
        yield sql`update custody set about = ${next} where connection_id = ${connectionId}`
      })
    },
  }
}

/** The tokens that the relay holds, renewed together with its other processes. */
export async function openRelayTokens(options: RelayTokensOptions): Promise<Tokens> {
  const { database, tokens, envelope, dataFolder, nodeId, holders, timing, changed, report } = options
  const own = await enterProcess(tokens, { folder: join(dataFolder, 'processes'), nodeId, name: `pid ${process.pid} on ${nodeId}` })
  const workspaces = new Map<string, string>()

  async function find(connectionId: string) {
    for (const holder of holders) {
      const found = await holder.find(connectionId)
      if (found) return { holder, ...found }
    }
    return null
  }

  async function sealerOf(connectionId: string) {
    const known = workspaces.get(connectionId) ?? (await find(connectionId))?.workspaceId
    if (known !== undefined) workspaces.set(connectionId, known)
    return envelope.sealerOf(known ?? '')
  }

  return createTokens({
    database: tokens,
    sealer: sealerOf,
    takeover: database.peers ? nodesTakeover : { by: 'proof' },
    timing: { ...usualTiming, ...timing },
    process: own,
    *isElsewhere(connectionId) {
      return !(yield* isWithAny(holders, connectionId))
    },
    async reach(connectionId, client) {
      const found = await find(connectionId)
      if (!found) throw new Error(`Nothing is known of the connection ${connectionId}.`)
      const party = await found.partyFor(client)
      const { rotation, refreshIdleDays } = party.provider
      return {
        rotation: { class: rotation },
        idleDays: refreshIdleDays ?? null,
        async refresh(request) {
          const answer = await refresh({ ...party, ...request })
          if (answer.kind === 'granted' && answer.grant.facts) await found.holder.keepFacts(connectionId, answer.grant.facts).catch(report)
          return answer
        },
      }
    },
    changed,
    report,
  })
}
