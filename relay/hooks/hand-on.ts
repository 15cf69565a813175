import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Delivery } from '../../host/flows/delivery.ts'
import type { RunningApp } from '../../host/running-app.ts'
import type { Database } from '../../host/store/engine.ts'
import type { Hooks } from './hooks.ts'

/** A row of `hook_inbox` that has no run yet. */
export type Waiting = { seq: number; appId: string; hook: string; flow: string; delivery: Delivery }

/** What came of it. `gone`: the live version has nothing that takes it. `later`: what kept it from its flow may pass. */
export type HandedOn = { kind: 'taken' } | { kind: 'gone'; reason: string } | { kind: 'later'; error: AppError }

type Flows = Pick<RunningApp['flows'], 'receive'> & { runs: Pick<RunningApp['flows']['runs'], 'ofDelivery'> }

/** Hands one delivery to the flow of its address: the one that it came for, or the one that the address has now. Never rejects. */
export function createHandOn({ database, hooks }: { database: Database; hooks: Pick<Hooks, 'flowOf'> }) {
  return (flows: Flows, row: Waiting): Promise<HandedOn> =>
    offer(flows, row).catch((cause: unknown) => ({ kind: 'later', error: AppError.from(cause) }))

  async function offer(flows: Flows, { seq, appId, hook, flow, delivery }: Waiting): Promise<HandedOn> {
    if (await takes(flows, flow, delivery)) return { kind: 'taken' }
    // Renamed since it was handed on by a process that died before it could note that.
    if (await flows.runs.ofDelivery(flow, delivery.id)) return { kind: 'taken' }
    const current = await hooks.flowOf(appId, hook)
    if (current === null) return { kind: 'gone', reason: `The live version has no flow that takes requests to “${hook}” any more.` }
    // Noted first: a run carries the name of its flow, so that one of this name is found if this process dies now.
    await database.query(sql`update hook_inbox set flow = ${current} where seq = ${seq}`)
    // An app that does not know this flow either is of an older version, here, for a moment.
    await flows.receive(current, delivery)
    return { kind: 'taken' }
  }
}

async function takes(flows: Flows, flow: string, delivery: Delivery): Promise<boolean> {
  try {
    await flows.receive(flow, delivery)
    return true
  } catch (error) {
    if (AppError.from(error).code === 'not_found') return false
    throw error
  }
}
