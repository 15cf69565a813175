import { sql } from 'kysely'
import { z } from 'zod'
import { account } from '../../core/connection.ts'
import type { Database, Row, Steps } from '../../host/store/engine.ts'

/** Whose account it is: a user of one app. An id of a user means nothing in another app. */
export type Person = { appId: string; userId: string }

const jsonText = <T extends z.ZodType>(of: T) =>
  z
    .string()
    .transform(text => JSON.parse(text))
    .pipe(of)

const row = z
  .object({
    connection_id: z.string(),
    workspace_id: z.string(),
    app_id: z.string(),
    user_id: z.string(),
    email: z.string(),
    connector: z.string(),
    practice: z.number().transform(Boolean),
    account: jsonText(account),
    facts: jsonText(z.record(z.string(), z.string())),
    connected_at: z.number(),
  })
  .transform(found => ({
    connectionId: found.connection_id,
    workspaceId: found.workspace_id,
    appId: found.app_id,
    userId: found.user_id,
    email: found.email,
    connector: found.connector,
    practice: found.practice,
    account: found.account,
    facts: found.facts,
    connectedAt: found.connected_at,
  }))
/** A row of `own_accounts`. `email`: of the user. */
export type OwnAccount = z.infer<typeof row>

export const toOwnAccount = (found: Row): OwnAccount => row.parse(found)

/** An account by its id alone: for renewing it, and for nothing that a user asks for. */
export async function findById(database: Pick<Database, 'query'>, connectionId: string): Promise<OwnAccount | null> {
  const [found] = await database.query(sql`select * from own_accounts where connection_id = ${connectionId}`)
  return found ? toOwnAccount(found) : null
}

export function* accountsOf({ appId, userId }: Person): Steps<OwnAccount[]> {
  return (yield sql`select * from own_accounts where app_id = ${appId} and user_id = ${userId} order by connector`).map(toOwnAccount)
}

export function* accountOf({ appId, userId }: Person, connector: string): Steps<OwnAccount | null> {
  const [found] = yield sql`select * from own_accounts where app_id = ${appId} and user_id = ${userId} and connector = ${connector}`
  return found ? toOwnAccount(found) : null
}

export function* saveAccount(saved: OwnAccount): Steps<void> {
  const { connectionId, workspaceId, appId, userId, email, connector, practice, connectedAt } = saved
  yield sql`insert into own_accounts (connection_id, workspace_id, app_id, user_id, email, connector, practice, account, facts, connected_at)
    values (${connectionId}, ${workspaceId}, ${appId}, ${userId}, ${email}, ${connector}, ${Number(practice)}, ${JSON.stringify(saved.account)},
      ${JSON.stringify(saved.facts)}, ${connectedAt})
    on conflict (connection_id) do update set account = excluded.account, facts = excluded.facts, connected_at = excluded.connected_at`
}

/** The flows that a user let use the accounts of each connector. */
export function* agreementsOf({ appId, userId }: Person): Steps<{ connector: string; flow: string }[]> {
  const rows = yield sql`select connector, flow from own_account_flows where app_id = ${appId} and user_id = ${userId} order by flow`
  return rows.map(found => ({ connector: String(found['connector']), flow: String(found['flow']) }))
}

export function* agree({ appId, userId }: Person, connector: string, flow: string, at: number): Steps<void> {
  yield sql`insert into own_account_flows (app_id, flow, connector, user_id, agreed_at)
    values (${appId}, ${flow}, ${connector}, ${userId}, ${at}) on conflict do nothing`
}

/** Without a flow: all that the user agreed to for this connector. */
export function* disagree({ appId, userId }: Person, connector: string, flow?: string): Steps<void> {
  const only = flow === undefined ? sql`` : sql`and flow = ${flow}`
  yield sql`delete from own_account_flows where app_id = ${appId} and user_id = ${userId} and connector = ${connector} ${only}`
}

/** Users who let a flow use an account of theirs. */
export function* agreedUsers(appId: string, flow: string): Steps<string[]> {
  const rows = yield sql`select distinct user_id from own_account_flows where app_id = ${appId} and flow = ${flow} order by user_id`
  return rows.map(found => String(found['user_id']))
}

export function* dropAccount({ connectionId }: OwnAccount): Steps<void> {
  yield sql`delete from own_accounts where connection_id = ${connectionId}`
}

/** By app, tool and user. */
export function* accountsIn(workspaceId: string): Steps<OwnAccount[]> {
  return (yield sql`select * from own_accounts where workspace_id = ${workspaceId} order by app_id, connector, email`).map(toOwnAccount)
}
