import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'

const keptPerHook = 10
/** A flood of what is refused for one reason is one write in this time. */
const quietMs = 1000
const mostRemembered = 1000

export type Refusal = { reason: string; at: number }

export type Refusals = {
  note(hook: { appId: string; name: string }, reason: string): Promise<void>
  /** The last of each reason, newest first. */
  list(appId: string, name: string): Promise<Refusal[]>
}

/** Why requests to hooks were refused: nobody else tells whoever has set up the sender. */
export function createRefusals(database: Database, now: () => number): Refusals {
  const noted = new Map<string, number>()

  return {
    async note({ appId, name }, reason) {
      const at = now()
      const key = JSON.stringify([appId, name, reason])
      if (at - (noted.get(key) ?? -quietMs) < quietMs) return
      if (noted.size >= mostRemembered) noted.clear()
      noted.set(key, at)
      await database.transaction(function* () {
        yield sql`insert into hook_refusals (app_id, hook, reason, refused_at) values (${appId}, ${name}, ${reason}, ${at})
          on conflict (app_id, hook, reason) do update set refused_at = excluded.refused_at`
        yield sql`delete from hook_refusals where app_id = ${appId} and hook = ${name} and reason not in
          (select reason from hook_refusals where app_id = ${appId} and hook = ${name} order by refused_at desc limit ${keptPerHook})`
      })
    },
    async list(appId, name) {
      const rows = await database.query(
        sql`select reason, refused_at from hook_refusals where app_id = ${appId} and hook = ${name} order by refused_at desc`,
      )
      return rows.map(row => ({ reason: String(row['reason']), at: Number(row['refused_at']) }))
    },
  }
}
