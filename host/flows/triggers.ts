import { AppError } from '../../core/errors.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { AppDatabase } from '../store/database.ts'
import { createOutbox } from '../store/changes.ts'
import type { ArmedFlow } from './armed-flow.ts'
import { holds } from './expressions.ts'
import type { Journal, NewRun } from './journal.ts'
import type { RunRow } from './journal-rows.ts'
import type { Jq } from './jq.ts'
import { causeOf, endless, maxDepth, newRun, triggerOf, type ChangeRow } from './new-run.ts'

const tables = `
create table flow_cursor (one integer primary key check (one = 1), seq integer not null) strict;
create table flow_triggers (flow text primary key, spec text not null, since integer not null, next_at integer) strict, without rowid;
`

const batch = 200

type Options = {
  database: AppDatabase
  journal: Journal
  jq: Jq
  now: () => number
  persist: <T>(work: () => T) => Promise<T>
  onAdded: (runs: RunRow[]) => void
}

/** Starts runs for changed records and for moments of schedules. What has been seen is stored in the commit that adds the runs. */
export function createTriggers({ database, journal, jq, now, persist, onAdded }: Options) {
  createOutbox(database)
  database.migrate('flow-triggers', tables)
  const { sqlite } = database
  const lastSeq = sqlite.prepare('select coalesce(max(seq), 0) as seq from changes')
  const sequence = sqlite.prepare("select coalesce(max(seq), 0) as seq from sqlite_sequence where name = 'changes'")
  const readCursor = sqlite.prepare('select seq from flow_cursor')
  const writeCursor = sqlite.prepare('insert into flow_cursor (one, seq) values (1, ?) on conflict (one) do update set seq = excluded.seq')
  const readChanges = sqlite.prepare(`select * from changes where seq > ? order by seq limit ${batch}`)
  const readTriggers = sqlite.prepare('select * from flow_triggers')
  const arm = sqlite.prepare(
    'insert into flow_triggers (flow, spec, since, next_at) values (?, ?, ?, ?) on conflict (flow) do update set spec = excluded.spec, since = excluded.since, next_at = excluded.next_at',
  )
  const disarm = sqlite.prepare('delete from flow_triggers where flow = ?')
  const claim = sqlite.prepare('update flow_triggers set next_at = ? where flow = ? and next_at is ?')

  let armed: ArmedFlow[] = []
  let since = new Map<string, number>()
  let nextAt = new Map<string, number | null>()
  let cursor = 0
  let lastTick = now()
  let consuming: Promise<void> | null = null
  let again = false

  function newest(): number {
    return Math.max(Number(lastSeq.get()?.seq), Number(sequence.get()?.seq))
  }

  /** Tells what is switched on from here on. A flow that was not on before sees only later changes and moments. */
  async function use(flows: ArmedFlow[]): Promise<void> {
    await persist(() => {
      const known = new Map(readTriggers.all().map(row => [String(row.flow), row]))
      const at = now()
      const start = newest()
      for (const one of flows) {
        const before = known.get(one.name)
        known.delete(one.name)
        if (before?.spec === one.spec) {
          // The clock may have been set back while nobody looked. A moment that had its run does not get another.
          const next = one.kind === 'schedule' ? one.schedule.after(at) : null
          if (next !== null && (before.next_at === null || next < Number(before.next_at))) claim.run(next, one.name, before.next_at ?? null)
          continue
        }
        arm.run(one.name, one.spec, start, one.kind === 'schedule' ? one.schedule.after(at) : null)
      }
      for (const name of known.keys()) disarm.run(name)
      if (!readCursor.get()) writeCursor.run(start)
    })
    armed = flows
    cursor = Number(readCursor.get()?.seq)
    const rows = readTriggers.all()
    since = new Map(rows.map(row => [String(row.flow), Number(row.since)]))
    nextAt = new Map(rows.map(row => [String(row.flow), row.next_at === null ? null : Number(row.next_at)]))
  }

  /** Reads the changes that nobody has read. Calls while it works make it look once more. */
  function consume(): Promise<void> {
    again = true
    consuming ??= (async () => {
      try {
        while (again) {
          again = false
          while (await consumeBatch());
        }
      } finally {
        consuming = null
      }
    })()
    return consuming
  }

  async function consumeBatch(): Promise<boolean> {
    const changes = readChanges.all(cursor) as ChangeRow[]
    const last = changes.at(-1)
    if (!last) return false
    const runs: NewRun[] = []
    for (const change of changes) {
      for (const one of armed) {
        if (one.kind === 'record' && listensTo(one, change)) runs.push(...(await runFor(one, change)))
      }
    }
    const added = await persist(() => {
      writeCursor.run(last.seq)
      return runs.map(run => journal.add(run))
    })
    cursor = last.seq
    onAdded(added.filter(row => row !== null))
    return changes.length === batch
  }

  function listensTo(one: ArmedFlow & { kind: 'record' }, { entity, type, seq }: ChangeRow): boolean {
    return one.config.entity_name === entity && one.config.events.includes(type) && seq > (since.get(one.name) ?? Infinity)
  }

  async function runFor({ name, flow }: ArmedFlow, change: ChangeRow): Promise<NewRun[]> {
    const depth = depthOf(change)
    const run = newRun(name, flow, causeOf(change), triggerOf(change), depth)
    if (depth > maxDepth) return [{ ...run, error: endless(flow.name, change.entity) }]
    const { condition } = flow.trigger
    if (!condition?.trim()) return [run]
    try {
      return (await holds(condition, { trigger: run.trigger, now: new Date(now()).toISOString() }, jq)) ? [run] : []
    } catch (error) {
      const { code, message } = AppError.from(error)
      return [{ ...run, error: new AppError(code, `The condition of the trigger could not be checked. ${message}`, { cause: error }) }]
    }
  }

  /** A change made by a run is one step further down than that run. */
  function depthOf({ by }: ChangeRow): number {
    const author = by === null ? null : (JSON.parse(by) as { runId?: unknown })
    return typeof author?.runId === 'string' ? journal.depthOf(author.runId) + 1 : 0
  }

  /** Looks at the clock. Moments that passed unseen start one run; no moment starts two, whatever the clock does. */
  async function tick(): Promise<void> {
    const at = now()
    const setBackBy = lastTick - at
    lastTick = at
    const wasSetBack = setBackBy > 2000
    if (wasSetBack) await persist(() => journal.shiftWakes(-setBackBy))
    for (const one of armed) {
      if (one.kind !== 'schedule') continue
      const expected = nextAt.get(one.name) ?? null
      if (expected !== null && expected <= at) await fire(one, expected, at)
      else if (wasSetBack) await moveTo(one.name, expected, one.schedule.after(at))
    }
  }

  async function fire(one: ArmedFlow & { kind: 'schedule' }, expected: number, at: number): Promise<void> {
    const moment = new Date(one.schedule.atOrBefore(at) ?? expected).toISOString()
    const next = one.schedule.after(at)
    const trigger = { type: 'scheduled', data: { scheduled_for: moment, timezone: one.config.timezone } }
    const run = { ...newRun(one.name, one.flow, 'Schedule', trigger, 0), occurrence: `${one.name}@${moment}` }
    const refused = await refusal(one, trigger)
    const added = await persist(() => {
      if (claim.run(next, one.name, expected).changes === 0) return null
      if (refused === 'skip') return null
      const heldUp = refused ? undefined : journal.heldUp(one.name)
      if (!heldUp) return journal.add(refused ? { ...run, error: refused } : run)
      // Moments that pass while a run may not begin are one run, as those that pass while Plugboard is closed.
      journal.moveTo(heldUp.seq, { ...run, cause: 'Schedule, the latest time that passed while it waited' })
      return journal.findBySeq(heldUp.seq) ?? null
    })
    nextAt.set(one.name, next)
    if (added) onAdded([added])
  }

  async function refusal({ flow }: ArmedFlow, trigger: Json): Promise<AppError | 'skip' | null> {
    const { condition } = flow.trigger
    if (!condition?.trim()) return null
    try {
      return (await holds(condition, { trigger, now: new Date(now()).toISOString() }, jq)) ? null : 'skip'
    } catch (error) {
      return new AppError('validation', `The condition of the trigger could not be checked. ${AppError.from(error).message}`, {
        cause: error,
      })
    }
  }

  async function moveTo(name: string, expected: number | null, next: number | null): Promise<void> {
    if (next === expected) return
    await persist(() => claim.run(next, name, expected))
    nextAt.set(name, next)
  }

  return {
    use,
    consume,
    tick,
    /** Changes up to this number have been read. */
    readUpTo: () => cursor,
    /** The newest state of a record of an entity that was changed lately. */
    newestRecord(entity: string): JsonObject | null {
      const row = sqlite.prepare("select after from changes where entity = ? and type <> 'delete' order by seq desc limit 1").get(entity)
      return typeof row?.after === 'string' ? (JSON.parse(row.after) as JsonObject) : null
    },
  }
}
