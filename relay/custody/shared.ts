import { sql } from 'kysely'
import { tools } from '../../connectors/catalogue.ts'
import type { Facts } from '../../core/addresses.ts'
import type { Connection, ConnectionState } from '../../core/connection.ts'
import type { SharedConnection } from '../../core/custody/messages.ts'
import type { Database } from '../../host/store/engine.ts'
import { heldIn } from '../../tokens/held.ts'
import { explainReason } from '../../tokens/reason.ts'
import type { TokenRow } from '../../tokens/row.ts'
import { toRow } from '../../tokens/rows.ts'
import type { Sealer } from '../../tokens/sealer.ts'
import type { Audit } from '../audit/audit.ts'
import type { Envelope } from '../keys/envelope.ts'
import { demand, type Member } from '../members/roles.ts'
import { toRecord, type CustodyRecord } from './record.ts'
import { explainStanding } from './standing.ts'

/** `unsure`: after a restore. `elsewhere`: taken back, or not handed over to its end. `moving`: on its way from or to a desktop. */
export type SharedState = Exclude<ConnectionState, 'locked'> | 'unsure' | 'elsewhere' | 'moving'

/** An account that was given to the relay, as members see it. Never a token. `since`: epoch ms. */
export type SharedAccount = {
  connectionId: string
  appId: string | null
  connector: string | null
  /** What the tool is called. */
  tool: string
  name: string
  account: Connection['account']
  practice: boolean
  /** What the provider was told or told of the account, such as the name of its shop. */
  facts: Facts
  state: SharedState
  reason: string | null
  scopes: string[]
  /** All that the relay was told of it. */
  about: SharedConnection | null
  /** Whose it is: who gave it to the relay. */
  userId: string
  givenBy: string
  desktop: string
  since: number
  /** When an app or a desktop last asked for a token of it: epoch ms. */
  usedAt: number | null
}

/** By app and tool, as the relay knows them now. Errors: `forbidden`. */
export async function listShared(
  { database, envelope, audit }: { database: Database; envelope: Envelope; audit: Pick<Audit, 'lastUses'> },
  member: Member,
): Promise<SharedAccount[]> {
  demand(member, 'apps.see')
  const { workspaceId } = member
  const sealer = await envelope.sealerOf(workspaceId)
  const records = await database.query(sql`select c.*, u.name as by_name from custody c left join users u on u.id = c.user_id
    where c.workspace_id = ${workspaceId} order by c.app_id, c.connection_id`)
  const rows = await database.query(
    sql`select * from connection_tokens where connection_id in (select connection_id from custody where workspace_id = ${workspaceId})`,
  )
  const uses = await audit.lastUses(workspaceId)
  const held = new Map(rows.flatMap(found => toRow(found) ?? []).map(row => [row.connectionId, row]))
  return records.flatMap(row => {
    const record = toRecord(row)
    if (record.state.role === 'none' && record.state.pendingTurn === null && !record.state.unsure) return []
    const givenBy = String(row['by_name'] ?? 'A former member')
    const usedAt = uses.get(record.connectionId) ?? null
    return { ...view(record, held.get(record.connectionId) ?? null, sealer), givenBy, usedAt }
  })
}

function view(record: CustodyRecord, row: TokenRow | null, sealer: Sealer): Omit<SharedAccount, 'givenBy' | 'usedAt'> {
  const { connectionId, about, desktop, since, userId } = record
  const tool = about ? tools[about.connector] : undefined
  return {
    connectionId,
    appId: about?.appId ?? null,
    connector: about?.connector ?? null,
    tool: tool?.name ?? about?.connector ?? 'An account',
    name: about?.name ?? 'Known to its desktop alone',
    account: about?.account ?? null,
    practice: about?.practice ?? false,
    facts: about?.facts ?? {},
    scopes: row?.scopes ?? [],
    about,
    userId,
    desktop,
    since,
    ...standing(record, row, sealer, tool?.provider.name ?? 'The provider'),
  }
}

function standing(record: CustodyRecord, row: TokenRow | null, sealer: Sealer, provider: string): Pick<SharedAccount, 'state' | 'reason'> {
  const { role, unsure, pendingTurn } = record.state
  const reason = explainStanding(record)?.message ?? null
  if (unsure) return { state: 'unsure', reason }
  if (role === 'returning') return { state: 'moving', reason: `It goes back to ${record.desktop}.` }
  if (role === 'none' && pendingTurn !== null) return { state: 'moving', reason: `It is being handed over from ${record.desktop}.` }
  if (role === 'off') return { state: 'disconnected', reason: null }
  if (role !== 'active') return { state: 'elsewhere', reason }
  if (!row || !heldIn(row, sealer))
    return {
      state: 'needs_reconnect',
      reason: 'The key that protects it is lost. It has to be connected again, unless the right key comes back.',
    }
  return { state: row.state, reason: row.reason && explainReason(row.reason, provider) }
}
