import { sql } from 'kysely'
import type { SharedConnection } from '../../core/custody/messages.ts'
import type { Steps } from '../../host/store/engine.ts'
import { toRecord, type CustodyRecord } from './record.ts'

/** An app has one default account of each tool: the newest that says so. */
export function* takeDefault(
  { connectionId, workspaceId }: Pick<CustodyRecord, 'connectionId' | 'workspaceId'>,
  { appId, connector, mode }: SharedConnection,
): Steps<void> {
  const rows =
    yield sql`select * from custody where workspace_id = ${workspaceId} and app_id = ${appId} and connection_id <> ${connectionId}`
  for (const other of rows.map(toRecord))
    if (other.about?.connector === connector && other.about.mode === mode && other.about.isDefault) {
      const about = JSON.stringify({ ...other.about, isDefault: false })
      yield sql`update custody set about = ${about} where connection_id = ${other.connectionId}`
    }
}
