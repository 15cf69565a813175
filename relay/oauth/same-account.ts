import { sql } from 'kysely'
import { tools as everyTool, type Catalogue } from '../../connectors/catalogue.ts'
import type { Account } from '../../core/connector.ts'
import type { Database } from '../../host/store/engine.ts'
import { toRecord } from '../custody/record.ts'
import { toOwnAccount } from '../own-accounts/rows.ts'

export type Connected = {
  /** Null: of none of those that are there. */
  connectionId: string | null
  workspaceId: string
  appId: string
  connector: string
  practice: boolean
  account: Account | null
}

/**
 * Who else of a workspace is connected to the same account, in words that follow “because”: a shared connection by its name, or the own
 * account of a user of an app, who is nobody's to know. Null: nobody is. The client of the workspace stands behind all of them, and at many
 * providers one withdrawal ends every grant of an account to a client: they cannot tell one connection from another.
 */
export async function otherUseOf(
  database: Pick<Database, 'query'>,
  { connectionId, workspaceId, appId, connector, practice, account }: Connected,
  tools: Catalogue['tools'] = everyTool,
): Promise<string | null> {
  if (!account) return null
  const providerOf = (id: string) => tools[id]?.provider.id
  // Each app has practice accounts of its own.
  const isSame = (other: Omit<Connected, 'connectionId' | 'workspaceId'>): boolean =>
    other.practice === practice &&
    (!practice || other.appId === appId) &&
    providerOf(other.connector) === providerOf(connector) &&
    other.account?.id === account.id
  const shared =
    await database.query(sql`select * from custody where workspace_id = ${workspaceId} and connection_id <> ${connectionId ?? ''}
    and role in ('active', 'returning')`)
  const connection = shared.map(row => toRecord(row).about).find(about => about && isSame(about))
  if (connection) return `“${connection.name}” uses the same account`
  const own = await database.query(
    sql`select * from own_accounts where workspace_id = ${workspaceId} and connection_id <> ${connectionId ?? ''}`,
  )
  return own.map(toOwnAccount).some(isSame) ? 'a user of an app has connected the same account as their own' : null
}
