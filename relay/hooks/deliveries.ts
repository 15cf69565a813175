import { sql } from 'kysely'
import type { HookDelivery } from '../../core/contract/hooks.ts'
import { AppError } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { Database } from '../../host/store/engine.ts'
import type { Apps } from '../apps/apps.ts'
import { demand, type Member } from '../members/roles.ts'
import type { Hooks } from './hooks.ts'
import { tooLate } from './inbox.ts'
import type { Refusals } from './refusals.ts'

const shown = 10

/** Errors: `forbidden`, `not_found`, and those of an app that cannot be started. */
export type ListDeliveries = (member: Member, appId: string, name: string) => Promise<HookDelivery[]>

type Ground = { database: Database; hooks: Hooks; refusals: Refusals; apps: Pick<Apps, 'use'>; url: string }

/** What became of the last requests to a hook, newest first: the relay knows who came, and the app what it did about it. */
export function createDeliveries({ database, hooks, refusals, apps, url }: Ground): ListDeliveries {
  return async (member, appId, name) => {
    demand(member, 'apps.publish')
    const hook = (await hooks.list(member, appId)).find(each => each.name === name)
    if (!hook) throw new AppError('not_found', `The live version has no web address “${name}”. Reload the page.`)
    const rows = await database.query(sql`select flow, delivery_id, received_at, due_at, given_up, reason from hook_inbox
      where app_id = ${appId} and hook = ${name} order by seq desc limit ${shown}`)
    const handedOn = rows.filter(row => row['due_at'] === null && row['given_up'] === 0)
    const runs = new Map<string, Run>()
    if (handedOn.length > 0)
      await apps.use(appId, async ({ flows }) => {
        for (const row of handedOn) {
          const run = await flows.runs.ofDelivery(String(row['flow']), String(row['delivery_id']))
          if (run) runs.set(String(row['delivery_id']), run)
        }
      })
    const taken = rows.map((row): HookDelivery => {
      const at = iso(row['received_at'])
      if (row['given_up'] === 1) return { outcome: 'given_up', at, reason: String(row['reason'] ?? tooLate) }
      if (row['due_at'] !== null) return { outcome: 'waiting', at }
      const run = runs.get(String(row['delivery_id']))
      return { outcome: 'taken', at, run: run ? told(run, url) : null }
    })
    const refused = (await refusals.list(appId, name)).map(({ reason, at }): HookDelivery => ({ outcome: 'refused', at: iso(at), reason }))
    return [...taken, ...refused].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, shown)
  }
}

const told = ({ id, state, waiting, error, appId }: Run, url: string) => ({
  id,
  state,
  waiting,
  error: error?.message ?? null,
  page: `${url}/apps/${appId}/runs/${id}`,
})

const iso = (at: unknown): string => new Date(Number(at)).toISOString()
