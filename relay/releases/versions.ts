import { sql } from 'kysely'
import type { Version } from '../../core/contract/releases.ts'
import type { Row, Steps } from '../../host/store/engine.ts'

/** The columns that `toVersion` reads, to be followed by which ones. The table is `v`. */
export const versionRows = sql`select v.*, u.name as by_name from versions v left join users u on u.id = v.published_by`

export const toVersion = (row: Row): Version => ({
  number: Number(row['number']),
  releaseId: String(row['release_id']),
  title: String(row['title']),
  by: String(row['by_name'] ?? 'A former member'),
  at: new Date(Number(row['published_at'])).toISOString(),
})

export function* liveVersion(appId: string): Steps<Version | null> {
  const [row] = yield sql`${versionRows} join apps a on a.id = v.app_id and a.live_version = v.number where v.app_id = ${appId}`
  return row ? toVersion(row) : null
}
